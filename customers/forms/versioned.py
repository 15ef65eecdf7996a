"""The base of the pages' forms about a stored row."""

from wealthai.forms import ReasonedForm
from wealthai.tracking import record_of
from wealthai.versioned import VersionedForm
from wealthai.writing import writing


def overtaken(row):
    """Who wrote what is stored now, before the person who decided on something older."""
    newest = record_of(row, row.version())
    who = newest and newest.history_user
    return f"{f'{who.name}さん' if who else 'ほかの人'}が先に更新しました。"


class RecordForm(VersionedForm, ReasonedForm):
    """Asks why where it changes a row; a new one speaks for itself."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.is_change:
            del self.fields["change_reason"]

    def save(self, commit=True):
        """A history of saves without a change would hide those with one."""
        if self.is_change and not self.changed_values:
            return self.instance
        with writing(reason=self.reason):
            return super().save(commit)
