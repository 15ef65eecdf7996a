"""Rows against their history: what no trigger saw is found by comparing (customers/drift.py)."""

from decimal import Decimal

import pytest
from django.db import transaction

from customers.drift import CHUNK, mend
from customers.models import Adviser, Customer, Holding, Product
from tests.customers.test_foreign_writes import insert, say
from tests.customers.trails import forget
from tests.factories import HoldingFactory
from wealthai.tracking import create_many


def test_changed_row_is_recorded_with_what_is_stored(ito):
    Customer.objects.without_history().update(occupation="弁護士")

    found = mend()

    newest = ito.history.first()
    assert (found.differing, newest.history_type, newest.occupation) == (1, "~", "弁護士")
    assert (newest.source, newest.history_change_reason) == (
        "sql",
        "SQL: 突き合わせで見つかった変更",
    )


def test_row_without_a_history_gets_its_first_row_as_of_its_last_change(ito):
    forget(ito.history)

    found = mend()

    first = ito.history.get()
    assert (found.unknown, first.history_type, first.name) == (1, "+", "伊藤正雄")
    assert first.history_date == Customer.objects.get().updated_at


def test_vanished_row_is_recorded_as_it_was_last(nakamura):
    Customer.objects.without_history().filter(pk=nakamura.pk)._raw_delete("default")

    found = mend()

    newest = Customer.history.filter(customer_id=nakamura.pk).first()
    assert (found.vanished, newest.history_type, newest.name) == (1, "-", "中村健一")


def test_row_that_came_back_is_recorded_as_new(nakamura):
    values = Customer.objects.values().get()
    nakamura.delete()
    Customer.objects.without_history().bulk_create([Customer(**values)])

    found = mend()

    kinds = Customer.history.filter(customer_id=values["customer_id"])
    assert (found.differing, [row.history_type for row in kinds]) == (1, ["+", "-", "+"])


def test_search_and_figures_are_computed_anew(ito):
    HoldingFactory(customer=ito, quantity=10, current_price=100)
    Customer.objects.update(search_key=None, kana_key="x", yen_assets=5)

    found = mend()

    assert (found.unfindable, found.figures, found.differing) == (1, 1, 0)
    assert list(Customer.objects.search("伊藤")) == [ito]
    assert Customer.objects.get().yen_assets == Decimal(1000)


def test_second_comparison_finds_nothing(ito, nakamura):
    Customer.objects.without_history().update(occupation="弁護士")
    mend()

    assert vars(mend()) == dict.fromkeys(
        ["unknown", "differing", "vanished", "unfindable", "figures"], 0
    )


def test_more_rows_than_one_chunk_are_compared(db):
    create_many(Customer, [Customer(name=f"顧客{n}") for n in range(CHUNK + 1)])
    Customer.objects.without_history().update(occupation="弁護士")

    assert mend().differing == CHUNK + 1


def test_command_says_what_it_found(ito):
    Customer.objects.without_history().update(occupation="弁護士")

    assert say("--all").splitlines() == [
        "SQLで書き込まれた 0件を変更履歴に入れました。",
        "突き合わせ: 履歴のない行 0件、履歴と違う行 1件、消えていた行 0件を履歴に入れ、"
        "検索 0件と集計 0件を直しました。",
    ]


# --- PostgreSQL: beside the triggers ----------------------------------------------------------


@pytest.mark.postgres
def test_rows_whose_trigger_was_off_are_found_by_comparing(sql, ito, nakamura):
    sql("SET session_replication_role = replica")
    pk = insert(sql, "customers")
    sql("UPDATE customers SET occupation = '弁護士' WHERE customer_id = %s", ito.pk)
    sql("DELETE FROM customers WHERE customer_id = %s", nakamura.pk)

    said = say("--all").splitlines()[1]

    assert said == (
        "突き合わせ: 履歴のない行 1件、履歴と違う行 1件、消えていた行 1件を履歴に入れ、"
        "検索 1件と集計 0件を直しました。"
    )
    assert [row.history_type for row in Customer.history.filter(customer_id=pk)] == ["+"]
    assert ito.history.first().occupation == "弁護士"
    assert Customer.history.filter(customer_id=nakamura.pk).first().history_type == "-"


@pytest.mark.postgres
def test_comparing_leaves_to_the_queue_what_it_holds(sql, ito):
    with transaction.atomic():
        sql("UPDATE customers SET occupation = '医師'")
        found = mend()

    assert (found.differing, ito.history.count()) == (0, 1)


@pytest.mark.postgres
def test_imported_advisers_and_products_are_compared_too(sql):
    sql("SET session_replication_role = replica")
    insert(sql, "sales_representatives")
    insert(sql, "products")
    say("--all")

    counts = (model.history.count() for model in (Adviser, Product, Holding))
    assert list(counts) == [1, 1, 0]
