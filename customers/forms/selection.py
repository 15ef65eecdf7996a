"""Which customers an act on many is about: ticked rows, or all that the list's conditions find."""

import re

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.list_query import ListQuery

LIMIT = 10_000
# A row's key, and after the preview a mark of what it showed (see customers/bulk_edit.py).
TICKED = re.compile(r"(\d{1,9})(?::([0-9a-f]{8}))?", re.ASCII)


class TickedInput(forms.HiddenInput):
    """Reads the name repeated (ticked boxes) as well as one list of keys with commas."""

    def value_from_datadict(self, data, files, name):
        return ",".join(data.getlist(name))

    def format_value(self, value):
        return value if isinstance(value, str) else ",".join(map(str, value or ()))


class TickedField(forms.CharField):
    """{key: mark or None}"""

    widget = TickedInput

    def to_python(self, value):
        found = [TICKED.fullmatch(part) for part in super().to_python(value).split(",") if part]
        if not all(found):
            raise ValidationError(
                "選んだ顧客を読み取れません。一覧から選び直してください。", code="invalid"
            )
        if len(found) > LIMIT:
            raise ValidationError(too_many(len(found)), code="too_many")
        return {int(match[1]): match[2] for match in found}


class Selection(forms.Form):
    """What is posted: keys alone. Without any it is about nobody, never about everybody."""

    ids = TickedField(required=False)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.seen = self.cleaned_data.get("ids") or {}
        self.problem = next(iter(self.errors.get("ids", ())), "")

    @property
    def was_shown(self):
        """Whether all of it comes from a preview."""
        return all(self.seen.values())

    def among(self, customers):
        return customers.filter(pk__in=self.seen)


class ListSelection:
    """All customers of the list whose query string is `data`, as they are now."""

    seen: dict[int, str | None] = {}

    def __init__(self, data, user):
        self.query = ListQuery(data, user=user)
        self.problem = self.query.problem

    def among(self, customers):
        found = self.query.found_in(customers)
        count = found.order_by()[: LIMIT + 1].count()
        if count > LIMIT:
            self.problem = too_many(count)
            return customers.none()
        return found


def too_many(count):
    many = f"{LIMIT:,}名を超えています" if count == LIMIT + 1 else f"{count:,}名です"
    return f"一度に扱えるのは{LIMIT:,}名までです（{many}）。一覧で条件を絞ってください。"


def selection_of(request):
    """Ticks count where there are any, in the address too; else a list's conditions do."""
    if request.method == "POST":
        return Selection(request.POST)
    if "ids" in request.GET:
        return Selection(request.GET)
    return ListSelection(request.GET, request.user)
