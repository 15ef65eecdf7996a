"""Days that PostgreSQL holds and Python does not: another system may write them (wealthai/database.py)."""

import datetime

import pytest
from django.core.management import call_command

from customers.models import Customer
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    SalesNoteFactory,
    TaskFactory,
)

pytestmark = pytest.mark.postgres

COLUMNS = {
    "customers": ("birth_date", "created_at", "updated_at", "last_contact_at"),
    "holdings": ("maturity_date", "purchase_date", "updated_at"),
    "products": ("maturity_date",),
    "tasks": ("due_date", "created_at"),
    "cash_inflows": ("predicted_date",),
    "sales_notes": ("created_at", "follow_up_date"),
    "economic_events": ("event_date",),
}
PLACES = [(table, column) for table, columns in COLUMNS.items() for column in columns]
DAYS = {
    "infinity": datetime.date(9999, 12, 31),
    "12000-01-01": datetime.date(9999, 12, 31),
    "0044-03-15 BC": datetime.date(1, 1, 1),
}
LISTS = ["/", "/customers", "/holdings", "/inflows", "/tasks?whose=all", "/api/customers"]
TABS = [
    "",
    "/edit",
    "/holdings",
    "/notes",
    "/tasks",
    "/inflows",
    "/history",
    "/as-of?date=2026-11-01",
]
PAGES = [
    *LISTS,
    "/customers?cols=birth&age=75-",
    *(f"/customers/{{0}}{tab}" for tab in TABS),
    "/chat?customer={0}",
    "/api/customers/{0}",
]


@pytest.fixture
def record(tanaka):
    customer = CustomerFactory(sales_rep=tanaka)
    HoldingFactory(customer=customer)
    TaskFactory(customer=customer, assignee=tanaka)
    SalesNoteFactory(customer=customer)
    CashInflowFactory(customer=customer)
    EconomicEventFactory()
    return customer


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("table", "column"), PLACES)
def test_no_page_fails_for_such_a_day(page, record, sql, table, column, day):
    sql(f"UPDATE {table} SET {column} = %s", day)  # noqa: S608
    call_command("catch_up", "--no-progress")

    answers = {address: page.get(address.format(record.pk)).status_code for address in PAGES}

    assert answers == dict.fromkeys(PAGES, 200)


@pytest.mark.parametrize("day", DAYS)
def test_such_a_day_keeps_no_other_row_from_being_found(sql, day):
    sql("INSERT INTO customers (name) VALUES ('無関係の外部行')")
    sql("INSERT INTO customers (name, birth_date) VALUES ('外部の日付', %s)", day)

    call_command("catch_up", "--no-progress")

    assert [row.history.count() for row in Customer.objects.search("外部")] == [1, 1]
    assert Customer.objects.get(name="外部の日付").birth_date == DAYS[day]
