"""The customer list as a file: what is in it, what it must not do, and that it is on record."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import AccessRecord, Customer
from tests.factories import (
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)

URL = reverse("customers:export")


def post(client, query="", kind="csv", reason="訪問の準備"):
    return client.post(f"{URL}?{query}", {"kind": kind, "reason": reason})


def body(answer):
    return b"".join(answer.streaming_content)


def csv_rows(answer, encoding="utf-8-sig"):
    return list(csv.reader(io.StringIO(body(answer).decode(encoding), newline="")))


def sheet_of(answer):
    return openpyxl.load_workbook(io.BytesIO(body(answer))).active


def sheet_rows(answer):
    return [list(row) for row in sheet_of(answer).iter_rows(values_only=True)]


@pytest.fixture
def full(tanaka):
    """A customer with a value in every column."""
    customer = CustomerFactory(
        customer_code="0012",
        name="髙﨑\u3000一郎",
        name_kana="タカサキイチロウ",
        birth_date=datetime.date(1940, 5, 6),
        phone="09011112222",
        email="t@example.com",
        address='東京都,港区\n"赤坂"1-1',
        occupation="医師",
        annual_income=12_000_000,
        net_worth=-5,
        risk_tolerance="3",
        investment_experience="上級者",
        sales_rep=tanaka,
    )
    HoldingFactory(customer=customer, current_value="12345.50")
    HoldingFactory(customer=customer, product=ProductFactory(currency="USD"), current_value=7)
    TaskFactory(customer=customer, due_date=timezone.localdate())
    noon = timezone.make_aware(datetime.datetime(2026, 3, 4, 12, 30))
    SalesNoteFactory(customer=customer, created_at=noon)
    return customer


COLUMNS = [
    "code", "name_kana", "kind", "age", "birth", "job", "risk", "experience", "market", "gain",
    "income", "worth", "contact", "adviser", "due", "phone", "email", "address",
]  # fmt: skip
EVERY = "&".join(f"cols={name}" for name in COLUMNS)
HEADS = [
    "顧客コード", "氏名", "フリガナ", "区分", "年齢", "生年月日", "職業", "リスク許容度", "投資経験",
    "預り資産(円)", "含み損益(円)", "年収(円)", "純資産(円)", "最終接触", "担当", "支店", "対応",
    "電話番号", "メールアドレス", "住所",
]  # fmt: skip


def test_csv_holds_the_chosen_columns_as_stored(page, full):
    heads, row = csv_rows(post(page, EVERY))

    assert heads == HEADS
    assert row == [
        "0012", "髙﨑\u3000一郎", "タカサキイチロウ", "個人", str(full.age), "1940/05/06", "医師",
        "3 中立", "上級者", "12345.5", "2345.5", "12000000", "-5", "2026/03/04 12:30", "田中太郎",
        "東京本店", "タスク 本日、80歳以上", "09011112222", "t@example.com",
        '東京都,港区\n"赤坂"1-1',
    ]  # fmt: skip


def test_excel_holds_the_same_with_numbers_and_dates_of_their_own(page, full):
    heads, row = sheet_rows(post(page, EVERY, kind="xlsx"))

    assert heads == HEADS
    assert row == [
        "0012", "髙﨑\u3000一郎", "タカサキイチロウ", "個人", full.age,
        datetime.datetime(1940, 5, 6), "医師", "3 中立", "上級者", 12345.5, 2345.5, 12_000_000, -5,
        datetime.datetime(2026, 3, 4, 12, 30), "田中太郎", "東京本店", "タスク 本日、80歳以上",
        "09011112222", "t@example.com", '東京都,港区\n"赤坂"1-1',
    ]  # fmt: skip


def test_csv_is_utf8_with_a_mark_for_excel_unless_told_otherwise(page, full):
    assert body(post(page)).startswith("\ufeff顧客コード,".encode())
    assert body(post(page, kind="cp932")).startswith("顧客コード,".encode("cp932"))


def test_file_is_named_by_the_day(page, ito):
    day = f"{timezone.localdate():%Y%m%d}"

    answer = post(page, kind="xlsx")
    body(answer)

    header = answer["Content-Disposition"]

    assert header.startswith("attachment; filename*=utf-8''")
    assert header.endswith(f"{day}.xlsx")


def test_file_holds_all_rows_of_the_filter_in_the_order_of_the_list(page, tanaka):
    rows = [CustomerFactory.build(name=f"顧客{n:04}", sales_rep=tanaka) for n in range(1050)]
    for number, row in enumerate(rows):
        row.customer_code, row.birth_date = f"X{number}", "1940-01-01"
    Customer.objects.without_history().bulk_create(rows)
    CustomerFactory(name="若い人", birth_date="2000-01-01", sales_rep=tanaka)

    names = [row[0] for row in csv_rows(post(page, "age=80-&sort=-code&cols=name_kana"))[1:]]

    assert names == [row.name for row in rows[::-1]]


def test_ticked_rows_alone_are_exported_where_some_are_ticked(page, ito, tanaka):
    CustomerFactory(name="ほかの人", sales_rep=tanaka)

    rows = csv_rows(post(page, f"ids={ito.pk}&cols=code"))

    assert [row[0] for row in rows[1:]] == ["C001"]


@pytest.mark.parametrize("ids", ["x", "99999999999", "&ids=".join(map(str, range(1001)))])
def test_ticked_rows_that_cannot_be_read_are_about_nobody(page, ito, ids):
    response = post(page, f"ids={ids}&ids={ito.pk}")

    assert response.status_code == 200
    assert "条件「選んだ顧客」は、値が正しくない" in response.content.decode()


@pytest.mark.parametrize("query", ["", "status=all", "ids={nakamura}"])
def test_file_holds_what_the_person_may_see(page, ito, nakamura, query):
    query = query.format(nakamura=nakamura.pk)

    assert "中村健一" not in body(post(page, query)).decode()


# --- Formulas -------------------------------------------------------------------------------
@pytest.mark.parametrize("first", list("=+-@\t\r\n＝＋－＠"))
def test_csv_text_that_a_spreadsheet_would_run_is_neutralised(page, tanaka, first):
    CustomerFactory(name=f"{first}HYPERLINK(1)", net_worth=-1, sales_rep=tanaka)

    [_, row] = csv_rows(post(page, "cols=name_kana&cols=worth"))

    assert row == [f"'{first}HYPERLINK(1)", "", "-1"]


@pytest.mark.parametrize(
    "name", ["=1+1", "@SUM(A1)", "https://example.com", "0012", "'x", "１Ｅ５"]
)
def test_excel_keeps_every_text_a_text(page, tanaka, name):
    CustomerFactory(name=name, sales_rep=tanaka)

    cell = sheet_of(post(page, "cols=name_kana", kind="xlsx"))["A2"]

    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


@pytest.mark.parametrize(
    ("born", "cell"),
    [
        ("1897-05-06", "1897/05/06"),
        ("1899-12-31", "1899/12/31"),
        ("1900-01-01", datetime.datetime(1900, 1, 1)),
    ],
)
def test_excel_gets_days_before_its_calendar_as_text(page, tanaka, born, cell):
    CustomerFactory(birth_date=born, sales_rep=tanaka)

    assert sheet_of(post(page, "cols=birth", kind="xlsx"))["C2"].value == cell


@pytest.mark.parametrize("text", ["あ" * 32_767, "𠮷" * 16_383], ids=["plain", "astral"])
def test_excel_holds_the_longest_text_whole(page, ito, text):
    Customer.objects.without_history().update(address=text)

    assert sheet_of(post(page, "cols=address", kind="xlsx"))["C2"].value == text


@pytest.mark.parametrize("text", ["あ" * 32_768, "𠮷" * 16_384], ids=["plain", "astral"])
def test_excel_never_cuts_a_text_off(page, ito, text):
    Customer.objects.without_history().update(address=text)

    answer = post(page, "cols=address", kind="xlsx", reason="年賀状")

    [lost] = answer.context["export"].lost
    assert (lost.customer, lost.heading, lost.what) == (ito, "住所", "32,768文字")
    assert "まだ何も出力していません" in answer.text
    assert answer.context["form"]["kind"].value() == "csv"
    assert not AccessRecord.objects.exists()


# --- Characters that cp932 lacks --------------------------------------------------------------
@pytest.mark.parametrize("char", ["𠮷", "é", "\u2014", "¥", "㋿", "\U000e0100"])
def test_cp932_never_replaces_a_character(page, tanaka, char):
    customer = CustomerFactory(name=f"田{char}", sales_rep=tanaka)

    answer = post(page, kind="cp932")

    [lost] = answer.context["export"].lost
    assert (lost.customer, lost.heading, lost.what) == (customer, "氏名", char)
    assert "まだ何も出力していません" in answer.text


def test_cp932_offers_utf8_with_the_reason_kept(page, tanaka):
    CustomerFactory(name="𠮷田", sales_rep=tanaka)

    form = post(page, kind="cp932", reason="年賀状").context["form"]

    assert (form["kind"].value(), form["reason"].value()) == ("csv", "年賀状")


def test_refused_cp932_is_no_export_on_record(page, tanaka):
    CustomerFactory(name="𠮷田", sales_rep=tanaka)

    post(page, kind="cp932")

    assert not AccessRecord.objects.exists()


def test_cp932_lists_the_first_hundred_and_counts_the_rest(page, tanaka):
    for _ in range(3):
        CustomerFactory(name="𠮷" * 50, sales_rep=tanaka)

    export = post(page, kind="cp932").context["export"]

    assert (len(export.lost), export.lost_count) == (100, 150)


# --- On record --------------------------------------------------------------------------------
def test_export_is_on_record_before_anything_leaves(page, tanaka, ito):
    answer = post(page, "risk=3&cols=code&cols=phone")

    record = AccessRecord.objects.get()
    assert (record.user, record.act, record.rows, record.source) == (tanaka, "export", 1, "page")
    assert record.detail == (
        "訪問の準備（CSV（UTF-8）、リスク許容度 3 中立、コード・氏名・電話番号）"
    )
    assert "伊藤正雄" in body(answer).decode()


def test_my_number_that_was_searched_for_is_masked_on_record(page, ito):
    body(post(page, "q=1234  5678-9018&cols=code"))

    (detail,) = AccessRecord.objects.values_list("detail", flat=True)
    assert detail == "訪問の準備（CSV（UTF-8）、検索「●●●●  ●●●●-●●●●」、コード・氏名）"


@pytest.mark.parametrize(
    ("data", "field"),
    [({"kind": "csv", "reason": " "}, "reason"), ({"kind": "pdf", "reason": "x"}, "kind")],
    ids=["no-reason", "unknown-kind"],
)
def test_export_without_reason_or_form_is_refused(page, ito, data, field):
    answer = page.post(URL, data)

    assert list(answer.context["form"].errors) == [field]
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize(
    ("query", "label"), [("risk=9", "リスク許容度"), ("adviser={suzuki}", "担当")]
)
def test_export_of_a_condition_that_cannot_be_read_is_refused(page, ito, suzuki, query, label):
    answer = post(page, query.format(suzuki=suzuki.pk))

    assert f"条件「{label}」は、" in answer.text
    assert not AccessRecord.objects.exists()


def test_ticked_customers_leave_whatever_the_conditions_say(page, ito):
    assert len(csv_rows(post(page, f"risk=9&ids={ito.pk}"))) == 2


def test_export_page_names_conditions_number_and_columns(page, ito):
    text = page.get(f"{URL}?risk=3&cols=code").text

    assert "リスク許容度 3 中立" in text
    assert "1名を出力" in text
    assert 'href="/customers?risk=3&amp;cols=code"' in text


def test_export_asks_for_log_in(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_everybody_who_sees_may_export(client, compliance, ito):
    client.force_login(compliance)

    assert len(csv_rows(post(client))) == 2


def test_excel_refuses_more_rows_than_a_sheet_holds(page, ito, monkeypatch):
    monkeypatch.setattr("customers.forms.export.XLSX_ROWS", 0)

    assert list(post(page, kind="xlsx").context["form"].errors) == ["kind"]
