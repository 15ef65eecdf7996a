"""What is kept on a customer's row of other tables, and follows them."""

import pytest

from customers.models import Customer, Holding, Product
from tests.factories import HoldingFactory, ProductFactory
from wealthai.tracking import update_many


@pytest.fixture
def bond(ito, nakamura):
    """10 pieces of 100 yen with Ito, and 5 with Nakamura in dollars of their own."""
    bond = ProductFactory(currency="JPY")
    HoldingFactory(customer=ito, product=bond, quantity=10, current_price=100)
    dollars = {"quantity": 5, "current_price": 100, "currency": "USD"}
    HoldingFactory(customer=nakamura, product=bond, **dollars)
    return bond


def assets():
    return dict(Customer.objects.values_list("customer_code", "yen_assets"))


def test_assets_in_yen_follow_the_currency_of_the_product(bond):
    bond.currency = "USD"
    bond.save()
    in_dollars = assets()
    bond.currency = "JPY"
    bond.save(update_fields=["currency"])

    assert in_dollars == {"C001": None, "C003": None}
    assert assets() == {"C001": 1000, "C003": None}


def test_assets_follow_the_currencies_of_many_products(bond):
    bond.currency = "USD"
    update_many(Product, [bond], ["currency"])

    assert assets() == {"C001": None, "C003": None}


def test_other_changes_of_a_product_leave_them_alone(bond):
    Holding.objects.without_history().update(quantity=99)

    bond.product_name = "新しい名前"
    bond.save()

    assert assets() == {"C001": 1000, "C003": None}
