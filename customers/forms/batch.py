"""What is asked before an act on many: the reason; and which button was pressed."""

from django import forms

from customers.forms.polite import PoliteMessages
from wealthai.models import ChangeBatch


class ReasonForm(PoliteMessages, forms.Form):
    reason = ChangeBatch._meta.get_field("reason").formfield(
        help_text="変更履歴に残ります。例: 担当者の異動、面談での確認",
    )
    reason.validators += ChangeBatch._meta.get_field("reason").validators


class Step(forms.Form):
    """choose → preview (also as a file) → apply; anything else starts anew."""

    step = forms.ChoiceField(choices=[(name, name) for name in ("preview", "csv", "apply")])

    @classmethod
    def of(cls, data):
        form = cls(data)
        return form.cleaned_data["step"] if form.is_valid() else "choose"


class BatchPage(forms.Form):
    """The query string of the list of acts: those before this one."""

    before = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    @classmethod
    def of(cls, data):
        form = cls(data)
        return form.cleaned_data["before"] if form.is_valid() else None
