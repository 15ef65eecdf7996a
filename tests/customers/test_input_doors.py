"""One rule at every door: what page, admin and API make of the same typed text."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.urls import reverse

from customers.models import CashInflow, Customer, Holding, SalesNote
from tests.customers.original import changed, write_files
from tests.factories import CustomerFactory, HoldingFactory, ProductFactory

NO_ROWS = {
    f"{prefix}-{count}_FORMS": "0"
    for prefix in ("holdings", "notes", "cash_inflows")
    for count in ("TOTAL", "INITIAL")
}
NUMBER = "123456789018"
ADD = reverse("admin:customers_customer_add")


def by_page(client, **fields):
    response = client.post("/customers/new", {"name": "大野達也"} | fields)
    return response if response.status_code == 302 else dict(response.context["form"].errors)


def by_admin(client, **fields):
    response = client.post(ADD, NO_ROWS | {"name": "大野達也"} | fields)
    form = response.context and response.context["adminform"].form
    return response if form is None else dict(form.errors)


def by_api(client, **fields):
    body = {"name": "大野達也"} | fields
    response = client.post("/api/customers", body, content_type="application/json")
    return response if response.status_code == 201 else response.json()["errors"]


doors = pytest.mark.parametrize("send", [by_page, by_admin, by_api], ids=lambda door: door.__name__)


@pytest.fixture
def back_office(client, office):
    client.force_login(office)
    return client


STORED = {
    "kana-half-width": ("name_kana", "ｵｵﾉ ﾀﾂﾔ", "オオノ タツヤ"),
    "kana-hiragana": ("name_kana", "おおの", "オオノ"),
    "phone-full-width": ("phone", "０３－３２１０－１２３４", "03-3210-1234"),
    "phone-060": ("phone", "060-1234-5678", "060-1234-5678"),
    "mail-full-width": ("email", "ｏｎｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ono@example.com"),
    "mail-of-a-carrier": ("email", "a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
    "name-with-bom": ("name", "\ufeff大野", "大野"),
    "address-as-typed": (
        "address",
        "港区赤坂１－２−３ー４ 〒107－0052",
        "港区赤坂１－２−３ー４ 〒107－0052",
    ),
}
REFUSED = {
    "kana-kanji": ("name_kana", "大野", "カナ"),
    "phone": ("phone", "3210-1234", "市外局番"),
    "mail": ("email", "a..b@example.com", "name@example.com"),
    "gaiji": ("name", "大\ue000", "2文字目"),
    "bidi": ("address", "港区\u202e", "3文字目"),
    "noncharacter": ("occupation", "医\ufdd0", "2文字目"),
    "broken": ("name", "大\ufffd", "2文字目"),
    "invisible": ("name", "\u200b", "目に見える"),
    "tab": ("name", "大野\t達也", "3文字目"),
    "line-break": ("occupation", "医師\n院長", "3文字目"),
    "my-number": ("address", f"港区{NUMBER}", "専用のシステム"),
    "my-number-in-code": ("customer_code", NUMBER, "専用のシステム"),
    "of-a-firm": ("closing_month", "3", "区分"),
}


@doors
@pytest.mark.parametrize(("field", "typed", "stored"), STORED.values(), ids=STORED)
def test_text_is_stored_in_one_form(send, back_office, field, typed, stored):
    send(back_office, **{field: typed})

    assert getattr(Customer.objects.get(), field) == stored


@doors
@pytest.mark.parametrize(("field", "typed", "word"), REFUSED.values(), ids=REFUSED)
def test_text_is_refused_beside_its_field_with_the_mend(send, back_office, field, typed, word):
    errors = send(back_office, **{field: typed})

    assert (list(errors), word in errors[field][0]) == ([field], True)
    assert not Customer.objects.exists()


FIRM = {
    "kind": "corporation",
    "name": "青葉商事株式会社",
    "corporate_number": "７-0000-1205-0002",
    "representative": "青葉太郎",
    "contact_person": "総務部 大野",
    "beneficial_owner": "青葉太郎",
    "closing_month": "3",
}


@doors
def test_firm_is_stored_with_its_own_fields(send, back_office):
    send(back_office, **FIRM)

    stored = Customer.objects.values(*FIRM).get()
    assert stored == FIRM | {"corporate_number": "7000012050002", "closing_month": 3}
    assert Customer.objects.get().honorific == "御中"


@doors
def test_firm_was_not_born(send, back_office):
    errors = send(back_office, **FIRM, birth_date="1955-11-08", gender="男性")

    assert sorted(errors) == ["birth_date", "gender"]
    assert "法人の顧客には生年月日を登録できません" in errors["birth_date"][0]


@doors
def test_firm_needs_a_number_that_checks(send, back_office):
    errors = send(back_office, **FIRM | {"corporate_number": "7000012050003"})

    assert "検査数字" in errors["corporate_number"][0]


@doors
def test_mail_in_other_letters_is_another_customers_too(send, back_office, ito):
    errors = send(back_office, email="ITO@example.com")

    assert list(errors) == ["email"]


def test_own_mail_may_change_the_size_of_its_letters(api, ito):
    answer = api.patch(f"/api/customers/{ito.pk}", {"email": "Ito@example.com"}, format="json")

    assert answer.json()["email"] == "Ito@example.com"


def test_person_with_a_birthday_does_not_become_a_firm(api, ito):
    Customer.objects.filter(pk=ito.pk).without_history().update(birth_date="1955-11-08")

    answer = api.patch(f"/api/customers/{ito.pk}", {"kind": "corporation"}, format="json")

    assert list(answer.json()["errors"]) == ["birth_date"]


def test_what_another_system_stored_stays_savable(api, ito):
    odd = {"phone": "不明", "name_kana": "伊藤", "name": "伊\ue000", "representative": "謎"}
    Customer.objects.filter(pk=ito.pk).without_history().update(**odd)

    answer = api.put(f"/api/customers/{ito.pk}", odd | {"occupation": "医師"}, format="json")

    assert (answer.status_code, answer.json()["occupation"]) == (200, "医師")


@pytest.mark.parametrize("typed", ["昭和30年4月1日", "S30.4.1", "１９５５／４／１", "㍼30年4月1日"])
def test_birth_date_is_typed_in_any_calendar(page, typed):
    by_page(page, birth_date=typed)

    assert Customer.objects.get().birth_date == datetime.date(1955, 4, 1)


def test_refused_date_names_its_field_and_shows_an_example(page):
    errors = by_page(page, birth_date="04/01/1955")

    assert errors["birth_date"][0].startswith("生年月日は 2026/03/05 や 昭和30年4月1日 のように")


@pytest.mark.parametrize("send", [by_page, by_admin])
@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [("birth_date", "昭和64年1月8日", "平成元年"), ("email", "a.@ezweb.ne.jp", "a.@ezweb.ne.jp")],
    ids=["era", "carrier"],
)
def test_taken_with_a_notice(send, back_office, field, typed, word):
    response = send(back_office, **{field: typed})

    warnings = [m.message for m in get_messages(response.wsgi_request) if m.level_tag == "warning"]
    assert [word in text for text in warnings] == [True]


def test_rows_of_the_back_office_read_dates_and_amounts_too(back_office, ito):
    row = {
        "holdings-TOTAL_FORMS": "1",
        "holdings-0-product": ProductFactory().pk,
        "holdings-0-quantity": "１，０００",
        "holdings-0-unit_price": "1.5万",
        "holdings-0-purchase_date": "令和8年4月1日",
        "holdings-0-status": "active",
    }
    version = Customer.objects.get(pk=ito.pk).version()
    code = {"customer_code": "C001", "version": version, "sales_rep": ito.sales_rep_id}

    by_url = reverse("admin:customers_customer_change", args=[ito.pk])
    back_office.post(by_url, NO_ROWS | {"name": ito.name} | code | row)

    stored = Holding.objects.get()
    assert (stored.quantity, stored.unit_price) == (1_000, 15_000)
    assert stored.purchase_date == datetime.date(2026, 4, 1)


def test_inflow_in_the_back_office_reads_money_and_dates(back_office, ito):
    fields = {"customer": ito.pk, "predicted_amount": "1.5億", "predicted_date": "R9.3.31"}

    back_office.post(reverse("admin:customers_cashinflow_add"), fields | {"status": "predicted"})

    stored = CashInflow.objects.get()
    assert (stored.predicted_amount, str(stored.predicted_date)) == (150_000_000, "2027-03-31")


@pytest.mark.parametrize("content", [f"番号 {NUMBER}", "円\ue000", "円\ufdd0"])
def test_note_is_under_the_same_rule(page, ito, content):
    page.post(f"/customers/{ito.pk}/notes/new", {"note_type": "visit", "content": content})

    assert not SalesNote.objects.exists()


def test_question_to_the_ai_is_under_the_same_rule(api):
    answer = api.post("/api/chat", {"message": f"{NUMBER} は誰の番号?"}, format="json")

    assert (answer.status_code, "専用のシステム" in answer.json()["errors"]["message"][0]) == (
        400,
        True,
    )


def test_decimals_are_shown_as_they_are_stored(back_office):
    holding = HoldingFactory(customer=CustomerFactory(), quantity="1234.50", unit_price="0.05")

    page = back_office.get(reverse("admin:customers_holding_change", args=[holding.pk])).text

    assert ['value="1,234.5"' in page, 'value="0.05"' in page] == [True, True]


def test_import_stores_readings_in_the_same_form_and_stays_the_same(db, tmp_path):
    write_files(tmp_path, changed("customers.csv", "イトウマサオ", "ｲﾄｳ ﾏｻｵ"))
    for _ in range(2):
        call_command("import_original", str(tmp_path), verbosity=0)

    ito = Customer.objects.get(customer_code="C001")
    assert (ito.name_kana, ito.history.count()) == ("イトウ マサオ", 1)


def test_form_shows_both_kinds_of_fields_in_sections_of_their_own(page):
    text = page.get("/customers/new").text

    assert ["kind-individual" in text, "kind-corporation" in text] == [True, True]
