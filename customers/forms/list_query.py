"""The address of the customer list: search, order, page."""

from django import forms
from django.utils.http import urlencode

from customers import search
from customers.forms.polite import PoliteMessages
from customers.listing import DEFAULT_SORT, SORTS


class ListQuery(PoliteMessages, forms.Form):
    """The query string of the list. What is not understood is left at its default."""

    # A first click sorts by what is looked for most: the largest, the eldest, the latest.
    FIRST = {"age": "-age", "market": "-market", "contact": "-contact"}

    q = forms.CharField(
        label="検索する言葉",
        required=False,
        max_length=search.MAX_LENGTH,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "class": "form-control",
                "placeholder": "氏名・カナ・コード・電話・メール・住所",
                "autocomplete": "off",
                "data-search": True,
            }
        ),
    )
    sort = forms.ChoiceField(
        choices=[(sign + name, name) for name in SORTS for sign in ("", "-")], required=False
    )
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.text = self.cleaned_data.get("q", "")
        self.sort = self.cleaned_data.get("sort") or DEFAULT_SORT
        self.number = self.cleaned_data.get("page") or 1

    def found_in(self, customers):
        return customers.none() if "q" in self.errors else customers.search(self.text)

    def link(self, **changes):
        """The query string of this list with `changes`."""
        state = {"q": self.text, "sort": self.cleaned_data.get("sort")} | changes
        return "?" + urlencode({name: value for name, value in state.items() if value})

    def heads(self):
        """Per sortable column the link in its head and how it is sorted now."""
        heads = {}
        for name in SORTS:
            state = {name: "ascending", f"-{name}": "descending"}.get(self.sort)
            other = name if self.sort == f"-{name}" else f"-{name}"
            link = self.link(sort=other if state else self.FIRST.get(name, name))
            heads[name] = {"link": link, "state": state}
        return heads
