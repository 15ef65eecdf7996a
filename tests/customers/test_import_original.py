import datetime
import threading
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from customers.importing.store import LOCK, REASON
from customers.models import (
    Adviser,
    CashInflow,
    Customer,
    EconomicEvent,
    Holding,
    Product,
    SalesNote,
)
from tests.customers.original import FILES, changed, write_files
from tests.factories import CustomerFactory
from wealthai.database import exclusive_transaction

MODELS = [Adviser, Product, Customer, Holding, SalesNote, CashInflow, EconomicEvent]


def run(folder, *options):
    out = StringIO()
    call_command("import_original", str(folder), *options, stdout=out)
    return out.getvalue()


def counts():
    return [model.objects.count() for model in MODELS]


def row_of(report, label):
    """The figures that the summary shows for one kind of row."""
    line = next(line for line in report.splitlines() if line.split()[:1] == [label])
    return [int(figure) for figure in line.split()[1:]]


@pytest.fixture
def folder(tmp_path):
    return write_files(tmp_path)


@pytest.fixture
def imported(db, folder):
    run(folder)
    return folder


def test_import_adds_every_row_of_the_seven_files(imported):
    assert counts() == [2, 3, 3, 4, 2, 2, 2]


def test_import_twice_adds_nothing_and_writes_no_history(imported):
    before = Customer.history.count() + Holding.history.count()

    report = run(imported)

    assert counts() == [2, 3, 3, 4, 2, 2, 2]
    assert Customer.history.count() + Holding.history.count() == before
    assert row_of(report, "保有商品") == [4, 0, 0, 4, 0, 0]


def test_equal_holdings_within_one_file_stay_two(imported):
    assert Holding.objects.filter(product__product_code="US-ETF").count() == 2


def test_a_third_equal_holding_in_a_later_file_is_added(imported):
    row = "1,2,10.00,20000.00,2022-08-15,22000.00,220000.00,20000.00,,active\n"
    write_files(imported, {"holdings.csv": FILES["holdings.csv"] + row})

    report = run(imported)

    assert row_of(report, "保有商品") == [5, 1, 0, 4, 0, 0]


def test_customer_gets_our_words_for_the_original_ones(imported):
    customers = Customer.objects.order_by("customer_code")

    found = customers.values_list("risk_tolerance", "investment_experience", "sales_rep__rep_code")

    assert list(found) == [
        ("3", "上級者", "SR001"),
        ("1", "初心者", "SR001"),
        ("5", "経験者", "SR003"),
    ]


def test_names_are_stored_as_written(imported):
    assert Customer.objects.get(customer_code="C002").name == "髙﨑𠮷乃"


def test_empty_cells_become_null(imported):
    customer = Customer.objects.get(customer_code="C002")

    assert [customer.email, customer.phone, customer.address] == [None, None, None]


def test_product_types_become_category_codes(imported):
    found = Product.objects.order_by("product_code").values_list("category_code", "is_active")

    assert list(found) == [("BOND", True), ("STRUCT", False), ("FUND", True)]


def test_category_code_column_is_taken_as_it_is(db, tmp_path):
    products = FILES["products.csv"].replace("product_type", "category_code").replace("etf", "ETF9")

    run(write_files(tmp_path, {"products.csv": products}))

    assert Product.objects.get(product_code="US-ETF").category_code == "ETF9"


def test_holdings_point_to_rows_and_take_the_currency_of_the_product(imported):
    holding = Holding.objects.filter(customer__customer_code="C001").latest("pk")

    assert (holding.product.product_code, holding.currency) == ("US-ETF", "USD")
    assert (holding.quantity, holding.purchase_date) == (
        Decimal("10.00"),
        datetime.date(2022, 8, 15),
    )


def test_cash_inflow_note_becomes_a_marked_note(imported):
    note = SalesNote.objects.get(customer__customer_code="C003")

    assert (note.note_type, note.is_cash_related, note.priority) == ("other", True, "normal")


def test_line_break_in_a_note_is_kept(imported):
    note = SalesNote.objects.get(customer__customer_code="C001")

    assert note.content == "来年3月に子会社を売却予定。\n約5億円の現金が入る見込み。"


def test_event_arrays_become_lists(imported):
    events = EconomicEvent.objects.order_by("-event_date")

    found = list(events.values_list("affected_sectors", "affected_currencies"))

    assert found == [(["金融", "建設"], ["JPY", "USD"]), ([], None)]


def test_history_says_where_the_rows_came_from(imported):
    rows = Customer.history.values_list("history_type", "history_change_reason")

    assert set(rows) == {("+", REASON)}


def test_imported_adviser_has_the_role_and_cannot_log_in(imported):
    adviser = Adviser.objects.get(rep_code="SR001")

    assert (adviser.role, adviser.has_usable_password(), adviser.is_staff) == (
        "担当者",
        False,
        False,
    )


def test_what_somebody_changed_since_stays_without_update(imported):
    customer = Customer.objects.get(customer_code="C001")
    customer.phone = "03-9999-9999"
    customer.save()

    report = run(imported)

    customer.refresh_from_db()
    assert (customer.phone, customer.history.count()) == ("03-9999-9999", 2)
    assert row_of(report, "顧客") == [3, 0, 0, 2, 1, 0]
    assert "顧客 C001: 電話番号" in report


def test_with_update_the_file_wins_and_history_says_so(imported):
    customer = Customer.objects.get(customer_code="C001")
    customer.phone = "03-9999-9999"
    customer.save()

    report = run(imported, "--update")

    customer.refresh_from_db()
    last = customer.history.first()
    assert (customer.phone, last.history_type, last.history_change_reason) == (
        "090-1111-1111",
        "~",
        REASON,
    )
    assert row_of(report, "顧客") == [3, 0, 1, 2, 0, 0]


def test_update_moves_updated_at_of_changed_rows_only(imported):
    before = dict(Customer.objects.values_list("customer_code", "updated_at"))
    write_files(imported, changed("customers.csv", "会社経営", "会社役員"))

    run(imported, "--update")

    after = dict(Customer.objects.values_list("customer_code", "updated_at"))
    assert [code for code in after if after[code] != before[code]] == ["C001"]


def test_two_customers_may_swap_their_addresses(imported):
    emails = FILES["customers.csv"].replace("ito@", "x@").replace("nakamura@", "ito@")
    write_files(imported, {"customers.csv": emails.replace("x@", "nakamura@")})

    run(imported, "--update")

    assert Customer.objects.get(email="nakamura@example.com").customer_code == "C001"


def test_corrected_holding_is_not_added_again(imported):
    holding = Holding.objects.get(product__product_code="JGB-001")
    holding.quantity = 30
    holding.save()

    report = run(imported)

    assert row_of(report, "保有商品") == [4, 0, 0, 3, 1, 0]
    assert Holding.objects.count() == 4


def test_deleted_holding_stays_deleted(imported):
    Holding.objects.get(product__product_code="JGB-001").delete()

    report = run(imported)

    assert row_of(report, "保有商品") == [4, 0, 0, 3, 0, 1]


def test_deleted_event_stays_deleted(imported):
    EconomicEvent.objects.latest("event_date").delete()

    report = run(imported)

    assert row_of(report, "経済イベント") == [2, 0, 0, 1, 0, 1]


def test_renamed_customer_code_is_still_the_imported_customer(imported):
    customer = Customer.objects.get(customer_code="C001")
    customer.customer_code = "K-0001"
    customer.save()

    run(imported)

    assert counts() == [2, 3, 3, 4, 2, 2, 2]


def test_update_leaves_notes_as_evidence(imported):
    write_files(imported, changed("sales_notes.csv", ",high,", ",low,"))

    report = run(imported, "--update")

    assert row_of(report, "営業メモ") == [2, 0, 0, 1, 1, 0]
    assert SalesNote.objects.filter(priority="high").count() == 1


def test_rows_are_added_beside_what_is_there(db, folder, ito):
    CustomerFactory(customer_code="Z900")

    report = run(folder)

    assert row_of(report, "顧客") == [3, 2, 0, 0, 1, 0]
    assert Customer.objects.count() == 4


def test_dry_run_counts_and_changes_nothing(db, folder):
    report = run(folder, "--dry-run")

    assert row_of(report, "顧客") == [3, 3, 0, 0, 0, 0]
    assert counts() == [0] * 7
    assert report.startswith("確認だけを行いました")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_files_as_windows_saves_them_are_read(db, tmp_path, encoding):
    customers = FILES["customers.csv"].replace("𠮷", "吉").replace("\n", "\r\n")
    write_files(tmp_path, {"customers.csv": customers.encode(encoding)})

    run(tmp_path)

    assert Customer.objects.get(customer_code="C002").name == "髙﨑吉乃"


def test_lines_of_commas_at_the_end_are_ignored(db, tmp_path):
    customers = FILES["customers.csv"] + "\n" + "," * 13 + "\n"

    run(write_files(tmp_path, {"customers.csv": customers}))

    assert Customer.objects.count() == 3


def test_figures_and_dates_as_excel_writes_them_are_read(db, tmp_path):
    holdings = FILES["holdings.csv"].replace("50.00,100000.00,2022-03-20", '50,"100,000",2022/3/20')

    run(write_files(tmp_path, {"holdings.csv": holdings}))

    holding = Holding.objects.get(product__product_code="JGB-001")
    assert (holding.unit_price, holding.purchase_date) == (100000, datetime.date(2022, 3, 20))


def test_files_with_headings_only_import_nothing(db, tmp_path):
    write_files(tmp_path, {name: text.split("\n")[0] + "\n" for name, text in FILES.items()})

    run(tmp_path)

    assert counts() == [0] * 7


def test_piped_report_has_no_terminal_codes(db, folder):
    report = run(folder)

    assert [char for char in report if not (char.isprintable() or char == "\n")] == []


@pytest.fixture
def other_import(transactional_db):
    """Another process is importing: here a thread, which has a connection of its own."""
    started, finish = threading.Event(), threading.Event()

    def hold():
        with exclusive_transaction(LOCK):
            started.set()
            finish.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    started.wait(30)
    yield
    finish.set()
    thread.join()


def test_second_import_at_the_same_time_is_refused(other_import, folder):
    with pytest.raises(CommandError, match="ほかの取り込みが実行中です"):
        run(folder)

    assert counts() == [0] * 7


def test_import_after_another_one_has_ended_is_accepted(transactional_db, folder):
    run(folder)

    assert row_of(run(folder), "顧客") == [3, 0, 0, 3, 0, 0]
