"""The addresses of a record's pages. What is not understood is left at its default.

What templates read is not called like a field: there, `query.kind` is the field.
"""

from django import forms
from django.utils.http import urlencode

from customers.paged import Paged
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


class PlacesQuery(forms.Form):
    """Where each of a page's lists stands; turning one leaves the others where they are."""

    def __init__(self, data, *names):
        super().__init__(data)
        for name in names:
            self.fields[name] = forms.CharField(required=False, max_length=2000)
        self.is_valid()
        self.places = {name: text for name, text in self.cleaned_data.items() if text}

    def paged(self, name, keyset, rows, count):
        def link(position):
            return "?" + urlencode(self.places | {name: position})

        return Paged.of(keyset, rows, count, self.places.get(name), link)
