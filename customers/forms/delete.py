"""The questions before a record is deleted, and before a deleted one comes back."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from customers.forms.versioned import overtaken
from customers.recreating import problems, recreate, recreate_reason
from customers.reverting import values
from wealthai.forms import REASON_LENGTH, ReasonField
from wealthai.history import changes, names_of
from wealthai.tracking import record_of


class DeleteForm(forms.Form):
    """`row` is what is stored now, locked; what was decided on is the `version` on screen."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    change_reason = ReasonField(
        label="削除の理由", required=False, help_text="変更履歴に残ります。空欄でもかまいません。"
    )

    def __init__(self, *args, row, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user
        self.changes = []  # what somebody else did to the row since
        self.initial["version"] = row.version()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("version") != self.initial["version"]:
            self.report_conflict(cleaned.get("version"))
        return cleaned

    def report_conflict(self, version):
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = self.initial["version"]
        now = self.row.history.model(**values(self.row))
        before = record_of(self.row, version) or last_other(self.row, now)
        if before:
            self.changes = changes(now, before, names_of([before, now], self.user))
        raise ValidationError(
            f"{overtaken(self.row)}まだ削除していません。"
            "いまの内容を確かめ、よければもう一度「削除する」を押してください。"
        )


def last_other(row, now):
    """The newest state in the history that differs: what was on screen is not in it."""
    return next((one for one in row.history.all()[:2] if changes(now, one, {})), None)


class RecreateForm(forms.Form):
    """`row` is the record as it would come back."""

    change_reason = ReasonField(
        label="復元する理由",
        max_length=REASON_LENGTH - len(recreate_reason("")),
        help_text="変更履歴に残ります。",
    )

    def __init__(self, data=None, *, row):
        super().__init__(data)
        self.row, self.problems = row, problems(row)

    def clean(self):
        for words in self.problems:
            self.add_error(None, words)
        return super().clean()

    def saved(self):
        try:
            recreate(self.row, reason=self.cleaned_data["change_reason"])
        except IntegrityError:
            self.add_error(
                None, "いま別の画面で復元されました。変更履歴でいまの状態を確かめてください。"
            )
            return False
        return True
