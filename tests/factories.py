"""Test data that adds nothing surprising: what a test needs, it says."""

import datetime

import factory

from customers.models import (
    Adviser,
    CashInflow,
    Customer,
    EconomicEvent,
    Holding,
    Product,
    SalesNote,
    SavedView,
    Task,
)
from customers.people import join


class AdviserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Adviser
        skip_postgeneration_save = True

    rep_code = factory.Sequence(lambda n: f"SR9{n:03}")
    name = "青木担当"
    branch = "東京本店"
    role_names = factory.LazyAttribute(lambda adviser: str(adviser.role or ""))

    class Params:
        role = None

    @factory.post_generation
    def joined(self, create, value, **kwargs):
        if create:
            join([self])


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"顧客{n}")


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    product_code = factory.Sequence(lambda n: f"P{n:03}")
    product_name = factory.Sequence(lambda n: f"商品{n}")
    category_code = "BOND"


class HoldingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Holding

    customer = factory.SubFactory(CustomerFactory)
    product = factory.SubFactory(ProductFactory)
    quantity = 10
    unit_price = 1000
    purchase_date = datetime.date(2024, 4, 1)


class SalesNoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SalesNote

    customer = factory.SubFactory(CustomerFactory)
    content = "円債に関心がある。"


class CashInflowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CashInflow

    customer = factory.SubFactory(CustomerFactory)
    predicted_amount = 1_000_000
    predicted_date = datetime.date(2027, 3, 31)


class EconomicEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EconomicEvent

    title = "日銀金利政策変更"
    event_date = datetime.date(2026, 12, 18)


class SavedViewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedView

    owner = factory.SubFactory(AdviserFactory)
    name = factory.Sequence(lambda n: f"条件{n}")


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    customer = factory.SubFactory(CustomerFactory)
    title = "円債の提案を2案つくる"
