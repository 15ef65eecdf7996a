import datetime

from customers.models import Customer
from tests.factories import CustomerFactory


def test_customer_without_code_is_numbered_by_its_id(db):
    customer = Customer.objects.create(name="大野達也")

    assert customer.customer_code == f"W{customer.pk}"


def test_customer_creation_writes_one_history_row(db):
    customer = Customer.objects.create(name="大野達也")

    assert [row.history_type for row in customer.history.all()] == ["+"]


def test_customer_age_counts_up_on_the_birthday():
    customer = CustomerFactory.build(birth_date=datetime.date(1955, 11, 8))

    ages = [customer.age_on(datetime.date(2026, 11, day)) for day in (7, 8)]

    assert ages == [70, 71]


def test_adviser_sees_only_own_customers(tanaka, ito, nakamura):
    assert list(Customer.objects.visible_to(tanaka)) == [ito]


def test_branch_manager_sees_the_branch(manager, ito, nakamura):
    assert list(Customer.objects.visible_to(manager)) == [ito]


def test_back_office_sees_the_firm(office, ito, nakamura):
    assert set(Customer.objects.visible_to(office)) == {ito, nakamura}
