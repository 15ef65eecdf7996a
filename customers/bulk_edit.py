"""一括編集: one new value for many customers, exactly as it was shown before.

What is confirmed is what was on screen: each row carries a mark of what the preview showed of it.
If one of them is different by the time of confirming, nothing is changed and the new preview says
which; a part of a decision would be another decision.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from customers.batches import write_rows
from customers.models import Adviser, Customer
from wealthai.history import Change, in_words, said
from wealthai.models import ChangeBatch

Values = Mapping[str, Any]  # new values by attribute
Names = Mapping[tuple[str, int], str]


@dataclass(frozen=True)
class PlannedRow:
    customer: Customer
    mark: str
    changes: list[Change]
    has_moved: bool  # somebody changed it after it was shown


@dataclass(frozen=True)
class Plan:
    rows: list[PlannedRow] = field(default_factory=list)
    lost: int = 0  # shown before, and no longer there for this person

    @property
    def changing(self) -> list[PlannedRow]:
        """Those that change; what has moved since stands first."""
        rows = [row for row in self.rows if row.changes]
        return sorted(rows, key=lambda row: not row.has_moved)

    @property
    def unchanged(self) -> int:
        return sum(not row.changes for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(row.has_moved for row in self.rows) + self.lost

    @property
    def marks(self) -> str:
        return ",".join(f"{row.customer.pk}:{row.mark}" for row in self.rows)


def plan_of(
    customers: Sequence[Customer], values: Values, names: Names, seen: Mapping[int, str | None]
) -> Plan:
    """What `values` would change; `seen` holds the marks of an earlier preview, if there was one."""
    rows = [
        PlannedRow(
            customer,
            mark=(mark := mark_of(customer, values)),
            changes=changes_of(customer, values, names),
            has_moved=(seen.get(customer.pk) or mark) != mark,
        )
        for customer in customers
    ]
    shown = {pk for pk, mark in seen.items() if mark}
    return Plan(rows, lost=len(shown - {row.customer.pk for row in rows}))


def mark_of(customer: Customer, values: Values) -> str:
    stored = [getattr(customer, name) for name in sorted(values)]
    return hashlib.sha256(json.dumps([customer.pk, stored]).encode()).hexdigest()[:8]


def changes_of(customer: Customer, values: Values, names: Names) -> list[Change]:
    found = []
    for name, new in values.items():
        column, old = Customer._meta.get_field(name), getattr(customer, name)
        if said(old) != said(new):
            words = [in_words(column, value, names) for value in (old, new)]
            found.append(Change(str(column.verbose_name), *words, column.name))
    return found


def preview(customers, values: Values, seen: Mapping[int, str | None]) -> Plan:
    rows = list(customers.order_by("pk"))
    return plan_of(rows, values, names_in(rows, values), seen)


def names_in(customers: Sequence[Customer], values: Values) -> Names:
    if "sales_rep_id" not in values:
        return {}
    ids = {customer.sales_rep_id for customer in customers} | {values["sales_rep_id"]}
    advisers = Adviser.objects.in_bulk(ids - {None})
    return {("sales_rep", pk): adviser.name for pk, adviser in advisers.items()}


@transaction.atomic
def apply(customers, values: Values, *, seen, user, reason) -> tuple[Plan, ChangeBatch | None]:
    """Changes them all, or none where one is no longer as `seen` (then without a batch)."""
    plan = preview(customers.select_for_update(of=["self"]), values, seen)
    changing = [row.customer for row in plan.changing]
    if plan.moved or not changing:
        return plan, None
    batch = ChangeBatch.objects.create(
        kind=ChangeBatch.Kind.BULK_EDIT,
        user=user,
        reason=reason,
        summary=summary_of(values, len(changing)),
    )
    write_rows(batch, Customer, [(customer, values) for customer in changing])
    return plan, batch


def summary_of(values: Values, count: int) -> str:
    parts, names = [], names_in([], values)
    for name, new in values.items():
        column = Customer._meta.get_field(name)
        parts.append(f"{column.verbose_name} → {in_words(column, new, names)}")
    return f"{'、'.join(parts)}（{count:,}名）"
