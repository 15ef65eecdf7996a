"""Figures of a customer that come from other tables, kept on the row so that lists sort by them.

They follow each write of a holding, a note or a product's currency in its own transaction. What another system writes by
SQL is followed by `manage.py catch_up`.
"""

from collections.abc import Iterable

from django.db.models import Case, Max, OuterRef, Subquery, Sum, When
from django.db.models.signals import post_delete, post_save, pre_save

from customers.models import Customer, Holding, Product, SalesNote
from wealthai.tracking import many_saved

CHUNK = 1000
LARGEST = 10**19  # yen that the column holds; beyond it is a slip of another system


def refresh_figures(customer_ids: Iterable[int]) -> None:
    """Sets `yen_assets` (market value of what is held in yen; foreign currencies have no common
    measure) and `last_contact_at` (the newest note; correcting one is no contact)."""
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), CHUNK):
        chosen = Customer.objects.filter(pk__in=ids[start : start + CHUNK])
        chosen.update(yen_assets=Subquery(yen_assets()), last_contact_at=Subquery(last_contact()))


def stale_figures(customer_ids: Iterable[int]) -> list[int]:
    """Those among these customers whose figures are not what their records say."""
    customers = Customer.objects.filter(pk__in=customer_ids).annotate(
        assets=Subquery(yen_assets()), contact=Subquery(last_contact())
    )
    rows = customers.values_list("pk", "yen_assets", "assets", "last_contact_at", "contact")
    return [pk for pk, kept, assets, at, contact in rows if (kept, at) != (assets, contact)]


def holders_of(products):
    held = Holding.objects.filter(product__in=products).order_by()
    return held.values_list("customer", flat=True).distinct()


def yen_assets():
    held = Holding.objects.active().with_amounts().filter(customer=OuterRef("pk"), unit="JPY")
    sums = held.order_by().values("customer").annotate(sum=Sum("market"))
    total = Case(When(sum__range=(-LARGEST, LARGEST), then="sum"))
    return sums.annotate(total=total).values("total")


def last_contact():
    notes = SalesNote.objects.originals().filter(customer=OuterRef("pk")).order_by()
    return notes.values("customer").annotate(newest=Max("created_at")).values("newest")


def follow_one(sender, instance, **kwargs):
    refresh_figures([instance.customer_id])


def look_at_currency(sender, instance, **kwargs):
    stored = Product.objects.filter(pk=instance.pk).exclude(currency=instance.currency)
    instance.has_other_currency = instance.pk is not None and stored.exists()


def follow_product(sender, instance, **kwargs):
    if instance.has_other_currency:
        refresh_figures(holders_of([instance.pk]))


def follow_many(sender, rows, names, **kwargs):
    if sender in (Holding, SalesNote):
        refresh_figures(row.customer_id for row in rows)
    if sender is Product and "currency" in names:
        refresh_figures(holders_of([row.pk for row in rows]))


def connect():
    for model in (Holding, SalesNote):
        post_save.connect(follow_one, sender=model, dispatch_uid=f"figures.save.{model.__name__}")
        post_delete.connect(
            follow_one, sender=model, dispatch_uid=f"figures.delete.{model.__name__}"
        )
    pre_save.connect(look_at_currency, sender=Product, dispatch_uid="figures.currency")
    post_save.connect(follow_product, sender=Product, dispatch_uid="figures.product")
    many_saved.connect(follow_many, dispatch_uid="figures.many")
