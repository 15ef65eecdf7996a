import pytest
from django.core.management import CommandError, call_command

from customers.importing.csv_files import UnknownEncodingError, decode
from customers.importing.problems import Problem
from customers.models import Adviser, Customer
from tests.customers.original import FILES, changed, write_files
from tests.factories import AdviserFactory, CustomerFactory

CUSTOMERS, HOLDINGS, PRODUCTS = "customers.csv", "holdings.csv", "products.csv"


def refused(folder):
    """The report's lines on what is wrong, after checking that nothing was imported."""
    with pytest.raises(CommandError) as caught:
        call_command("import_original", str(folder), "--no-progress")
    assert (caught.value.returncode, Adviser.objects.count()) == (1, 0)
    return [line.strip() for line in str(caught.value).splitlines() if line.startswith("  ")]


def cells(name, old, new, place, advice):
    return pytest.param(changed(name, old, new), place, advice, id=ascii(place).strip("'"))


CELLS = [
    cells(CUSTOMERS, "1965-03-15", "1965-02-30", "customers.csv 2行目 birth_date「1965-02-30」", "実在する日付"),
    cells(CUSTOMERS, "1965-03-15", "3/15/65", "customers.csv 2行目 birth_date「3/15/65」", "実在する日付"),
    cells(CUSTOMERS, "1965-03-15", "2999-01-01", "customers.csv 2行目 birth_date「2999-01-01」", "今日より後"),
    cells(CUSTOMERS, "50000000", "5千万", "customers.csv 2行目 annual_income「5千万」", "半角数字"),
    cells(CUSTOMERS, "50000000", "-1", "customers.csv 2行目 annual_income「-1」", "0円以上"),
    cells(CUSTOMERS, "50000000", "1.5E+8", "customers.csv 2行目 annual_income「1.5E+8」", "半角数字"),
    cells(CUSTOMERS, "50000000", "0.5", "customers.csv 2行目 annual_income「0.5」", "小数のない数"),
    cells(CUSTOMERS, "50000000", "9223372036854775808", "customers.csv 2行目 annual_income「9223372036854775808」", "以下"),
    cells(CUSTOMERS, "moderate", "bold", "customers.csv 2行目 risk_tolerance「bold」", "conservative、moderate、aggressive も使えます"),
    cells(CUSTOMERS, "moderate", "6", "customers.csv 2行目 risk_tolerance「6」", "1、2、3、4、5"),
    cells(CUSTOMERS, "expert", "guru", "customers.csv 2行目 investment_experience「guru」", "初心者、経験者、上級者"),
    cells(CUSTOMERS, "男性", "男", "customers.csv 2行目 gender「男」", "男性、女性、その他"),
    cells(CUSTOMERS, "伊藤正雄", "", "customers.csv 2行目 name", "値がありません"),
    cells(CUSTOMERS, "C001", "", "customers.csv 2行目 customer_code", "値がありません"),
    cells(CUSTOMERS, "C001", "W12", "customers.csv 2行目 customer_code「W12」", "自動採番用"),
    cells(CUSTOMERS, "伊藤正雄", "伊" * 101, "customers.csv 2行目 name「" + "伊" * 40 + "…」", "100"),
    cells(CUSTOMERS, "伊藤正雄", "伊藤\x00", "customers.csv 2行目 name「伊藤\\u0000」", "制御文字"),
    cells(CUSTOMERS, "伊藤正雄", '"伊藤\n正雄"', "customers.csv 2行目 name「伊藤\\u000a正雄」", "1行で"),
    cells(CUSTOMERS, "伊藤正雄", "伊藤\ufffd", "customers.csv 2行目 name「伊藤\ufffd」", "保存できない文字"),
    cells(CUSTOMERS, "伊藤正雄", "伊藤\ue000", "customers.csv 2行目 name「伊藤\\ue000」", "外字"),
    cells(CUSTOMERS, "伊藤正雄", "伊藤\u202e", "customers.csv 2行目 name「伊藤\\u202e」", "制御文字"),
    cells(CUSTOMERS, "ito@example.com", "ito.example.com", "customers.csv 2行目 email「ito.example.com」", "メールアドレス"),
    cells(CUSTOMERS, "nakamura@", "ITO@", "customers.csv 4行目 email「ITO@example.com」", "2行目と同じ値"),
    cells(CUSTOMERS, "C003", "C001", "customers.csv 4行目 customer_code「C001」", "2行目と同じ値"),
    cells(CUSTOMERS, "経験者,2", "経験者,3", "customers.csv 4行目 sales_rep_id「3」", "1から2まで"),
    cells(HOLDINGS, "1,1,50", "0,1,50", "holdings.csv 2行目 customer_id「0」", "1から3まで"),
    cells(HOLDINGS, "1,1,50", "x,1,50", "holdings.csv 2行目 customer_id「x」", "半角数字"),
    cells(HOLDINGS, "1,1,50", ",1,50", "holdings.csv 2行目 customer_id", "値がありません"),
    cells(HOLDINGS, "50.00", "50.005", "holdings.csv 2行目 quantity「50.005」", "2桁以内"),
    cells(HOLDINGS, "50.00", "1" * 17, "holdings.csv 2行目 quantity「" + "1" * 17 + "」", "桁"),
    cells(HOLDINGS, "50.00", "NaN", "holdings.csv 2行目 quantity「NaN」", "半角数字"),
    cells(HOLDINGS, "50.00", "0", "holdings.csv 2行目 quantity「0」", "0より大きい"),
    cells(HOLDINGS, "50.00,100000.00", "900000000000000,100000.00", "holdings.csv 2行目 quantity「900000000000000」", "取得単価を掛けると100京以上"),
    cells(HOLDINGS, "101000.00", "-1", "holdings.csv 2行目 current_price「-1」", "0以上"),
    cells(HOLDINGS, "2034-03-20", "2020-03-20", "holdings.csv 2行目 maturity_date「2020-03-20」", "購入日より後"),
    cells("cash_inflows.csv", "500000000", "-1", "cash_inflows.csv 2行目 predicted_amount「-1」", "0円以上"),
    cells("cash_inflows.csv", ",,predicted", ",2025-03-15,received", "cash_inflows.csv 2行目 actual_amount", "実績金額（円）を入力"),
    cells(HOLDINGS, "active", "lost", "holdings.csv 2行目 status「lost」", "active、sold、matured"),
    cells(PRODUCTS, "true", "yes", "products.csv 2行目 is_active「yes」", "true か false"),
    cells(PRODUCTS, "bond", "crypto", "products.csv 2行目 product_type「crypto」", "BOND"),
    cells(PRODUCTS, "0.0050,1", "0.0050,6", "products.csv 2行目 risk_level「6」", "1から5"),
    cells(PRODUCTS, "JPY", "bitcoin", "products.csv 2行目 currency「bitcoin」", "JPY や USD のような"),
    cells(PRODUCTS, "US-ETF", "JGB-001", "products.csv 3行目 product_code「JGB-001」", "2行目と同じ値"),
    cells("sales_representatives.csv", "SR003", "SR001", "sales_representatives.csv 3行目 rep_code「SR001」", "2行目と同じ値"),
    cells("sales_representatives.csv", "SR001", "ＳＲ００１", "sales_representatives.csv 2行目 rep_code「ＳＲ００１」", "半角の文字"),
    cells("sales_representatives.csv", "SR001", "SR\u200b001", "sales_representatives.csv 2行目 rep_code「SR\\u200b001」", "半角の文字"),
    cells("sales_notes.csv", "\n3,,", "\n9,,", "sales_notes.csv 4行目 customer_id「9」", "1から3まで"),
    cells("economic_events.csv", '"{""金融"",""建設""}"', "金融", "economic_events.csv 2行目 affected_sectors「金融」", "の形で"),
    cells("economic_events.csv", "建設", "建\u202e設", 'economic_events.csv 2行目 affected_sectors「{"金融","建\\u202e設"}」', "制御文字"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "place", "advice"), CELLS)
def test_bad_cell_is_reported_with_its_place(db, tmp_path, changes, place, advice):
    [line] = refused(write_files(tmp_path, changes))

    assert line.startswith(f"{place}: ")
    assert advice in line


FILES_BROKEN = [
    ({CUSTOMERS: None}, ["customers.csv: ファイルがありません"]),
    ({CUSTOMERS: ""}, ["customers.csv: ファイルが空です"]),
    ({CUSTOMERS: "C001,伊藤正雄\n"}, ["customers.csv 1行目: 列の名前がありません"]),
    (
        changed(CUSTOMERS, "name_kana", "kana"),
        [
            "customers.csv 1行目 kana: 知らない列です",
            "customers.csv 1行目 name_kana: 列がありません",
        ],
    ),
    (
        changed(CUSTOMERS, "name_kana", "name"),
        ["customers.csv 1行目 name: 同じ列が2つ", "customers.csv 1行目 name_kana: 列がありません"],
    ),
    (
        changed(PRODUCTS, "currency", "category_code"),
        [
            "products.csv 1行目 product_typeまたはcategory_code: どちらか",
            "products.csv 1行目 currency: 列がありません",
        ],
    ),
    (changed(HOLDINGS, "1,1,50.00,", "1,1,50.00,7,"), ["holdings.csv 2行目: 値が 11 個あります"]),
    (changed(HOLDINGS, "\n1,2", "\n,,,,,,,,,\n1,2"), ["holdings.csv 3行目: 空の行です"]),
    (changed(CUSTOMERS, "伊藤正雄", '"伊藤"正雄'), ["customers.csv 2行目: 引用符"]),
    (changed("sales_notes.csv", "ボーナス", '"ボー"ナス'), ["sales_notes.csv 4行目: 引用符"]),
    (changed(CUSTOMERS, "中村健一", '"中村健一'), ["customers.csv 4行目: 引用符"]),
    ({CUSTOMERS: FILES[CUSTOMERS].encode("utf-16")}, ["customers.csv: 文字コードが UTF-16"]),
    ({PRODUCTS: FILES[PRODUCTS].encode("euc_jp")}, ["products.csv: 2行目に UTF-8 でも"]),
]


@pytest.mark.parametrize(("changes", "starts"), FILES_BROKEN, ids=range(len(FILES_BROKEN)))
def test_broken_file_is_reported(db, tmp_path, changes, starts):
    lines = refused(write_files(tmp_path, changes))

    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts


def test_missing_column_is_reported_once(db, tmp_path):
    rows = [line.split(",") for line in FILES[HOLDINGS].splitlines()]
    holdings = "\n".join(",".join(row[:2] + row[3:]) for row in rows)

    lines = refused(write_files(tmp_path, {HOLDINGS: holdings}))

    assert lines == ["holdings.csv 1行目 quantity: 列がありません。加えてください。"]


def test_missing_folder_is_reported(db, tmp_path):
    [line] = refused(tmp_path / "nowhere")

    assert line.startswith(f"{tmp_path / 'nowhere'}: フォルダーがありません")


def test_every_problem_of_every_file_is_reported(db, tmp_path):
    changes = changed(CUSTOMERS, "伊藤正雄", "") | changed(HOLDINGS, "50.00", "many")

    places = [line.split(":")[0] for line in refused(write_files(tmp_path, changes))]

    assert places == ["customers.csv 2行目 name", "holdings.csv 2行目 quantity「many」"]


def test_report_stops_at_a_hundred_and_counts_the_rest(db, tmp_path):
    row = "1,2,many,20000.00,2022-08-15,,,,,active\n"

    lines = refused(write_files(tmp_path, {HOLDINGS: FILES[HOLDINGS] + row * 150}))

    assert (len(lines), lines[-1]) == (101, "…ほか 50 件（最初の 100 件を表示しました）")


def test_row_numbers_into_a_broken_file_are_not_held_against_the_others(db, tmp_path):
    lines = refused(write_files(tmp_path, changed(CUSTOMERS, "中村健一", '"中村健一')))

    assert len(lines) == 1


def test_address_of_another_customer_in_the_database_is_refused(db, tmp_path):
    other = CustomerFactory(email="Ito@Example.com")

    [line] = refused(write_files(tmp_path))

    assert line.startswith("customers.csv 2行目 email「ito@example.com」: 登録済みの別の顧客")
    assert list(Customer.objects.all()) == [other]


def test_code_of_an_adviser_in_other_letters_is_refused(db, tmp_path):
    AdviserFactory(rep_code="sr001")

    with pytest.raises(CommandError, match="rep_code「SR001」: 登録済みのコード sr001 と"):
        call_command("import_original", str(write_files(tmp_path)), "--no-progress")


def test_damaged_utf8_is_not_read_as_another_encoding(db, tmp_path):
    data = FILES[CUSTOMERS].encode().replace("伊藤正雄".encode(), "伊藤正雄".encode()[:-1])

    lines = refused(write_files(tmp_path, {CUSTOMERS: data}))

    assert [line.split("「")[0] for line in lines] == ["customers.csv 2行目 name"]


def test_bytes_of_no_encoding_are_reported_with_their_cell(db, tmp_path):
    broken = FILES[HOLDINGS].encode().replace(b"1,1,50.00", b"1,1,5\xff\x81", 1)

    [line] = refused(write_files(tmp_path, {HOLDINGS: broken}))

    assert line.startswith("holdings.csv 2行目 quantity「5\ufffd\ufffd」")


@pytest.mark.parametrize("data", [b"\x81\xff", "表示\n".encode("euc_jp"), b"\xff\xfe\x00\x00"])
def test_unknown_encoding_is_never_guessed(data):
    with pytest.raises(UnknownEncodingError):
        decode(data)


def test_report_shows_long_and_invisible_values_safely():
    problem = Problem("a.csv", "直してください。", 2, "name", "\x1b[31m" + "長" * 50)

    assert str(problem) == f"a.csv 2行目 name「\\u001b[31m{'長' * 35}…」: 直してください。"
