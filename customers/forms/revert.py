"""The question before earlier values come back: which fields, and why."""

from django import forms
from django.db import IntegrityError

from customers.forms.versioned import overtaken
from customers.reverting import candidate, differences, revert
from wealthai.forms import REASON_LENGTH, ReasonField
from wealthai.history import revert_reason


class RevertQuery(forms.Form):
    """`?field=phone` ticks that field alone; anything else ticks all that differ."""

    field = forms.CharField(required=False, max_length=100)

    @property
    def field_name(self):
        return self.cleaned_data["field"] if self.is_valid() else ""


class RevertForm(forms.Form):
    """`row` is what is stored now, `earlier` the history row; the view holds a lock on `row`."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    names = forms.MultipleChoiceField(
        label="戻す項目",
        error_messages={
            "required": "戻す項目を1つ以上選んでください。",
            "invalid_choice": "戻す項目は一覧から選んでください。",
        },
    )
    change_reason = ReasonField(
        label="戻す理由",
        max_length=REASON_LENGTH - len(revert_reason("")),
        help_text="変更履歴に残ります。",
    )

    def __init__(self, data=None, *, row, earlier, user, chosen=""):
        self.row, self.earlier, self.user = row, earlier, user
        self.differences = differences(row, earlier, user)
        self.refusals = {}
        names = [difference.name for difference in self.differences]
        picked = [chosen] if chosen in names else names
        super().__init__(data, initial={"version": row.version(), "names": picked})
        self.fields["names"].choices = [(one.name, one.label) for one in self.differences]

    def lines(self):
        """(difference, whether it is ticked, why it is refused)"""
        picked = self["names"].value() or []
        for one in self.differences:
            yield one, one.name in picked, self.refusals.get(one.name)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("version") != self.initial["version"]:
            self.report_conflict()
        elif cleaned.get("names"):
            self.new, self.refusals = candidate(self.row, self.earlier, cleaned["names"], self.user)
            shown = {one.name for one in self.differences}
            beside = [words for name, words in self.refusals.items() if name not in shown]
            if self.refusals:
                self.add_error(
                    None, beside or ["戻せない項目があります。表の説明を確かめてください。"]
                )
        return cleaned

    def report_conflict(self):
        """Somebody else was faster; the table shows what is stored now, and the choice is kept."""
        self.data = self.data.copy()
        self.data["version"] = self.initial["version"]
        self.add_error(
            None,
            f"{overtaken(self.row)}"
            "「いまの内容」を確かめ、よければもう一度「戻す」を押してください。",
        )

    def saved(self):
        try:
            revert(self.new, reason=self.cleaned_data["change_reason"])
        except IntegrityError:
            self.add_error(
                None,
                "メールアドレスが、いま登録できない値になりました。"
                "この項目を選ばずに、もう一度戻してください。",
            )
            return False
        return True
