"""Many rows at once: COPY on PostgreSQL, INSERT on SQLite, the same outcome."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from customers.models import Customer, Holding
from tests.factories import AdviserFactory, CustomerFactory, HoldingFactory
from wealthai.tracking import create_many, update_many
from wealthai.writing import Source, writing

ODD = ["a\tb", "a\nb\\N", "\\N", "", '"', "髙﨑", "葛󠄀城", "𠮷田", "a\\.", " "]  # COPY's own marks


def test_rows_get_keys_in_their_order(db):
    rows = create_many(Customer, [Customer(name=name) for name in "あいう"])

    found = Customer.objects.in_bulk([row.pk for row in rows])
    assert [found[row.pk].name for row in rows] == ["あ", "い", "う"]
    assert [row.pk for row in rows] == sorted(found)


def test_row_after_many_gets_the_next_key(ito):
    [row] = create_many(Customer, [Customer(name="新規")])

    assert CustomerFactory().pk > row.pk > ito.pk


def test_every_text_comes_back_byte_for_byte(db):
    rows = create_many(Customer, [Customer(name="x", address=text) for text in ODD])

    found = Customer.objects.in_bulk([row.pk for row in rows])
    assert [found[row.pk].address for row in rows] == ODD
    assert [row.history.get().address for row in rows] == ODD


def test_values_are_stored_as_save_stores_them(tanaka):
    values = {
        "name": "伊藤",
        "name_kana": "イトウ",
        "birth_date": date(1955, 11, 8),
        "net_worth": -5,
        "sales_rep": tanaka,
        "yen_assets": Decimal("1.5"),
        "archived_at": tanaka.created_at,
    }
    saved = CustomerFactory(**values)
    [copied] = create_many(Customer, [Customer(**values)])

    for row in (saved, copied):
        row.refresh_from_db()
    own = {"customer_id", "customer_code", "search_key", "search_grams"}
    own |= {"created_at", "updated_at"}
    names = {field.attname for field in Customer._meta.concrete_fields} - own
    assert {n: getattr(copied, n) for n in names} == {n: getattr(saved, n) for n in names}


def test_values_of_another_type_are_converted(ito):
    product = HoldingFactory(customer=ito).product
    row = Holding(
        customer=ito, product=product, quantity="10", unit_price=1000, purchase_date="2024-04-01"
    )
    create_many(Holding, [row])

    row.refresh_from_db()
    assert (row.quantity, row.unit_price, row.purchase_date) == (10, 1000, date(2024, 4, 1))


def test_rows_are_findable_at_once(db):
    create_many(Customer, [Customer(name="髙橋", phone="090-1234-5678")])

    assert Customer.objects.search("高橋 12345678").count() == 1


def test_history_tells_who_how_and_why(tanaka):
    rows = [Customer(name="伊藤"), Customer(name="中村")]
    rows[0]._history_user = tanaka
    with writing(source=Source.IMPORT, reason="取込"):
        create_many(Customer, rows)

    kept = [row.history.get() for row in rows]
    assert [row.history_user for row in kept] == [tanaka, None]
    assert {(r.source, r.history_change_reason, r.history_type) for r in kept} == {
        ("import", "取込", "+")
    }


def test_update_of_many_keeps_history(ito, nakamura):
    for row in (ito, nakamura):
        row.address = "東京都"
    update_many(Customer, [ito, nakamura], ["address"])

    assert [row.history.first().address for row in (ito, nakamura)] == ["東京都"] * 2


@pytest.mark.parametrize(
    "broken",
    [{"email": "ito@example.com"}, {"annual_income": -1}, {"sales_rep_id": 999}],
    ids=["unique", "check", "foreign-key"],
)
@pytest.mark.django_db(transaction=True)
def test_broken_row_stores_none_of_them(ito, broken):
    rows = [Customer(name="中村"), Customer(**{"name": "西"} | broken)]

    with pytest.raises(IntegrityError):
        create_many(Customer, rows)

    assert list(Customer.objects.all()) == [ito]
    assert Customer.history.count() == 1


def test_row_of_somebody_unsaved_is_refused_with_all_others(db, ito):
    rows = [Customer(name="中村"), Customer(name="西", sales_rep=AdviserFactory.build())]

    with pytest.raises(ValueError, match="unsaved"):
        create_many(Customer, rows)

    assert list(Customer.objects.all()) == [ito]


@pytest.mark.postgres
def test_text_that_cannot_be_stored_is_a_database_error(db):
    with pytest.raises(DatabaseError), transaction.atomic():
        create_many(Customer, [Customer(name="a\x00b")])

    assert not Customer.objects.exists()


@pytest.mark.postgres
def test_number_beyond_its_column_is_a_database_error(db):
    """A COPY in binary form would store what is left of it in two bytes."""
    with pytest.raises(DatabaseError), transaction.atomic():
        create_many(Customer, [Customer(name="中村", closing_month=65_536 + 3)])

    assert not Customer.objects.exists()


def test_nothing_is_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert create_many(Customer, []) == []


@pytest.mark.postgres
def test_no_load_of_customers_pays_for_an_index_of_patterns(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%pattern_ops%'"
            " AND tablename IN ('customers', 'customers_history')"
        )
        assert cursor.fetchall() == []
