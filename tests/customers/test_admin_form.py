"""The customer form of the back office: what it refuses, what it keeps, whose name it writes."""

import datetime

import pytest
from django.urls import reverse

from customers.models import Customer, Holding, SalesNote
from customers.roles import Role
from tests.factories import AdviserFactory, HoldingFactory, ProductFactory, SalesNoteFactory

ADD = reverse("admin:customers_customer_add")
NO_ROWS = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("holdings", "notes", "cash_inflows")
    for name in ("TOTAL", "INITIAL")
}


def change_url(customer):
    return reverse("admin:customers_customer_change", args=[customer.pk])


def typed(customer=None, **fields):
    """What the browser sends; for a change, everything that stands on the page."""
    data = NO_ROWS | {"name": "伊藤正雄"}
    if customer:
        data |= {"version": Customer.objects.get(pk=customer.pk).version()}
        data |= {"customer_code": customer.customer_code, "sales_rep": customer.sales_rep_id or ""}
    return data | fields


def errors(response):
    form = response.context["adminform"].form
    return {field: [str(error) for error in found] for field, found in form.errors.items()}


def test_change_keeps_words_that_are_on_no_list(client, office, ito):
    words = {"gender": "M", "risk_tolerance": "高い", "investment_experience": "ベテラン"}
    Customer.objects.filter(pk=ito.pk).without_history().update(**words)
    client.force_login(office)

    shown = client.get(change_url(ito)).text
    client.post(change_url(ito), typed(ito, **words, phone="090-2222-2222"))

    assert [f"{word}（一覧にない値）" in shown for word in words.values()] == [True] * 3
    assert Customer.objects.values("phone", *words).get() == words | {"phone": "090-2222-2222"}


def test_change_of_a_row_keeps_a_word_that_is_on_no_list(client, office, ito):
    holding = HoldingFactory(customer=ito)
    Holding.objects.without_history().update(status="frozen")
    client.force_login(office)

    response = client.get(reverse("admin:customers_holding_change", args=[holding.pk]))

    assert '<option value="frozen" selected>frozen（一覧にない値）' in response.text


NO_IDS = ["abc", "NaN", "1\x00", "\ufffd", "9" * 30, "-1"]


@pytest.mark.parametrize("value", NO_IDS, ids=range(len(NO_IDS)))
def test_id_that_is_none_is_refused_and_the_rest_is_kept(client, office, value):
    client.force_login(office)

    response = client.post(ADD, typed(sales_rep=value, name_kana="イトウ"))

    assert list(errors(response)) == ["sales_rep"]
    assert 'value="イトウ"' in response.text


@pytest.mark.parametrize("model", ["customer", "cashinflow", "holding", "salesnote"])
@pytest.mark.parametrize("value", ["abc", "NaN", "9" * 30, ""])
def test_id_that_is_none_in_the_address_is_left_out(client, office, model, value):
    client.force_login(office)
    url = reverse(f"admin:customers_{model}_add")

    response = client.get(f"{url}?customer={value}&sales_rep={value}&product={value}")

    assert response.status_code == 200


def test_id_that_is_none_in_a_row_is_refused(client, office, ito):
    client.force_login(office)
    row = {"holdings-TOTAL_FORMS": "1", "holdings-0-product": "abc", "holdings-0-quantity": "1"}

    response = client.post(change_url(ito), typed(ito, **row))

    formset = response.context["inline_admin_formsets"][0].formset
    assert "product" in formset.errors[0]


def test_adding_gives_a_code_and_writes_history(client, office):
    client.force_login(office)

    client.post(ADD, typed(net_worth="1.5億", birth_date="1955年11月8日"))

    customer = Customer.objects.get()
    assert customer.customer_code == f"W{customer.pk}"
    assert (customer.net_worth, customer.birth_date) == (150_000_000, datetime.date(1955, 11, 8))
    assert customer.history.get().source == "admin"


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "氏名を入力してください。"),
        ("name", "あ" * 101, "100文字以内で入力してください（いまは101文字です）。"),
        (
            "name",
            "伊\x00藤",
            "保存できない文字（ヌル文字）が含まれています。入力し直してください。",
        ),
        (
            "birth_date",
            "1955-02-30",
            "生年月日は 2026/03/05 や 昭和30年4月1日 のように、実在する日付を入力してください。",
        ),
        ("birth_date", "2999-01-01", "生年月日が今日より後です。西暦の年を確かめてください。"),
        ("email", "ito", "メールアドレスは name@example.com のように入力してください。"),
        ("risk_tolerance", "9", "候補の中から選んでください。"),
        ("annual_income", "たくさん", "2500万 または 25,000,000 のように入力してください。"),
    ],
    ids=[
        "missing",
        "too-long",
        "nul",
        "no-such-day",
        "future",
        "no-address",
        "no-choice",
        "no-amount",
    ],
)
def test_adding_refuses_bad_input_in_words(client, office, field, value, error):
    client.force_login(office)

    response = client.post(ADD, typed(**{field: value}))

    assert errors(response) == {field: [error]}
    assert Customer.objects.count() == 0


def test_refused_form_puts_the_cursor_into_the_first_wrong_field(client, office):
    client.force_login(office)

    page = client.post(ADD, typed(name="", email="x")).content.decode()

    assert page.count("autofocus") == 1
    assert '<input type="text" name="name" class="vTextField"' in page


def test_adding_refuses_an_address_that_another_customer_has(client, office, ito):
    client.force_login(office)

    response = client.post(ADD, typed(email=ito.email))

    assert errors(response)["email"][0].startswith("このメールアドレスは<a")


def test_changing_records_who_and_what(client, office, ito):
    client.force_login(office)

    client.post(change_url(ito), typed(ito, name="伊藤正男"))

    change = ito.history.first()
    assert (change.name, change.history_user, change.source) == ("伊藤正男", office, "admin")


def test_saving_without_a_change_leaves_no_history(client, office, nakamura):
    client.force_login(office)
    data = typed(nakamura, name="中村健一")

    client.post(change_url(nakamura), data)

    assert nakamura.history.count() == 1


def test_changing_what_somebody_else_changed_meanwhile_is_refused_once(client, office, ito):
    client.force_login(office)
    data = typed(ito, name="伊藤正男")
    Customer.objects.filter(pk=ito.pk).without_history().update(phone="03-0000-0000")

    refused = client.post(change_url(ito), data)
    ito.refresh_from_db()

    assert (ito.name, list(errors(refused))) == ("伊藤正雄", ["__all__"])
    again = data | {"version": refused.context["adminform"].form["version"].value()}
    assert client.post(change_url(ito), again).status_code == 302


def test_form_adds_a_holding_with_its_product(client, office, ito):
    product = ProductFactory()
    client.force_login(office)
    row = {
        "holdings-TOTAL_FORMS": "1",
        "holdings-0-product": product.pk,
        "holdings-0-quantity": "10",
        "holdings-0-unit_price": "1000",
        "holdings-0-purchase_date": "2026/04/01",
        "holdings-0-status": "active",
    }

    client.post(change_url(ito), typed(ito) | row)

    assert ito.holdings.get().product == product


def test_form_needs_the_same_queries_for_one_holding_and_three(
    client, office, ito, django_assert_max_num_queries
):
    HoldingFactory(customer=ito)
    client.force_login(office)
    with django_assert_max_num_queries(20) as first:
        client.get(change_url(ito))
    HoldingFactory.create_batch(2, customer=ito)

    with django_assert_max_num_queries(len(first)):
        client.get(change_url(ito))


def test_form_saves_a_customer_with_many_holdings(client, office, ito):
    HoldingFactory.create_batch(120, customer=ito)
    client.force_login(office)
    formset = client.get(change_url(ito)).context["inline_admin_formsets"][0].formset
    data = {
        form.add_prefix(name): form[name].value() or "" for form in formset for name in form.fields
    }
    counts = {"holdings-TOTAL_FORMS": "120", "holdings-INITIAL_FORMS": "120"}

    response = client.post(change_url(ito), typed(ito, name="伊藤正男") | data | counts)

    assert response.status_code == 302


def test_form_adds_a_note_in_the_writers_name(client, office, ito):
    client.force_login(office)
    row = {
        "notes-TOTAL_FORMS": "1",
        "notes-0-note_type": "meeting",
        "notes-0-content": "来週また訪ねる。",
    }

    client.post(change_url(ito), typed(ito) | row)

    note = SalesNote.objects.get()
    assert (note.content, note.sales_rep) == ("来週また訪ねる。", office)


def test_form_does_not_rewrite_a_note(client, office, ito):
    note = SalesNoteFactory(customer=ito, content="もとの内容")
    client.force_login(office)
    row = {
        "notes-TOTAL_FORMS": "1",
        "notes-INITIAL_FORMS": "1",
        "notes-0-note_id": note.pk,
        "notes-0-customer": ito.pk,
        "notes-0-content": "書き換え",
        "notes-0-DELETE": "on",
    }

    client.post(change_url(ito), typed(ito) | row)

    note.refresh_from_db()
    assert note.content == "もとの内容"


def test_form_shows_the_newest_notes_only(client, office, ito):
    SalesNoteFactory.create_batch(21, customer=ito)
    client.force_login(office)

    response = client.get(change_url(ito))

    notes = response.context["inline_admin_formsets"][1].formset.queryset
    assert notes.count() == 20


def test_notes_are_not_changed_even_by_an_administrator(client, ito):
    note = SalesNoteFactory(customer=ito)
    client.force_login(AdviserFactory(is_staff=True, role=Role.ADMINISTRATOR))

    for page in ("change", "delete"):
        url = reverse(f"admin:customers_salesnote_{page}", args=[note.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_customers_are_not_deleted_even_by_an_administrator(client, ito):
    client.force_login(AdviserFactory(is_staff=True, is_superuser=True))

    response = client.post(
        reverse("admin:customers_customer_delete", args=[ito.pk]), {"post": "yes"}
    )

    assert (response.status_code, Customer.objects.count()) == (403, 1)


@pytest.mark.parametrize("model", ["customer", "product", "task", "salesnote", "holding"])
def test_browser_cuts_nothing_off(client, office, model):
    client.force_login(office)

    page = client.get(reverse(f"admin:customers_{model}_add")).text

    assert ("<input" in page, "maxlength" in page) == (True, False)


def test_text_that_is_too_long_is_kept_and_refused(client, office, ito):
    client.force_login(office)

    response = client.post(change_url(ito), typed(ito, occupation="医" * 51))

    assert list(errors(response)) == ["occupation"]
    assert response.context["adminform"].form["occupation"].value() == "医" * 51
