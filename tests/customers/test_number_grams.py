"""Customers from before the longer grams of numbers are found by a piece of their telephone number."""

from importlib import import_module

import pytest
from django.apps import apps

from customers.models import Customer
from tests.factories import CustomerFactory

cut_anew = import_module("customers.migrations.0019_number_grams").cut_anew
pytestmark = pytest.mark.django_db


@pytest.fixture
def ito():
    """With the grams of before, of which no word asks any more."""
    ito = CustomerFactory(name="伊藤", phone="090-1234-5678")
    Customer.objects.filter(pk=ito.pk).update(search_grams="伊藤 090 123 345")
    return ito


def test_grams_of_before_are_cut_anew(ito):
    cut_anew(apps, None)

    assert list(Customer.objects.search("12345")) == [ito]


def test_customer_that_nobody_can_search_for_yet_is_left_alone(ito):
    Customer.objects.filter(pk=ito.pk).update(search_key=None, search_grams=None)

    cut_anew(apps, None)

    ito.refresh_from_db()
    assert ito.search_grams is None
