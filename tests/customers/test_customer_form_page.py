import datetime

import pytest
from django.urls import reverse

from customers.forms import CustomerForm
from customers.models import Customer
from tests.factories import AdviserFactory, CustomerFactory

NEW = "/customers/new"
HUGE = "9" * 5000


def edit(customer):
    return reverse("customers:update", args=[customer.pk])


def typed(customer, **changes):
    """What a browser sends for `customer`: every field, the version it saw, and `changes`."""
    names = [name for name in CustomerForm.Meta.fields if name != "sales_rep"]
    stored = {name: getattr(customer, name) for name in names}
    version = Customer.objects.get(pk=customer.pk).version()
    filled = {name: value for name, value in stored.items() if value is not None}
    return filled | {"version": version} | changes


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


UNLISTED = {"gender": "M", "risk_tolerance": "高い", "investment_experience": "ベテラン"}


@pytest.fixture
def foreign(ito):
    """Ito as another system may write him: words that are on none of our lists."""
    Customer.objects.filter(pk=ito.pk).without_history().update(**UNLISTED)
    return Customer.objects.get(pk=ito.pk)


def test_edit_keeps_words_that_are_on_no_list(page, foreign):
    shown = page.get(edit(foreign)).text

    response = page.post(edit(foreign), typed(foreign, phone="090-2222-2222"))

    assert response.status_code == 302
    assert Customer.objects.values("phone", *UNLISTED).get() == UNLISTED | {
        "phone": "090-2222-2222"
    }
    assert [
        f'value="{word}" selected>{word}（一覧にない値）' in shown for word in UNLISTED.values()
    ] == [True] * 3


def test_edit_accepts_no_other_word_that_is_on_no_list(page, foreign):
    response = page.post(edit(foreign), typed(foreign, gender="F"))

    assert errors(response) == {"gender": ["性別は一覧から選んでください。"]}


# --- Registration -----------------------------------------------------------------------------


def test_registration_keeps_every_field_and_defaults_to_own_care(page, tanaka):
    page.post(
        NEW,
        {
            "name": "髙﨑 𠮷子",
            "birth_date": "1955/11/08",
            "email": "takasaki@example.com",
            "address": "大阪市北区\r\n梅田3-3-3",
            "annual_income": "2,500万",
            "net_worth": "1.5億",
            "risk_tolerance": "3",
        },
    )

    stored = Customer.objects.get()
    assert (stored.name, stored.birth_date) == ("髙﨑 𠮷子", datetime.date(1955, 11, 8))
    assert stored.address == "大阪市北区\n梅田3-3-3"
    assert (stored.annual_income, stored.net_worth) == (25_000_000, 150_000_000)
    assert (stored.sales_rep, stored.customer_code) == (tanaka, f"W{stored.pk}")


def test_registration_leads_to_the_record_with_a_message(page):
    response = page.post(NEW, {"name": "大野達也"}, follow=True)

    assert response.redirect_chain == [(Customer.objects.get().get_absolute_url(), 302)]
    assert [str(message) for message in response.context["messages"]] == ["顧客を登録しました"]


def test_registration_stores_empty_fields_as_null(page):
    page.post(NEW, {"name": "大野達也", "email": "", "address": " ", "phone": ""})

    assert Customer.objects.values_list("email", "address", "phone").get() == (None, None, None)


def test_registration_writes_who_did_it_into_the_history(page, tanaka):
    page.post(NEW, {"name": "大野達也"})

    assert Customer.objects.get().history.get().history_user == tanaka


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("name", "", "氏名を入力"),
        ("name", "　 ", "氏名を入力"),
        ("name", "あ" * 101, "100文字以内"),
        ("name", "山\x00田", "文字化け"),
        ("name", "山\ud800田", "文字化け"),
        ("name", "山\ufffd川", "文字化け"),
        ("name", "山\u202e田", "制御文字"),
        ("name", "\u200b\u200b", "目に見える"),
        ("name_kana", "ア" * 101, "100文字以内"),
        ("customer_code", "W12", "自動採番"),
        ("customer_code", "ｗ１２", "自動採番"),
        ("customer_code", "C001", "伊藤正雄（C001）"),
        ("email", "ito@example.com", "伊藤正雄（C001）"),
        ("email", "ito@", "のように"),
        ("email", "ito@exa\ufffdmple.com", "入力"),
        ("birth_date", "2026/02/30", "実在する日付"),
        ("birth_date", "1955-11-08\x00", "実在する日付"),
        ("birth_date", "9999/01/01", "今日より後"),
        ("birth_date", "0001/01/01", "古すぎます"),
        ("annual_income", "9223372036854775808", "大きすぎます"),
        ("annual_income", HUGE, "のように"),
        ("annual_income", "99999999999億", "大きすぎます"),
        ("net_worth", "2億5千", "単位まで"),
        ("net_worth", "1000兆", "1,000兆以上"),
        ("net_worth", "▲1000兆", "1,000兆以上"),
        ("annual_income", "-1", "0円以上"),
        ("annual_income", "2千5百", "のように"),
        ("annual_income", "1e9", "のように"),
        ("annual_income", "円", "のように"),
        ("annual_income", "0.00001万", "のように"),
        ("net_worth", "abc", "のように"),
        ("risk_tolerance", "6", "一覧から"),
        ("gender", "\ud800", "一覧から"),
        ("address", "あ" * 501, "500文字以内"),
        ("phone", "0" * 21, "市外局番から"),
    ],
    ids=range(35),
)
def test_form_refuses_and_says_why_beside_the_field(field, value, word, ito, tanaka):
    form = CustomerForm({"name": "大野達也"} | {field: value}, user=tanaka)

    assert list(form.errors) == [field]
    assert word in form.errors[field][0]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25,000,000", 25_000_000),
        ("２５００万円", 25_000_000),
        ("1億2,000万", 120_000_000),
        ("1.5億", 150_000_000),
        ("▲500万", -5_000_000),
        ("0", 0),
        ("999,999,999,999,999", 999_999_999_999_999),
        (" ", None),
    ],
    ids=range(8),
)
def test_amounts_are_read_as_people_write_them(text, amount, tanaka):
    form = CustomerForm({"name": "大野達也", "net_worth": text}, user=tanaka)

    assert form.is_valid()
    assert form.cleaned_data["net_worth"] == amount


@pytest.mark.parametrize("text", ["٣٤", "५00", "10²", "①万", "1٣", "㉑"])
def test_amounts_in_other_digits_are_refused(text, tanaka):
    form = CustomerForm({"name": "大野達也", "net_worth": text}, user=tanaka)

    assert form.errors == {"net_worth": ["2500万 または 25,000,000 のように入力してください。"]}


@pytest.mark.parametrize(
    "value", ["a\x00@example.com", "a\ufffd@example.com", "a\u202e@example.com"]
)
def test_address_that_cannot_be_stored_shows_one_error(value, tanaka):
    form = CustomerForm({"name": "大野達也", "email": value}, user=tanaka)

    assert {name: len(found) for name, found in form.errors.items()} == {"email": 1}


def test_edit_keeps_a_birth_date_that_another_system_wrote(page, ito):
    Customer.objects.without_history().update(birth_date="2999-01-01")
    ito.refresh_from_db()

    kept = page.post(edit(ito), typed(ito, phone="03-0000-0001"))
    changed = page.post(edit(ito), typed(Customer.objects.get(), birth_date="2998-01-01"))

    assert (kept.status_code, list(errors(changed))) == (302, ["birth_date"])


@pytest.mark.parametrize("text", ["2026/03/05", "2026-03-05", "2026年3月5日", "20260305"])
def test_dates_are_read_as_people_write_them(text, tanaka):
    form = CustomerForm({"name": "大野達也", "birth_date": text}, user=tanaka)

    assert form.is_valid()
    assert form.cleaned_data["birth_date"] == datetime.date(2026, 3, 5)


def test_refused_registration_keeps_what_was_typed_and_sums_up(page):
    response = page.post(NEW, {"name": "", "annual_income": "2千5百", "occupation": "弁護士"})

    assert Customer.objects.count() == 0
    assert ['value="2千5百"' in response.text, 'value="弁護士"' in response.text] == [True, True]
    assert "次の2か所を確かめてください" in response.text


def test_one_error_needs_no_summary(page):
    assert "か所を確かめて" not in page.post(NEW, {"name": ""}).text


def test_browser_may_not_cut_a_pasted_text_off(page):
    assert "maxlength" not in page.get(NEW).text


def test_adviser_is_not_asked_for_the_adviser(page, suzuki):
    page.post(NEW, {"name": "大野達也", "sales_rep": suzuki.pk})

    assert Customer.objects.get().sales_rep.rep_code == "SR001"


def test_branch_manager_chooses_among_the_branch(client, manager, tanaka, suzuki):
    client.force_login(manager)

    form = client.get(NEW).context["form"]

    assert set(form.fields["sales_rep"].queryset) == {manager, tanaka}
    assert form.fields["sales_rep"].required


def test_branch_manager_cannot_give_a_customer_to_another_branch(client, manager, ito, suzuki):
    client.force_login(manager)

    response = client.post(edit(ito), typed(ito, sales_rep=suzuki.pk))

    assert list(errors(response)) == ["sales_rep"]


def test_back_office_gives_a_customer_to_another_adviser(client, office, ito, suzuki):
    client.force_login(office)

    client.post(edit(ito), typed(ito, sales_rep=suzuki.pk))

    assert Customer.objects.get(pk=ito.pk).sales_rep == suzuki


def test_adviser_who_left_is_offered_only_for_own_customers(office, ito, tanaka):
    tanaka.is_active = False
    tanaka.save()

    offered = [
        tanaka in CustomerForm(user=office, instance=customer).fields["sales_rep"].queryset
        for customer in (ito, CustomerFactory(sales_rep=AdviserFactory()))
    ]

    assert offered == [True, False]


def test_address_taken_between_check_and_save_is_told_not_lost(tanaka):
    form = CustomerForm({"name": "大野達也", "email": "ono@example.com"}, user=tanaka)
    form.is_valid()
    CustomerFactory(email="ono@example.com")

    assert form.saved() is None
    assert "いま登録できない値になりました" in form.non_field_errors()[0]


# --- Change -----------------------------------------------------------------------------------


def test_change_is_stored_and_leads_back_to_the_record(page, ito):
    response = page.post(edit(ito), typed(ito, occupation="会社経営"))

    assert response.url == ito.get_absolute_url()
    assert Customer.objects.get(pk=ito.pk).occupation == "会社経営"


def test_change_of_nothing_leaves_every_column_as_it_was(page, ito):
    Customer.objects.filter(pk=ito.pk).without_history().update(
        address="港区\n赤坂", annual_income=5
    )
    ito.refresh_from_db()

    page.post(edit(ito), typed(ito, address="港区\r\n赤坂"))

    before, after = ito.__dict__, Customer.objects.get(pk=ito.pk).__dict__
    assert {key for key in after if after[key] != before[key]} == {
        "_state",
        "search_grams",
        "search_key",
        "updated_at",
    }


def test_code_once_given_stays(page, ito):
    page.post(edit(ito), typed(ito, customer_code="C999"))

    assert Customer.objects.get(pk=ito.pk).customer_code == "C001"


def test_row_without_a_code_may_be_given_its_own_number(page, ito):
    Customer.objects.filter(pk=ito.pk).without_history().update(customer_code=None)

    page.post(edit(ito), typed(ito, customer_code=f"W{ito.pk}"))

    assert Customer.objects.get(pk=ito.pk).customer_code == f"W{ito.pk}"


def test_own_address_is_no_duplicate(page, ito):
    assert page.post(edit(ito), typed(ito, name="伊藤正男")).status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_form_of_another_advisers_customer_is_missing(method, page, nakamura):
    assert getattr(page, method)(edit(nakamura)).status_code == 404


def test_form_of_an_archived_customer_is_missing(page, ito):
    ito.archive()

    assert page.get(edit(ito)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_compliance_may_neither_add_nor_change(method, client, compliance, ito):
    client.force_login(compliance)

    answers = [getattr(client, method)(path, typed(ito)) for path in (NEW, edit(ito))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "この操作は行えません" in answers[0].text


def test_form_asks_for_log_in(client, ito):
    assert [client.get(path).status_code for path in (NEW, edit(ito))] == [302, 302]
