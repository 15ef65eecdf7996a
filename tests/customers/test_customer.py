import datetime

import pytest
from django.core.exceptions import ValidationError

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


def test_version_changes_with_any_column_and_is_the_same_when_read_again(ito):
    first, again = (Customer.objects.get(pk=ito.pk).version() for _ in range(2))
    Customer.objects.filter(pk=ito.pk).without_history().update(name="伊藤正男")

    assert first == again != Customer.objects.get(pk=ito.pk).version()


@pytest.mark.parametrize(
    ("name", "honorific"),
    [("伊藤正雄", "様"), ("株式会社浪速製作所", "御中"), ("浪速㈱", "御中"), ("(有)山田", "御中")],
    ids=["person", "kabushiki", "kabu", "yugen"],
)
def test_honorific_is_sama_for_people_and_onchu_for_firms(name, honorific):
    assert CustomerFactory.build(name=name).honorific == honorific


def test_code_of_the_own_series_is_refused_for_another_customer(ito):
    ito.customer_code = "W9999"

    with pytest.raises(ValidationError) as refused:
        ito.full_clean()

    assert list(refused.value.error_dict) == ["customer_code"]


def test_imported_code_of_the_own_series_stays_valid(db):
    CustomerFactory(customer_code="W9999").full_clean()


def test_dial_number_is_digits_only():
    typed = ["０９０－1111 (2222)", "090-1111-2222（代表） 内線12"]

    assert [CustomerFactory.build(phone=phone).dial for phone in typed] == ["09011112222"] * 2
