"""A form about a stored row that somebody else may change while it is open."""

from django import forms

from customers.changes import author_of
from customers.models import Adviser
from wealthai.history import in_words


class VersionedForm(forms.ModelForm):
    """Knows which state of the row was on screen, so that two people cannot undo each other.

    The view loads the row with a lock before it validates. After a conflict `is_stale` is true,
    `conflicts` lists where the typed and the stored values differ, and everything typed is kept.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_change = bool(self.instance.pk)
        self.is_stale = False
        self.conflicts = []
        if self.is_change:
            self.initial["version"] = self.instance.version()

    def clean(self):
        cleaned = super().clean()
        if self.is_change and cleaned.get("version") != self.instance.version():
            self.report_conflict()
        return cleaned

    def report_conflict(self):
        """Says who was faster and where the two differ; saving again then is a decision."""
        current = self.instance
        self.is_stale = True
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = current.version()
        for name, typed in self.cleaned_data.items():
            if name == "version" or typed == getattr(current, name):
                continue
            column = current._meta.get_field(name)
            self.conflicts.append(
                {
                    "label": self.fields[name].label,
                    "stored": shown(column, getattr(current, name)),
                    "typed": shown(column, typed),
                }
            )
        who = author_of(current)
        self.add_error(
            None,
            f"{f'{who.name}さん' if who else 'ほかの人'}が先に更新しました。"
            "いまの内容との違いを確かめ、この画面の内容でよければもう一度保存してください。",
        )


def shown(column, value):
    return value.name if isinstance(value, Adviser) else in_words(column, value, {})
