"""Going back to an earlier value or version: a question first, then a change like any other."""

import datetime

import pytest
from django.urls import reverse

from customers.models import AccessRecord, Customer
from customers.models.customer import TAKEN
from tests.customers.trails import history_url, save
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    SalesNoteFactory,
)


def revert_url(customer, version, kind="customer", **query):
    return reverse("customers:revert", args=[customer.pk, kind, version.pk], query=query)


def answer(client, url, **values):
    """Answers the question as it is shown, with `values`."""
    form = client.get(url).context["form"]
    typed = {"version": form.initial["version"], "names": form["names"].value()}
    return client.post(url, typed | {"change_reason": "入力の誤り"} | values)


def shown(response):
    """(field, now, then, ticked) of each line of the question."""
    return [
        (one.name, one.now, one.then, ticked) for one, ticked, _ in response.context["form"].lines()
    ]


def refusals(response):
    return response.context["form"].refusals


@pytest.fixture
def moved(ito, tanaka):
    """Ito with another phone and risk; `first` is the version before."""
    first = ito.history.get()
    save(ito, by=tanaka, phone="03-2222-2222", risk_tolerance="5")
    ito.first = first
    return ito


def test_question_shows_now_and_then_of_what_differs(page, moved):
    assert shown(page.get(revert_url(moved, moved.first))) == [
        ("phone", "03-2222-2222", "090-1111-1111", True),
        ("risk_tolerance", "5 積極的", "3 中立", True),
    ]


def test_link_beside_a_change_ticks_that_field_alone(page, moved):
    text = page.get(history_url(moved)).text
    url = revert_url(moved, moved.first, field="phone")

    assert url in text
    assert [(name, ticked) for name, _, _, ticked in shown(page.get(url))] == [
        ("phone", True),
        ("risk_tolerance", False),
    ]


def test_version_comes_back_with_person_way_and_reason(page, moved, tanaka):
    response = answer(page, revert_url(moved, moved.first))

    newest = moved.history.first()
    assert response.url == history_url(moved)
    assert (newest.phone, newest.risk_tolerance) == ("090-1111-1111", "3")
    assert (newest.history_user, newest.source, newest.history_change_reason) == (
        tanaka,
        "page",
        "以前の内容に戻す：入力の誤り",
    )


def test_one_field_comes_back_alone(page, moved):
    answer(page, revert_url(moved, moved.first), names=["phone"])

    stored = Customer.objects.get(pk=moved.pk)
    assert (stored.phone, stored.risk_tolerance) == ("090-1111-1111", "5")


def test_reason_is_required_and_the_choice_is_kept(page, moved):
    response = answer(page, revert_url(moved, moved.first), names=["phone"], change_reason=" ")

    assert list(response.context["form"].errors) == ["change_reason"]
    assert [ticked for _, _, _, ticked in shown(response)] == [True, False]
    assert moved.history.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"names": []}, "names"),
        ({"names": ["archived_at"]}, "names"),
        ({"change_reason": "あ" * 92}, "change_reason"),
        ({"change_reason": "\x00"}, "change_reason"),
    ],
    ids=["nothing", "foreign-field", "too-long", "nul"],
)
def test_answer_that_cannot_be_is_refused(page, moved, values, field):
    response = answer(page, revert_url(moved, moved.first), **values)

    assert list(response.context["form"].errors) == [field]


def test_somebody_faster_is_noticed_and_nothing_is_lost(page, moved, suzuki):
    url = revert_url(moved, moved.first)
    seen = page.get(url).context["form"].initial["version"]
    save(moved, by=suzuki, occupation="医師")

    response = answer(page, url, version=seen, names=["phone"], change_reason="誤り")

    form = response.context["form"]
    assert "鈴木一郎さんが先に更新しました" in form.non_field_errors()[0]
    assert (form["version"].value(), form["change_reason"].value()) == (
        Customer.objects.get(pk=moved.pk).version(),
        "誤り",
    )


def test_address_that_another_customer_has_now_is_refused(page, ito, tanaka):
    first = ito.history.get()
    save(ito, email="new@example.com", phone="1")
    CustomerFactory(email="ito@example.com")

    response = answer(page, revert_url(ito, first))

    assert list(refusals(response)) == ["email"]
    assert refusals(response)["email"].startswith(TAKEN)
    assert Customer.objects.get(pk=ito.pk).phone == "1"


def test_the_rest_comes_back_without_the_refused_field(page, ito):
    first = ito.history.get()
    save(ito, email="new@example.com", phone="1")
    CustomerFactory(email="ito@example.com")

    answer(page, revert_url(ito, first), names=["phone"])

    assert Customer.objects.get(pk=ito.pk).phone == "090-1111-1111"


def test_adviser_who_left_does_not_come_back(client, office, ito, suzuki, tanaka):
    first = ito.history.get()
    save(ito, sales_rep=suzuki)
    save(tanaka, is_active=False)
    client.force_login(office)

    response = answer(client, revert_url(ito, first))

    assert list(refusals(response)) == ["sales_rep"]
    assert Customer.objects.get(pk=ito.pk).sales_rep == suzuki


def test_manager_brings_back_advisers_of_the_branch_only(client, manager, ito, tanaka, suzuki):
    save(ito, sales_rep=suzuki)
    of_suzuki = ito.history.first()
    save(ito, sales_rep=tanaka)
    client.force_login(manager)

    assert list(refusals(answer(client, revert_url(ito, of_suzuki)))) == ["sales_rep"]


def test_manager_does_not_bring_back_nobody(client, manager, ito, tanaka):
    save(ito, sales_rep=None)
    of_nobody = ito.history.first()
    save(ito, sales_rep=tanaka)
    client.force_login(manager)

    assert list(refusals(answer(client, revert_url(ito, of_nobody)))) == ["sales_rep"]


def test_adviser_is_not_offered_to_give_a_customer_away(page, ito, suzuki, tanaka):
    save(ito, sales_rep=suzuki, phone="1")
    of_suzuki = ito.history.first()
    save(ito, sales_rep=tanaka, phone="2")

    assert [line[0] for line in shown(page.get(revert_url(ito, of_suzuki)))] == ["phone"]


def test_birth_date_of_another_system_comes_back_only_if_it_could_be_typed(page, ito):
    save(ito, birth_date=datetime.date(1700, 1, 1))
    wrong = ito.history.first()
    save(ito, birth_date=datetime.date(1955, 11, 8))

    assert list(refusals(answer(page, revert_url(ito, wrong)))) == ["birth_date"]


def test_value_on_no_list_is_refused_in_words(page, ito):
    save(ito, risk_tolerance="aggressive")
    foreign = ito.history.first()
    save(ito, risk_tolerance="3")

    words = refusals(answer(page, revert_url(ito, foreign)))["risk_tolerance"]

    assert words.startswith("「aggressive」は、いまの一覧にありません")


def test_code_and_archiving_do_not_come_back(page, ito):
    first = ito.history.get()
    save(ito, customer_code="C777")

    assert shown(page.get(revert_url(ito, first))) == []


def test_version_that_is_as_now_says_so(page, ito):
    text = page.get(revert_url(ito, ito.history.get())).text

    assert "いまの内容と違いはありません" in text


@pytest.mark.parametrize(
    ("factory", "kind", "field", "now", "then"),
    [
        (HoldingFactory, "holding", "quantity", 20, 10),
        (CashInflowFactory, "inflow", "predicted_amount", 5, 1_000_000),
    ],
)
def test_rows_of_the_customer_come_back_too(page, ito, factory, kind, field, now, then):
    row = factory(customer=ito)
    first = row.history.get()
    save(row, **{field: now})

    answer(page, revert_url(ito, first, kind))

    row.refresh_from_db()
    assert getattr(row, field) == then
    assert row.history.first().history_change_reason == "以前の内容に戻す：入力の誤り"


def test_notes_do_not_come_back(page, ito):
    note = SalesNoteFactory(customer=ito)

    assert page.get(revert_url(ito, note.history.get(), "note")).status_code == 404


def test_history_row_of_another_customer_is_missing(page, ito, nakamura):
    of_another = HoldingFactory(customer=nakamura).history.get()

    assert page.get(revert_url(ito, of_another, "holding")).status_code == 404
    assert page.get(revert_url(ito, nakamura.history.get())).status_code == 404
    assert page.get(revert_url(nakamura, nakamura.history.get())).status_code == 404


def test_archived_customer_does_not_change(page, moved):
    moved.archive()

    assert page.get(revert_url(moved, moved.first)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_only_reads_brings_nothing_back(client, compliance, moved, method):
    client.force_login(compliance)

    response = getattr(client, method)(revert_url(moved, moved.first))

    assert response.status_code == 403
    assert "戻す" not in client.get(history_url(moved)).text


def test_question_is_logged_as_a_look_at_the_history(page, moved):
    page.get(revert_url(moved, moved.first))

    record = AccessRecord.objects.get()
    assert (record.act, record.customer, record.detail) == ("history", moved, "以前の内容に戻す")


def test_colleague_of_another_branch_gets_nothing(client, moved):
    client.force_login(AdviserFactory(branch="大阪支店", role="担当者"))

    assert client.get(revert_url(moved, moved.first)).status_code == 404
