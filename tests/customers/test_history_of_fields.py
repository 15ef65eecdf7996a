"""Every field of every table with a history: what a change of it tells."""

import datetime
from decimal import Decimal

import pytest
from django.db import models
from django.utils import timezone

from customers.models import Adviser, CashInflow, Customer, Holding, Product, SalesNote, Task
from tests.customers.trails import save, told
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)
from wealthai.history import SILENT

MODELS = [Customer, Holding, Task, CashInflow]  # a stored note is never saved again
FACTORIES = {
    Customer: CustomerFactory,
    Product: ProductFactory,
    SalesNote: SalesNoteFactory,
    Holding: HoldingFactory,
    CashInflow: CashInflowFactory,
}


def columns(model):
    """The fields whose changes the history tells."""
    return [
        column
        for column in model.history.model.tracked_fields
        if not column.primary_key and column.name not in SILENT
    ]


def row_of(model, customer):
    """A row of `model` that belongs to `customer`."""
    if model is Customer:
        return customer
    if model is Task:
        return Task.objects.create(customer=customer, title="電話する")
    return FACTORIES[model](customer=customer)


def another(column, row, person):
    """A storable value of `column` that differs from the one of `row`."""
    if isinstance(column, models.ForeignKey):
        return person if column.related_model is Adviser else FACTORIES[column.related_model]()
    if column.choices:
        stored = getattr(row, column.attname)
        return next(choice for choice, _ in column.flatchoices if choice != stored)
    kinds = {
        models.BooleanField: True,
        models.DateTimeField: timezone.now(),
        models.DateField: datetime.date(2020, 2, 29),
        models.DecimalField: Decimal("77.77"),
        models.IntegerField: 77,
    }
    return next((value for kind, value in kinds.items() if isinstance(column, kind)), "別の値")


@pytest.mark.parametrize(
    ("model", "name"),
    [(model, column.name) for model in MODELS for column in columns(model)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_change_of_any_field_is_told_by_itself(ito, tanaka, suzuki, model, name):
    row = row_of(model, ito)
    pair = {"done_at": {"done_by": suzuki}, "done_by": {"done_at": timezone.now()}}.get(name, {})
    value = another(model._meta.get_field(name), row, suzuki)

    save(row, by=tanaka, reason="確認", **{name: value}, **pair)

    assert told(row)[:3] == ("SR001", "page", "確認")
    assert set(told(row)[3]) == {name, *pair}
