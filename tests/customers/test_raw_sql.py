"""Other systems write and read these tables by SQL: the statements they use, sent by psycopg."""

import datetime

import psycopg
import pytest
from django.urls import reverse

from customers.models import Adviser, Customer, Holding

pytestmark = pytest.mark.postgres

# The columns of the owner's tables (docs/architecture.md, "Tables"): name, type, may be NULL.
TABLES = {
    "customers": """
        customer_id integer NO, name varchar(100) NO, email varchar(100) YES, phone varchar(20) YES,
        address text YES, created_at timestamptz NO, updated_at timestamptz NO,
        customer_code varchar(20) YES, name_kana varchar(100) YES, birth_date date YES,
        gender varchar(10) YES, occupation varchar(50) YES, annual_income bigint YES,
        net_worth bigint YES, risk_tolerance varchar(20) YES,
        investment_experience varchar(20) YES, sales_rep_id integer YES""",
    "chat_history": """
        chat_id integer NO, customer_id integer YES, message text NO, response text NO,
        created_at timestamptz NO""",
    "sales_representatives": """
        rep_id integer NO, rep_code varchar(20) NO, name varchar(100) NO,
        department varchar(50) YES, branch varchar(50) YES, email varchar(100) YES,
        phone varchar(20) YES, hire_date date YES, created_at timestamptz NO""",
    "products": """
        product_id integer NO, product_code varchar(50) NO, product_name varchar(200) NO,
        category_code varchar(50) NO, currency varchar(10) NO, issuer varchar(100) YES,
        maturity_date date YES, interest_rate numeric(5,4) YES, risk_level integer YES,
        minimum_investment bigint YES, commission_rate numeric(5,4) YES, is_active boolean NO,
        created_at timestamptz NO, updated_at timestamptz NO""",
    "holdings": """
        holding_id integer NO, customer_id integer NO, product_id integer NO,
        quantity numeric(18,2) NO, unit_price numeric(18,2) NO, purchase_date date NO,
        current_price numeric(18,2) YES, current_value numeric(18,2) YES,
        unrealized_gain_loss numeric(18,2) YES, maturity_date date YES, status varchar(20) NO,
        created_at timestamptz NO, updated_at timestamptz NO""",
    "sales_notes": """
        note_id integer NO, customer_id integer NO, sales_rep_id integer YES, content text NO,
        created_at timestamptz NO, updated_at timestamptz NO, note_type varchar(30) NO,
        subject varchar(200) YES, priority varchar(20) NO, follow_up_date date YES,
        is_cash_related boolean NO, predicted_amount bigint YES, predicted_date date YES""",
    "cash_inflows": """
        inflow_id integer NO, customer_id integer NO, source_type varchar(50) YES,
        predicted_amount bigint NO, predicted_date date NO, confidence_level varchar(20) YES,
        source_note text YES, actual_amount bigint YES, actual_date date YES,
        status varchar(20) NO, sales_rep_id integer YES, created_at timestamptz NO,
        updated_at timestamptz NO""",
    "economic_events": """
        event_id integer NO, event_type varchar(50) YES, title varchar(200) NO,
        description text YES, event_date date NO, impact_level varchar(20) YES,
        affected_sectors jsonb YES, affected_currencies jsonb YES, created_at timestamptz NO""",
}
# What the owner's systems always give; every other NOT NULL column must fill itself.
GIVEN = {
    "customers": {"name"},
    "chat_history": {"message", "response"},
    "sales_representatives": {"rep_code", "name"},
    "products": {"product_code", "product_name", "category_code"},
    "holdings": {"customer_id", "product_id", "quantity", "unit_price", "purchase_date"},
    "sales_notes": {"customer_id", "content"},
    "cash_inflows": {"customer_id", "predicted_amount", "predicted_date"},
    "economic_events": {"title", "event_date"},
}
COLUMNS = """
    SELECT column_name, is_nullable, column_default IS NOT NULL OR is_identity = 'YES',
           data_type, character_maximum_length, numeric_precision, numeric_scale
    FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"""
SHORT = {
    "character varying": "varchar({1})",
    "numeric": "numeric({2},{3})",
    "timestamp with time zone": "timestamptz",
}


def one(rows):
    [[value]] = rows
    return value


@pytest.fixture
def customer_id(sql):
    statement = "INSERT INTO customers (name) VALUES (%s) RETURNING customer_id"
    return one(sql(statement, "大野達也"))


@pytest.fixture
def product_id(sql):
    statement = """
        INSERT INTO products (product_code, product_name, category_code)
        VALUES ('JGB-001', '個人向け国債', 'BOND') RETURNING product_id"""
    return one(sql(statement))


@pytest.fixture
def holding_id(sql, customer_id, product_id):
    statement = """
        INSERT INTO holdings (customer_id, product_id, quantity, unit_price, purchase_date,
                              current_price, current_value, unrealized_gain_loss, maturity_date)
        VALUES (%s, %s, 50.00, 100000.00, '2022-03-20', 101000.00, 5050000.00, 50000.00,
                CURRENT_DATE + 30) RETURNING holding_id"""
    return one(sql(statement, customer_id, product_id))


@pytest.mark.parametrize("table", TABLES)
def test_table_has_the_columns_others_rely_on(sql, table):
    found = {
        name: f"{name} {SHORT.get(kind, kind).format('', *sizes)} {nullable}"
        for name, nullable, _, kind, *sizes in sql(COLUMNS, table)
    }
    wanted = " ".join(TABLES[table].split()).split(", ")

    assert [found.get(column.split()[0]) for column in wanted] == wanted


@pytest.mark.parametrize("table", TABLES)
def test_every_other_required_column_fills_itself(sql, table):
    columns = sql(COLUMNS, table)

    required = {name for name, nullable, fills, *_ in columns if nullable == "NO" and not fills}

    assert required == GIVEN[table]


def test_customer_with_a_name_alone_is_complete(sql, customer_id):
    customer = Customer.objects.get(pk=customer_id)

    assert (customer.code, customer.age, customer.customer_code) == (f"W{customer_id}", None, None)
    assert customer.created_at == customer.updated_at is not None


def test_customer_as_the_seed_inserts_it_is_complete(sql):
    sql(
        "INSERT INTO customers (name, email, phone, address) VALUES (%s, %s, %s, %s)",
        "小野寺清",
        "onodera@example.com",
        "090-0000-1111",
        "東京都港区赤坂1-1-1",
    )

    assert Customer.objects.get(email="onodera@example.com").phone == "090-0000-1111"


def test_customers_email_is_unique(sql):
    statement = "INSERT INTO customers (name, email) VALUES ('大野達也', 'ono@example.com')"
    sql(statement)

    with pytest.raises(psycopg.errors.UniqueViolation):
        sql(statement)


def test_customer_of_another_system_is_on_our_pages(sql, customer_id, client, office):
    client.force_login(office)

    pages = [
        client.get(reverse("customers:list")),
        client.get(reverse("customers:detail", args=[customer_id])),
    ]

    assert [(page.status_code, "大野達也" in page.text) for page in pages] == [(200, True)] * 2


def test_customer_made_here_after_a_raw_one_gets_the_next_number(sql, customer_id):
    customer = Customer.objects.create(name="藤田翠")

    assert (customer.pk > customer_id, customer.customer_code) == (True, f"W{customer.pk}")


def test_chat_row_as_the_seed_inserts_it_counts_as_done(sql, customer_id):
    statement = """
        INSERT INTO chat_history (customer_id, message, response)
        VALUES (%s, '質問', '回答') RETURNING status, stop_requested, created_at IS NOT NULL"""

    assert sql(statement, customer_id) == [("done", False, True)]


def test_chat_row_without_a_customer_is_accepted(sql):
    sql("INSERT INTO chat_history (message, response) VALUES ('質問', '回答')")

    assert sql("SELECT customer_id, message FROM chat_history") == [(None, "質問")]


def test_representative_of_another_system_exists_but_cannot_log_in(sql, client):
    sql(
        "INSERT INTO sales_representatives"
        " (rep_code, name, department, branch, email, phone, hire_date) VALUES"
        " ('SR010', '青木誠', '営業部', '東京本店', 'aoki@example.com', '03-0000-0000', '2020-04-01')"
    )
    adviser = Adviser.objects.get(rep_code="SR010")

    logged_in = [client.login(username="SR010", password=password) for password in ("", "!", "x")]

    assert (adviser.is_active, adviser.is_staff, adviser.has_usable_password(), *logged_in) == (
        True, False, False, False, False, False,
    )  # fmt: skip


def test_product_defaults_to_yen_and_active(sql, product_id):
    statement = "SELECT currency, is_active FROM products WHERE product_id = %s"

    assert sql(statement, product_id) == [("JPY", True)]


def test_holding_of_another_system_is_active_and_in_its_products_currency(sql, holding_id):
    holding = Holding.objects.with_amounts().get(pk=holding_id)

    assert (holding.status, holding.unit, holding.book, holding.gain) == (
        "active",
        "JPY",
        5_000_000,
        50_000,
    )


def test_holding_needs_customer_and_product(sql):
    with pytest.raises(psycopg.errors.NotNullViolation):
        sql("INSERT INTO holdings (quantity, unit_price, purchase_date) VALUES (1, 1, now())")


@pytest.mark.parametrize(
    "columns",
    ["content", "content, note_type, subject, priority, is_cash_related"],
    ids=["content", "all"],
)
def test_several_notes_of_one_customer_are_accepted(sql, customer_id, columns):
    values = "'円債に関心', 'meeting', '資産運用', 'high', true"
    given = ", ".join(values.split(", ")[: columns.count(",") + 1])
    statement = f"INSERT INTO sales_notes (customer_id, {columns}) VALUES (%s, {given})"  # noqa: S608

    sql(statement, customer_id)
    sql(statement, customer_id)

    assert Customer.objects.get(pk=customer_id).notes.count() == 2


def test_cash_inflow_is_a_prediction_unless_said_otherwise(sql, customer_id):
    statement = """
        INSERT INTO cash_inflows (customer_id, source_type, predicted_amount, predicted_date,
                                  confidence_level, source_note)
        VALUES (%s, 'bonus', 15000000, '2025-12-25', 'high', '年末ボーナス') RETURNING status"""

    assert sql(statement, customer_id) == [("predicted",)]


def test_event_takes_its_lists_as_json(sql):
    statement = """
        INSERT INTO economic_events (event_type, title, event_date, affected_sectors)
        VALUES ('election', '衆議院総選挙', '2025-10-15', '["金融", "建設"]')
        RETURNING affected_sectors, affected_currencies"""

    assert sql(statement) == [(["金融", "建設"], None)]


# The statements of the sister system CRM-MCP, one for each of its four tools.
MATURING = """
    SELECT c.customer_id, c.name, c.email, c.phone, c.risk_tolerance, p.product_name,
           h.maturity_date - CURRENT_DATE AS days
    FROM customers c JOIN holdings h ON c.customer_id = h.customer_id
    JOIN products p ON h.product_id = p.product_id
    WHERE p.category_code LIKE '%%BOND%%' AND h.maturity_date IS NOT NULL
      AND h.maturity_date BETWEEN CURRENT_DATE AND CURRENT_DATE + INTERVAL '90 days'"""
HOLDINGS = """
    SELECT h.holding_id, h.quantity, h.unit_price, h.current_price, h.current_value,
           h.purchase_date, p.product_code, p.product_name, p.category_code, p.currency,
           c.name AS customer_name
    FROM holdings h JOIN products p ON h.product_id = p.product_id
    JOIN customers c ON h.customer_id = c.customer_id WHERE h.customer_id = ANY(%s)"""
HOLDERS = """
    SELECT c.customer_id, c.name, p.product_name, h.quantity, h.current_value
    FROM holdings h JOIN customers c ON h.customer_id = c.customer_id
    JOIN products p ON h.product_id = p.product_id WHERE h.product_id IN (%s)"""
NOTES = """
    SELECT c.customer_id, c.name, s.content
    FROM customers c JOIN sales_notes s ON c.customer_id = s.customer_id
    WHERE s.content IS NOT NULL AND s.content <> ''"""


def test_sister_system_finds_customers_by_maturing_bonds(sql, holding_id, customer_id):
    found = sql(MATURING)

    assert found == [(customer_id, "大野達也", None, None, None, "個人向け国債", 30)]


def test_sister_system_reads_the_holdings_of_customers(sql, holding_id, customer_id):
    [found] = sql(HOLDINGS, [customer_id])

    assert (found[0], found[4], *found[5:]) == (
        holding_id, 5_050_000, datetime.date(2022, 3, 20), "JGB-001", "個人向け国債", "BOND", "JPY",
        "大野達也",
    )  # fmt: skip


def test_sister_system_finds_the_holders_of_a_product(sql, holding_id, customer_id, product_id):
    found = sql(HOLDERS, product_id)

    assert found == [(customer_id, "大野達也", "個人向け国債", 50, 5_050_000)]


def test_sister_system_reads_the_notes(sql, customer_id):
    sql("INSERT INTO sales_notes (customer_id, content) VALUES (%s, '円債に関心')", customer_id)

    assert sql(NOTES) == [(customer_id, "大野達也", "円債に関心")]
