"""The address of the customer list: search, conditions, order, columns, page."""

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.http import urlencode

from customers import search
from customers.columns import (
    ALWAYS,
    COLUMNS,
    DEFAULT_SORT,
    SEARCH_SORT,
    SORTS,
    default_columns,
    keyset_of,
    sort_words,
)
from customers.forms.list_filters import ARCHIVED, FILTERS, ListFilters, Ticks
from wealthai.keyset import Position


class ListQuery(ListFilters):
    """The query string of the list. An order or columns that are not understood are left at their
    default."""

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
    cols = Ticks([(column.name, column.label) for column in COLUMNS], label="列の表示")
    view = forms.RegexField(r"[a-z]{1,10}|\d{1,9}", label="保存した条件", required=False)
    cursor = forms.CharField(required=False, max_length=2000)

    def __init__(self, data, *, user, colleagues=None):
        super().__init__(data, user=user, colleagues=colleagues)
        # Not under the fields' names: those a template reads as fields.
        self.text = self.cleaned_data.get("q", "")
        chosen = self.cleaned_data.get("sort")
        self.sort = chosen or (SEARCH_SORT if self.text else DEFAULT_SORT)
        self.cursor = self.cleaned_data.get("cursor")
        self.view_key = self.cleaned_data.get("view", "")
        looks = {"cols": "列の表示", "sort": "並び"}
        self.left_out = [label for name, label in looks.items() if name in self.errors]
        shown = set(self.cleaned_data.get("cols") or default_columns(user)) | {ALWAYS}
        self.columns = [column for column in COLUMNS if column.name in shown]

    @property
    def conditions(self):
        return ("q", *super().conditions)

    @property
    def is_narrowed(self):
        return bool(self.text or self.filters or self.unreadable)

    @property
    def has_own_columns(self):
        return bool(self.cleaned_data.get("cols"))

    @cached_property
    def shown(self):
        """The label of each shown column, by name."""
        return {column.name: column.label for column in self.columns}

    @cached_property
    def keyset(self):
        return keyset_of(self.sort)

    def start(self):
        """The position that the address names; StaleError where it is none of this order."""
        if "cursor" in self.errors:
            return Position.unpack("", self.sort)
        return Position.unpack(self.cursor, self.sort) if self.cursor else None

    def found_in(self, customers):
        found = self.narrowed(customers)
        return found.search(self.text) if self.text else found

    # --- Addresses ------------------------------------------------------------------------
    @cached_property
    def state(self):
        """What a link must carry for the same list: names and lists of values, without the page.

        A condition that is not understood goes along as it came, or the link would find everybody.
        """
        state = {"q": self.text, **self.filters, "sort": self.cleaned_data.get("sort")}
        state |= {"cols": self.cleaned_data.get("cols"), "view": self.view_key}
        state |= {name: self.data.getlist(name) for name in self.unreadable}
        return {
            name: value if isinstance(value, list) else [str(value)]
            for name, value in state.items()
            if value not in (None, "", [])
        }

    def link(self, **changes):
        """The query string of this list with `changes`; None takes a name out."""
        state = {name: value for name, value in (self.state | changes).items() if value}
        return "?" + urlencode(state, doseq=True)

    def pairs(self, *without):
        """The state as hidden fields of a form that sets the names `without` itself."""
        return [
            (name, value)
            for name, values in self.state.items()
            if name not in without
            for value in values
        ]

    @property
    def address(self):
        """The query string as it is kept in a saved view."""
        return self.link(view=None).removeprefix("?")

    def pairs_but_search(self):
        return self.pairs("q")

    def pairs_but_filters(self):
        return self.pairs(*FILTERS)

    def pairs_but_columns(self):
        return self.pairs("cols")

    def cleared(self):
        """Without search and conditions; order and columns stay."""
        return self.link(q=None, view=None, **dict.fromkeys(FILTERS))

    def of_archived(self):
        return self.link(status=ARCHIVED)

    def chips(self):
        for name in filter(self.has, FILTERS):
            yield {"text": self.sentence(name), "without": self.link(**{name: None})}

    def words(self):
        """The list in one line, for the record of an export."""
        found = [f"検索「{self.text}」"] if self.text else []
        return "、".join([*found, *self.sentences()]) or "すべて"

    @property
    def standard_columns(self):
        return self.link(cols=None)

    # --- Heads ----------------------------------------------------------------------------
    def heads(self):
        """Per shown column its head: label, and where it sorts the link and the state."""
        for column in self.columns:
            head = {"label": column.label, "css": column.css, "name": column.name}
            if column.sort:
                up, down = column.name, f"-{column.name}"
                state = {up: "ascending", down: "descending"}.get(self.sort)
                first = down if column.sort.first_down else up
                turned = {"ascending": down, "descending": up}.get(state, first)
                head |= {"link": self.link(sort=turned), "state": state}
            yield head

    def orders(self):
        """Every order in words with its link; for whom the heads are out of reach."""
        for name in SORTS:
            for sort in (name, f"-{name}"):
                yield {
                    "words": sort_words(sort),
                    "link": self.link(sort=sort),
                    "current": sort == self.sort,
                }

    @property
    def order_words(self):
        return sort_words(self.sort)


def query_of(address, **options):
    return ListQuery(QueryDict(address), **options)
