"""The address of a customer's history: what is filtered, and where the page begins."""

import datetime
import re

from django import forms

from customers.forms.period import PeriodForm
from customers.trail import KINDS, NOBODY
from wealthai.history import SILENT
from wealthai.writing import Source

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
FURTHEST = (datetime.datetime.max.replace(tzinfo=datetime.UTC) - EPOCH) // MICROSECOND
PLACE = re.compile(r"(\d{1,18})-(\d)-(\d{1,18})", re.ASCII)


class HistoryQuery(PeriodForm):
    PLACES = ("after",)

    item = forms.ChoiceField(label="項目", required=False)
    author = forms.ChoiceField(label="変更者", required=False)
    source = forms.ChoiceField(
        label="経路", choices=[("", "すべて"), *Source.choices], required=False
    )
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["item", "author", "source", "date_from", "date_to"]

    def __init__(self, data, *, people):
        super().__init__(data)
        self.fields["item"].choices = items()
        self.fields["author"].choices = [
            ("", "すべて"),
            *((str(person.pk), person.name) for person in people),
            (NOBODY, "担当者以外"),
        ]

    def filters(self):
        kind, _, name = self.cleaned_data["item"].partition(".")
        chosen = {name: self.cleaned_data[name] for name in ("author", "source")}
        return chosen | self.period() | {"kind": kind, "name": name}

    @property
    def place(self):
        """(date, rank, id) of the row after which the page begins."""
        if not self.cleaned_data["after"]:
            return None
        microseconds, rank, pk = map(int, PLACE.fullmatch(self.cleaned_data["after"]).groups())
        return EPOCH + microseconds * MICROSECOND, rank, pk

    def link_after(self, key):
        return self.link(after=f"{(key.date - EPOCH) // MICROSECOND}-{key.rank}-{key.pk}")

    def clean_after(self):
        """What no page links to stands for the newest row."""
        place = PLACE.fullmatch(self.cleaned_data["after"])
        return self.cleaned_data["after"] if place and int(place[1]) <= FURTHEST else ""


def items():
    """All fields by table, each table as a whole first."""
    groups = [("", "すべて")]
    for kind, model in KINDS.items():
        title = model._meta.verbose_name
        columns = [
            (f"{kind}.{column.name}", column.verbose_name)
            for column in model.history.model.tracked_fields
            if not column.primary_key and column.name not in SILENT | {"customer"}
        ]
        groups.append((title, [(kind, f"{title}のすべて"), *columns]))
    return groups
