"""Figures of a customer that come from other tables, kept on the row so that lists sort by them.

They follow each write of a holding, a note or a task, and of a product's currency or day of repayment,
in its own transaction. What another system writes by SQL is followed by `manage.py catch_up`.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Case, DateField, Max, Min, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Least, NullIf
from django.db.models.signals import post_delete, post_save, pre_save

from customers.models import Customer, Holding, Product, SalesNote, Task
from wealthai.tracking import many_saved

CHUNK = 1000
OF_PRODUCTS = frozenset({"currency", "maturity_date"})  # what the figures take from there
LARGEST = 10**19  # yen that the column holds; beyond it is a slip of another system
NEVER = Value(datetime.date.max, output_field=DateField())


def of_yen(amount):
    """Of what is held in yen; foreign currencies have no common measure."""
    held = Holding.objects.active().with_amounts().filter(customer=OuterRef("pk"), unit="JPY")
    sums = held.order_by().values("customer").annotate(sum=Sum(amount))
    total = Case(When(sum__range=(-LARGEST, LARGEST), then="sum"))
    return Subquery(sums.annotate(total=total).values("total"))


def last_contact():
    """The newest note; correcting one is no contact."""
    notes = SalesNote.objects.originals().filter(customer=OuterRef("pk")).order_by()
    return Subquery(notes.values("customer").annotate(last=Max("created_at")).values("last"))


def next_due():
    """The earliest day of an open task or of a repayment, also one that has passed.

    Least() of nothing and a day is nothing on SQLite; and a day that only PostgreSQL knows, after
    the year 9999, is none.
    """
    days = [
        (Task.objects.open(), Min("due_date")),
        (Holding.objects.active().with_due(), Min("due")),
    ]
    firsts = [
        rows.filter(customer=OuterRef("pk")).order_by().values("customer").annotate(first=first)
        for rows, first in days
    ]
    known = [Coalesce(Subquery(first.values("first")), NEVER) for first in firsts]
    return NullIf(Least(*known), NEVER)


FIGURES = {
    "yen_assets": lambda: of_yen("market"),
    "yen_gain": lambda: of_yen("gain"),
    "last_contact_at": last_contact,
    "next_due": next_due,
}


def refresh(customer_ids: Iterable[int], names: Iterable[str] = FIGURES) -> None:
    """Locks first: an UPDATE that waited for somebody else's would add up what was there before."""
    ids, figures = sorted(set(customer_ids)), {name: FIGURES[name]() for name in names}
    for start in range(0, len(ids), CHUNK):
        rows = Customer.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("pk")
        with transaction.atomic(savepoint=False):
            list(rows.select_for_update(no_key=True).values_list("pk"))
            rows.update(**figures)


def refresh_figures(customer_ids: Iterable[int]) -> None:
    """What migration 0006 fills, when the table has no others yet."""
    refresh(customer_ids, ("yen_assets", "last_contact_at"))


def stale_figures(customer_ids: Iterable[int]) -> list[int]:
    """Those among these customers whose figures are not what their records say."""
    true = {f"true_{name}": figure() for name, figure in FIGURES.items()}
    customers = Customer.objects.filter(pk__in=customer_ids).annotate(**true)
    rows = customers.values_list("pk", *FIGURES, *true)
    count = len(FIGURES)
    return [pk for pk, *values in rows if values[:count] != values[count:]]


def holders_of(products):
    held = Holding.objects.filter(product__in=products).order_by()
    return held.values_list("customer", flat=True).distinct()


def follow_one(sender, instance, **kwargs):
    refresh([instance.customer_id])


def look_at_product(sender, instance, **kwargs):
    says = {name: getattr(instance, name) for name in OF_PRODUCTS}
    stored = Product.objects.filter(pk=instance.pk).exclude(**says)
    instance.moves_figures = instance.pk is not None and stored.exists()


def follow_product(sender, instance, **kwargs):
    if instance.moves_figures:
        refresh(holders_of([instance.pk]))


def follow_many(sender, rows, names=frozenset(), **kwargs):
    if sender in (Holding, SalesNote, Task):
        refresh(row.customer_id for row in rows)
    if sender is Product and OF_PRODUCTS & names:
        refresh(holders_of([row.pk for row in rows]))


def connect():
    for model in (Holding, SalesNote, Task):
        post_save.connect(follow_one, sender=model, dispatch_uid=f"figures.save.{model.__name__}")
        post_delete.connect(
            follow_one, sender=model, dispatch_uid=f"figures.delete.{model.__name__}"
        )
    pre_save.connect(look_at_product, sender=Product, dispatch_uid="figures.look")
    post_save.connect(follow_product, sender=Product, dispatch_uid="figures.product")
    many_saved.connect(follow_many, dispatch_uid="figures.many")
