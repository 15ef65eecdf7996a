"""What is asked before an act on many: the reason; and which button was pressed."""

from django import forms
from django.core.paginator import Paginator

from customers.forms.polite import PoliteMessages
from wealthai.models import ChangeBatch


class ConfirmedForm(forms.Form):
    """What stands below a preview."""

    @classmethod
    def asked(cls, data, *, is_confirmed):
        """Checked once it is confirmed; while somebody still reads, it stays as it is typed."""
        form = cls(data)
        return form if is_confirmed else cls(initial={bound.name: bound.value() for bound in form})


class ReasonForm(PoliteMessages, ConfirmedForm):
    reason = ChangeBatch._meta.get_field("reason").formfield(
        help_text="変更履歴に残ります。例: 担当者の異動、面談での確認",
    )
    reason.validators += ChangeBatch._meta.get_field("reason").validators


class PreviewPage(forms.Form):
    """Which page of a long preview; the buttons between the pages post the whole form again."""

    SIZE = 200

    page = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    @classmethod
    def of(cls, data):
        form = cls(data)
        return form.cleaned_data["page"] if form.is_valid() else None

    @classmethod
    def among(cls, rows, data, *, count=None):
        """The page of `rows` that is asked for, the nearest one there is; `count` where known."""
        paginator = Paginator(rows, cls.SIZE)
        if count is not None:
            paginator.count = count
        return paginator.get_page(cls.of(data) or 1)


class Step(forms.Form):
    """choose → preview (page by page, also as a file) → apply; anything else starts anew."""

    step = forms.ChoiceField(choices=[(name, name) for name in ("preview", "csv", "apply")])

    @classmethod
    def of(cls, data):
        form = cls(data)
        if PreviewPage.of(data):
            return "preview"
        return form.cleaned_data["step"] if form.is_valid() else "choose"


class BatchPage(forms.Form):
    """The query string of the list of acts: those before this one."""

    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    @classmethod
    def of(cls, data):
        form = cls(data)
        return form.cleaned_data["before"] if form.is_valid() else None
