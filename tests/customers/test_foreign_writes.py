"""What other systems write by SQL becomes findable and historied (customers/foreign_writes.py)."""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from customers.models import Customer, ForeignWrite
from tests.factories import CustomerFactory, HoldingFactory, ProductFactory
from wealthai.tracking import tracked_models

pytestmark = pytest.mark.postgres

# Per tracked table: a statement that inserts a row (the others' keys given) and one column.
INSERTS = {
    "customers": ("(name, occupation) VALUES ('大野達也', '医師')", "occupation"),
    "holdings": (
        "(customer_id, product_id, quantity, unit_price, purchase_date, currency)"
        " SELECT customer_id, product_id, 10, 100.50, '2026-04-01', '医師' FROM customers, products",
        "currency",
    ),
    "sales_notes": (
        "(customer_id, content, subject) SELECT customer_id, '円債', '医師' FROM customers",
        "subject",
    ),
    "cash_inflows": (
        "(customer_id, predicted_amount, predicted_date, source_note)"
        " SELECT customer_id, 100, '2026-12-25', '医師' FROM customers",
        "source_note",
    ),
    "products": (
        "(product_code, product_name, category_code, issuer) VALUES ('P1', '国債', 'BOND', '医師')",
        "issuer",
    ),
    "tasks": ("(customer_id, title) SELECT customer_id, '医師' FROM customers", "title"),
    "sales_representatives": (
        "(rep_code, name, department) VALUES ('SR010', '青木誠', '医師')",
        "department",
    ),
    "economic_events": (
        "(title, event_date, description, affected_sectors)"
        " VALUES ('衆議院総選挙', '2026-12-18', '医師', '[\"金融\", \"建設\"]')",
        "description",
    ),
}
STANDING_ALONE = {"customers", "sales_representatives", "products", "economic_events"}
MODELS = {model._meta.db_table: model for model in tracked_models()}


@pytest.fixture(params=INSERTS)
def table(request, transactional_db):
    """One of the tables; what its rows refer to is there and has its history."""
    if request.param not in STANDING_ALONE:
        HoldingFactory(product__product_code="P0").delete()
    return request.param


def insert(sql, table):
    columns, _ = INSERTS[table]
    key = MODELS[table]._meta.pk.column
    [[pk]] = sql(f"INSERT INTO {table} {columns} RETURNING {key}")  # noqa: S608
    return pk


def update(sql, table, pk, value="弁護士"):
    column, key = INSERTS[table][1], MODELS[table]._meta.pk.column
    sql(f"UPDATE {table} SET {column} = %s WHERE {key} = %s", value, pk)  # noqa: S608


def history(table, pk):
    """Oldest first: kind, value, source, reason."""
    model, column = MODELS[table], INSERTS[table][1]
    rows = model.history.filter(**{model._meta.pk.name: pk}).order_by("history_date", "history_id")
    names = ["history_type", column, "source", "history_change_reason"]
    return list(rows.values_list(*names))


def say(*arguments):
    out = StringIO()
    call_command("catch_up", "--no-progress", *arguments, stdout=out)
    return out.getvalue().strip()


# --- Each table -------------------------------------------------------------------------------


def test_every_tracked_table_is_tried_here():
    assert set(INSERTS) == set(MODELS)


def test_inserted_changed_and_deleted_rows_are_in_the_history(sql, table):
    pk = insert(sql, table)
    update(sql, table, pk)
    sql(f"DELETE FROM {table} WHERE {MODELS[table]._meta.pk.column} = %s", pk)  # noqa: S608

    said = say()

    assert said == "SQLで書き込まれた 3件を変更履歴に入れました。"
    assert history(table, pk) == [
        ("+", "医師", "sql", "SQL: wealthai"),
        ("~", "弁護士", "sql", "SQL: wealthai"),
        ("-", "弁護士", "sql", "SQL: wealthai"),
    ]


def test_newest_history_row_is_the_stored_row(sql, table):
    model, pk = MODELS[table], insert(sql, table)
    update(sql, table, pk)
    say()

    newest, stored = model.history.latest("history_date", "history_id"), model.objects.get(pk=pk)

    names = [field.attname for field in newest.tracked_fields]
    assert [getattr(newest, name) for name in names] == [getattr(stored, name) for name in names]


def test_triggers_know_every_derived_column(transactional_db):
    """A new derived column needs a migration that names it to its trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgargs FROM pg_trigger WHERE tgname = 'foreign_write'"
        )
        told = {table: bytes(args).decode().split("\0") for table, args in cursor.fetchall()}

    unkept = {
        table: (model._meta.pk.column, set(model.tracked.excluded_fields))
        for table, model in MODELS.items()
    }
    assert {
        table: (key, set(f"{ignored},{secret}".split(",")) - {""})
        for table, (key, ignored, secret, _) in told.items()
    } == unkept


# --- What follows -----------------------------------------------------------------------------


def test_inserted_customer_is_found_after_catching_up(sql):
    insert(sql, "customers")
    before = list(Customer.objects.search("大野"))

    say()

    assert before == []
    assert [customer.name for customer in Customer.objects.search("大野")] == ["大野達也"]


def test_renamed_customer_is_found_by_the_new_name_alone(sql, ito):
    sql("UPDATE customers SET name = '伊東正雄', name_kana = 'イトウ' WHERE name = '伊藤正雄'")
    say()

    found = [list(Customer.objects.search(name)) for name in ("伊東", "伊藤")]

    assert found == [[ito], []]
    assert Customer.objects.get().kana_key == CustomerFactory(name_kana="イトウ").kana_key


def test_until_then_a_renamed_customer_is_not_found_by_the_old_name(sql, ito):
    sql("UPDATE customers SET name = '伊東正雄'")

    assert list(Customer.objects.search("伊藤")) == []


def test_change_of_another_column_keeps_the_customer_findable(sql, ito):
    sql("UPDATE customers SET occupation = '医師'")

    assert list(Customer.objects.search("伊藤")) == [ito]


def test_figures_follow(sql, ito):
    holding = HoldingFactory(customer=ito, quantity=10, current_price=100)
    sql("UPDATE holdings SET current_price = 250.50")
    sql("INSERT INTO sales_notes (customer_id, content) VALUES (%s, '円債')", ito.pk)
    say()

    ito.refresh_from_db()
    assert (ito.yen_assets, ito.yen_gain) == (Decimal("2505"), Decimal("-7495"))
    assert ito.last_contact_at == ito.notes.get().created_at
    assert holding.history.first().current_price == Decimal("250.50")


def test_next_day_follows_a_task_and_a_repayment(sql, ito):
    HoldingFactory(customer=ito)
    sql("UPDATE holdings SET maturity_date = '2027-03-31'")
    say()
    before = Customer.objects.get().next_due
    sql(
        "INSERT INTO tasks (customer_id, title, due_date) VALUES (%s, '電話', '2027-01-05')", ito.pk
    )
    say()

    after = Customer.objects.get().next_due
    assert [before, after] == [datetime.date(2027, 3, 31), datetime.date(2027, 1, 5)]


@pytest.mark.parametrize("day", [datetime.date(2027, 3, 31), None], ids=["given", "taken"])
def test_next_day_follows_the_day_of_a_product(sql, ito, day):
    product = ProductFactory(maturity_date=None if day else "2030-01-01")
    HoldingFactory(customer=ito, product=product)
    sql("UPDATE products SET maturity_date = %s", day)
    say()

    assert Customer.objects.get().next_due == day


def test_holding_that_another_system_wrote_has_its_products_day(sql, ito):
    product = ProductFactory(maturity_date="2027-03-31")
    sql(
        "INSERT INTO holdings (customer_id, product_id, quantity, unit_price, purchase_date)"
        " VALUES (%s, %s, 1, 100, '2024-04-01')",
        ito.pk,
        product.pk,
    )
    say()

    assert Customer.objects.get().next_due == datetime.date(2027, 3, 31)


def test_day_that_only_postgresql_can_hold_is_no_next_day(sql, ito):
    HoldingFactory(customer=ito)
    sql("UPDATE holdings SET maturity_date = '12000-01-01'")
    say()

    assert Customer.objects.get().next_due is None


def test_figures_follow_a_holding_that_moves_to_another_customer(sql, ito, nakamura):
    HoldingFactory(customer=ito, quantity=10, current_price=100)
    sql("UPDATE holdings SET customer_id = %s", nakamura.pk)
    say()

    assert dict(Customer.objects.values_list("name", "yen_assets")) == {
        "伊藤正雄": None,
        "中村健一": 1000,
    }


def test_figures_follow_a_products_currency(sql, ito):
    HoldingFactory(customer=ito, quantity=10, current_price=100)
    sql("UPDATE products SET currency = 'USD'")
    say()

    assert Customer.objects.get().yen_assets is None


def test_write_moves_the_version(sql, ito):
    before = Customer.objects.get().version()
    sql("UPDATE customers SET occupation = '医師'")

    assert Customer.objects.get().version() != before


def test_history_says_when_it_was_written(sql):
    pk = insert(sql, "customers")
    [[written]] = sql("SELECT created_at FROM customers")

    say()

    after = Customer.history.get(customer_id=pk).history_date - written
    assert datetime.timedelta(0) <= after < datetime.timedelta(seconds=5)


def test_our_later_change_stands_after_the_foreign_one(sql, ito, tanaka):
    sql("UPDATE customers SET occupation = '医師'")
    customer = Customer.objects.get()
    customer.phone, customer._history_user = "1", tanaka
    customer.save()

    say()

    rows = ito.history.values_list("phone", "occupation", "source", "history_user")
    assert list(rows) == [
        ("1", "医師", "system", tanaka.pk),
        ("090-1111-1111", "医師", "sql", None),
        ("090-1111-1111", None, "system", None),
    ]


def test_row_without_a_history_first_gets_what_stood_before(sql):
    pk = insert(sql, "customers")
    ForeignWrite.objects.all().delete()
    update(sql, "customers", pk)

    say()

    assert history("customers", pk) == [
        ("+", "医師", "sql", "SQL: 履歴のない行の最初の記録"),
        ("~", "弁護士", "sql", "SQL: wealthai"),
    ]


def test_new_key_makes_another_row(sql):
    pk = insert(sql, "customers")
    sql("UPDATE customers SET customer_id = 900000")
    say()

    assert [row[0] for row in history("customers", pk)] == ["+", "-"]
    assert [row[0] for row in history("customers", 900000)] == ["+"]


def test_statement_that_changes_nothing_is_no_write(sql, ito):
    sql("UPDATE customers SET occupation = occupation, yen_assets = 5")

    assert ForeignWrite.objects.count() == 0


def test_value_that_only_postgresql_can_hold_stops_nothing(sql, ito):
    HoldingFactory(customer=ito)
    sql("UPDATE holdings SET unrealized_gain_loss = 'NaN'")
    sql("UPDATE customers SET occupation = '医師'")

    assert say() == "SQLで書き込まれた 2件を変更履歴に入れました。"
    assert ito.history.first().occupation == "医師"


# --- People of the firm -----------------------------------------------------------------------


def test_password_never_lands_in_the_queue(sql, tanaka):
    sql("UPDATE sales_representatives SET password = 'geheim', phone = '1'")
    write = ForeignWrite.objects.get()

    assert [row.keys() & {"password", "last_login"} for row in (write.old, write.new)] == [
        set(),
        set(),
    ]


def test_foreign_password_is_noticed_without_its_value(sql, tanaka):
    sql("UPDATE sales_representatives SET password = 'geheim'")
    say()

    assert [(row.history_type, row.source) for row in tanaka.history.all()] == [
        ("~", "sql"),
        ("+", "system"),
    ]
