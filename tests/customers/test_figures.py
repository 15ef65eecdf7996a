"""Figures of a customer that follow holdings, notes, tasks and products (customers/figures.py)."""

import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.figures import refresh, refresh_figures, stale_figures
from customers.models import Customer, Product, Task
from tests.factories import HoldingFactory, ProductFactory, SalesNoteFactory, TaskFactory
from wealthai.tracking import create_many, update_many

DAY = datetime.date(2027, 3, 31)


def figures(customer):
    return Customer.objects.values_list("yen_gain", "next_due").get(pk=customer.pk)


def held(customer, gain=0, **fields):
    return HoldingFactory(customer=customer, current_value=10_000 + gain, **fields)


def test_gain_is_that_of_priced_holdings_in_yen(ito):
    held(ito, gain=500)
    held(ito, gain=-700)
    held(ito, gain=90_000, product=ProductFactory(currency="USD"))
    held(ito, gain=5_000, status="sold")
    HoldingFactory(customer=ito)

    assert figures(ito)[0] == -200


def test_gain_of_holdings_without_a_price_is_unknown(ito):
    HoldingFactory(customer=ito)

    assert figures(ito)[0] is None


def test_gain_follows_a_price_and_a_deletion(ito):
    holding = held(ito, gain=500)
    holding.current_value = 9_000
    holding.save()
    lower = figures(ito)[0]
    holding.delete()

    assert (lower, figures(ito)[0]) == (-1_000, None)


@pytest.mark.parametrize(
    ("task", "maturity", "due"),
    [(0, 9, 0), (9, 0, 0), (None, 5, 5), (5, None, 5), (None, None, None), (-400, 9, -400)],
)
def test_next_due_is_the_earlier_of_task_and_repayment(ito, task, maturity, due):
    def day(days):
        return None if days is None else DAY + datetime.timedelta(days=days)

    TaskFactory(customer=ito, due_date=day(task))
    held(ito, maturity_date=day(maturity))
    held(ito, maturity_date=DAY - datetime.timedelta(days=900), status="matured")

    assert figures(ito)[1] == day(due)


def test_next_due_follows_a_task_that_is_done_and_taken_up_again(ito, tanaka):
    task = TaskFactory(customer=ito, due_date=DAY)
    task.finish(by=tanaka)
    done = figures(ito)[1]
    task.reopen()

    assert (done, figures(ito)[1]) == (None, DAY)


def test_next_due_follows_many_tasks_written_at_once(ito):
    tasks = create_many(Task, [Task(customer=ito, title="電話", due_date=DAY)])
    made = figures(ito)[1]
    tasks[0].due_date = None
    update_many(Task, tasks, ["due_date"])

    assert (made, figures(ito)[1]) == (DAY, None)


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_gain_and_assets_follow_the_currency_of_a_product(ito, many):
    held(ito, gain=500)
    product = Product.objects.get()
    product.currency = "USD"
    update_many(Product, [product], ["currency"]) if many else product.save()

    assert Customer.objects.values_list("yen_gain", "yen_assets").get() == (None, None)


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_next_due_follows_the_day_of_a_product(ito, many):
    product = ProductFactory(maturity_date=DAY)
    held(ito, product=product)
    made = figures(ito)[1]
    product.maturity_date = DAY + datetime.timedelta(days=1)
    update_many(Product, [product], ["maturity_date"]) if many else product.save()

    assert (made, figures(ito)[1]) == (DAY, product.maturity_date)


@pytest.mark.parametrize(("old", "new"), [(None, DAY), (DAY, None)], ids=["given", "taken"])
def test_next_due_follows_a_product_that_gets_or_loses_its_day(ito, old, new):
    product = ProductFactory(maturity_date=old)
    held(ito, product=product)
    product.maturity_date = new
    product.save()

    assert figures(ito)[1] == new


def test_own_day_of_a_holding_comes_before_that_of_its_product(ito):
    held(ito, product=ProductFactory(maturity_date=DAY), maturity_date=DAY.replace(year=2030))

    assert figures(ito)[1] == DAY.replace(year=2030)


def test_other_change_of_a_product_touches_no_customer(ito):
    held(ito)
    Customer.objects.update(yen_gain=5)
    product = Product.objects.get()
    product.product_name = "新しい名前"
    product.save()

    assert figures(ito)[0] == 5


def test_next_due_from_before_the_rule_is_found_and_mended(ito):
    held(ito, product=ProductFactory(maturity_date=DAY))
    Customer.objects.update(next_due=None)
    stale = stale_figures([ito.pk])
    refresh(stale)

    assert (stale, figures(ito)[1]) == ([ito.pk], DAY)


@pytest.mark.parametrize("name", ["yen_gain", "yen_assets"])
def test_wrong_figure_is_found_and_mended(ito, nakamura, name):
    held(ito)
    Customer.objects.filter(pk=ito.pk).update(**{name: 5})

    assert stale_figures([ito.pk, nakamura.pk]) == [ito.pk]
    refresh([ito.pk])
    assert stale_figures([ito.pk, nakamura.pk]) == []


def test_early_migration_fills_no_column_that_comes_later(ito):
    with CaptureQueriesContext(connection) as queries:
        refresh_figures([ito.pk])

    *_, statement = [query["sql"] for query in queries]
    assert [name in statement for name in ("yen_assets", "yen_gain", "next_due")] == [
        True, False, False,
    ]  # fmt: skip


def is_somebody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_figures_hold_what_two_wrote_at_once(ito):
    is_held = threading.Event()

    def hold():
        with transaction.atomic():
            held(ito, gain=500)
            is_held.set()
            deadline = time.monotonic() + 10
            while not is_somebody_waiting() and time.monotonic() < deadline:
                pass
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait(10)
    SalesNoteFactory(customer=ito)
    holder.join(10)

    assert figures(ito)[0] == 500
