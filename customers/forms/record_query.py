"""The addresses of a record's pages. What is not understood is left at its default.

What templates read is not called like a field: there, `query.kind` is the field.
"""

from django import forms
from django.utils.http import urlencode

from customers.timeline import KINDS, MOST_ROWS, ROWS


class TimelineQuery(forms.Form):
    kind = forms.CharField(required=False)
    rows = forms.IntegerField(min_value=1, max_value=MOST_ROWS, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        kind = self.cleaned_data.get("kind")
        self.chosen = kind if kind in KINDS else ""
        self.limit = self.cleaned_data.get("rows") or ROWS

    @property
    def more(self):
        """The address that shows more rows; None where the rest stands on other pages only."""
        rows = min(self.limit * 3, MOST_ROWS)
        if rows == self.limit:
            return None
        kind = {"kind": self.chosen} if self.chosen else {}
        return "?" + urlencode(kind | {"rows": rows})


class NotesQuery(forms.Form):
    """`before` one note, or the page on which the note `at` stands."""

    before = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    at = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.places = {name: pk for name, pk in self.cleaned_data.items() if pk}
