"""What changed between two history rows, in the words of the screens."""

import datetime
from decimal import Decimal

import pytest

from customers.models import Customer, Holding, Product
from tests.factories import CustomerFactory
from wealthai.history import changes, in_words, names_of


def field(model, name):
    return model._meta.get_field(name)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (field(Customer, "name"), "", "―"),
        (field(Customer, "phone"), None, "―"),
        (field(Customer, "risk_tolerance"), "5", "5 積極的"),
        (field(Customer, "risk_tolerance"), "aggressive", "aggressive"),
        (field(Customer, "net_worth"), 150_000_000, "150,000,000"),
        (field(Customer, "birth_date"), datetime.date(1955, 11, 8), "1955/11/08"),
        (field(Holding, "quantity"), Decimal("1234.50"), "1,234.50"),
        (field(Product, "is_active"), False, "いいえ"),
        (field(Customer, "sales_rep"), 12, "#12"),
        (
            field(Customer, "archived_at"),
            datetime.datetime(2026, 11, 5, 15, 30, tzinfo=datetime.UTC),
            "2026/11/06 00:30",
        ),
    ],
    ids=str,
)
def test_values_are_written_as_on_screen(column, value, words):
    assert in_words(column, value, {}) == words


def test_changes_leave_out_what_only_says_when(tanaka):
    customer = CustomerFactory(sales_rep=tanaka)
    customer.save()
    newer, older = customer.history.all()

    assert changes(newer, older, names_of([newer, older], tanaka)) == []


def test_archiving_is_a_change(tanaka):
    customer = CustomerFactory(sales_rep=tanaka)
    customer.archive()
    newer, older = customer.history.all()

    assert [change.label for change in changes(newer, older, {})] == ["保管日時"]


def test_names_need_one_query_for_each_foreign_key(tanaka, suzuki, ito, django_assert_num_queries):
    ito.sales_rep = suzuki
    ito.save()
    records = list(ito.history.all())

    with django_assert_num_queries(1):
        names = names_of(records, tanaka)

    assert names == {
        ("sales_rep", tanaka.pk): "田中太郎（SR001）",
        ("sales_rep", suzuki.pk): "鈴木一郎（SR003）",
    }


def test_names_of_nothing_are_none(tanaka):
    assert names_of([], tanaka) == {}


@pytest.mark.parametrize(
    ("column", "before", "after", "shown"),
    [
        ("annual_income", 0, None, [("0", "―")]),
        ("annual_income", None, 0, [("―", "0")]),
        ("phone", None, "", []),
    ],
    ids=["zero-to-none", "none-to-zero", "none-to-empty"],
)
def test_zero_is_a_fact_and_an_empty_text_is_none(db, column, before, after, shown):
    customer = CustomerFactory(**{column: before})
    setattr(customer, column, after)
    customer.save()
    newer, older = customer.history.all()

    assert [(change.old, change.new) for change in changes(newer, older, {})] == shown
