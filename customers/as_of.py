"""A customer as of a moment: the record and all that belonged to it then, from the history rows.

Nothing is invented: what no row tells is missing, and before the first row there is no record.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Min, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from customers.models import CashInflow, Customer, Holding, Product, SalesNote, Task
from customers.portfolio import Portfolio, portfolio_from
from wealthai.history import MISSING, SILENT, in_words, names_of, said

SHOWN_NOTES = 50
# Of a person these fields stay empty; their absence says nothing.
OF_FIRMS = {
    "corporate_number",
    "representative",
    "contact_person",
    "beneficial_owner",
    "closing_month",
}


@dataclass(frozen=True)
class Fact:
    """`now` is the value of today where it is another one."""

    label: str
    words: str
    now: str | None


@dataclass(frozen=True)
class Standing:
    """`row` is None where no record of the customer reaches back to the moment."""

    row: object
    first: datetime.datetime | None
    facts: tuple = ()
    portfolio: Portfolio | None = None
    notes: tuple = ()
    hidden_notes: int = 0
    inflows: tuple = ()
    tasks: tuple = ()

    @property
    def differs(self):
        return any(fact.now for fact in self.facts)


def standing_of(customer, *, moment, user):
    row = rows_at(Customer, customer, moment).first()
    if row is None:
        first = customer.history.aggregate(first=Min("history_date"))["first"]
        return Standing(row=None, first=first)
    notes = list(rows_at(SalesNote, customer, moment).order_by("-created_at", "-note_id"))
    inflows = list(rows_at(CashInflow, customer, moment).order_by("predicted_date", "inflow_id"))
    tasks = list(rows_at(Task, customer, moment).order_by("due_date", "task_id"))
    now = row.__class__(**{c.attname: getattr(customer, c.attname) for c in row.tracked_fields})
    names = names_of([row, now, *notes, *tasks], user, known={("customer", customer.pk): ""})
    for note in notes:
        note.writer = names.get(("sales_rep", note.sales_rep_id))
    for task in tasks:
        task.who = names.get(("assignee", task.assignee_id))
    return Standing(
        row=row,
        first=None,
        facts=tuple(facts_of(row, now, timezone.localdate(moment), names)),
        portfolio=portfolio_at(customer, moment),
        notes=notes[:SHOWN_NOTES],
        hidden_notes=max(len(notes) - SHOWN_NOTES, 0),
        inflows=inflows,
        tasks=tasks,
    )


def rows_at(model, customer, moment):
    """The history rows that were the newest of their object at `moment`; deleted ones are gone."""
    told = model.history.model.objects.order_by().filter(history_date__lte=moment)
    key = model._meta.pk.attname
    ever_had = told.filter(customer_id=customer.pk).values(key)
    newest = newest_of_each(told.filter(**{f"{key}__in": ever_had}), key)
    return told.filter(history_id__in=newest, customer_id=customer.pk).exclude(history_type="-")


def newest_of_each(rows, key):
    """The ids of the newest row of each object. One pass over the rows, however many there are."""
    latest_first = [F("history_date").desc(), F("history_id").desc()]
    place = Window(RowNumber(), partition_by=[F(key)], order_by=latest_first)
    return rows.annotate(place=place).filter(place=1).values("history_id")


def facts_of(row, now, day, names):
    for column in row.tracked_fields:
        value, current = (getattr(one, column.attname) for one in (row, now))
        is_empty = said(value) is None and said(current) is None
        if column.name in SILENT | {"customer_id"} or (is_empty and column.name in OF_FIRMS):
            continue
        words, current_words = (in_words(column, one, names) for one in (value, current))
        if column.name == "birth_date" and value:
            words = f"{words}（当時{row.instance.age_on(day)}歳）"
        yield Fact(
            column.verbose_name, words, current_words if said(value) != said(current) else None
        )


def portfolio_at(customer, moment):
    rows = list(rows_at(Holding, customer, moment))
    products = products_at({row.product_id for row in rows}, moment)
    holdings = []
    for row in rows:
        holding = row.instance
        holding.product = products.get(row.product_id) or unknown_product(row.product_id)
        holdings.append(with_amounts(holding))
    holdings.sort(key=lambda holding: (holding.product.product_name, holding.pk))
    return portfolio_from(holdings, day=timezone.localdate(moment))


def products_at(ids, moment):
    """{id: product} as it was called then; as it is called now where no row reaches back."""
    told = Product.history.model.objects.order_by().filter(
        history_date__lte=moment, product_id__in=ids
    )
    newest = newest_of_each(told, "product_id")
    then = {row.product_id: row.instance for row in told.filter(history_id__in=newest)}
    return Product.objects.in_bulk(ids - set(then)) | then


def unknown_product(pk):
    return Product(pk=pk, product_code="", product_name=f"商品 #{pk}", currency=MISSING)


def with_amounts(holding):
    """The rule of HoldingQuerySet.with_amounts for a row that is not in its table."""
    holding.unit = holding.currency or holding.product.currency
    holding.book = holding.quantity * holding.unit_price
    holding.market = holding.current_value
    if holding.market is None and holding.current_price is not None:
        holding.market = holding.quantity * holding.current_price
    holding.gain = None if holding.market is None else Decimal(holding.market) - holding.book
    return holding
