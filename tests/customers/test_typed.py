"""Nothing typed is lost where a form cannot be saved any more, and no answer tells what is hidden."""

import pytest
from django.urls import reverse

from customers.models import Customer, Holding
from tests.customers.test_customer_form_page import edit, typed
from tests.customers.test_two_editors import change
from tests.factories import HoldingFactory
from tests.scope_world import plain
from wealthai.writing import writing

NOTE = {"note_type": "visit", "content": "一行目\n二行目"}
HTMX = {"HX-Request": "true"}


def note(customer):
    return reverse("customers:note-create", args=[customer.pk])


def kept(response):
    """{label: text} of what the page gives back."""
    return {one.label: one.text for one in response.context["typed"]}


def archive(customer, by=None, reason=""):
    customer._history_user = by
    with writing(reason=reason):
        customer.archive()


# --- Archived while the form was open ---------------------------------------------------------


def test_form_of_a_customer_archived_meanwhile_says_who_why_and_gives_back_what_was_typed(
    page, office, ito
):
    sent = typed(ito, address="大阪市北区梅田3-3-3", annual_income="2500万", risk_tolerance="5")
    archive(ito, by=office, reason="口座の解約")

    response = page.post(edit(ito), sent)

    words = ("西村恵さんによって保管されました", "口座の解約", ito.get_absolute_url())
    assert (response.status_code, [word in response.text for word in words]) == (409, [True] * 3)
    found = kept(response)
    assert (found["住所"], found["年収（円）"]) == ("大阪市北区梅田3-3-3", "2500万")
    assert found["リスク許容度"] == "5 積極的"


@pytest.mark.parametrize("name", ["contact", "facts"])
def test_parts_of_the_record_do_so_too(page, ito, name):
    archive(ito)
    url = reverse(f"customers:{name}", args=[ito.pk])

    response = page.post(url, {"phone": "03-9999", "annual_income": "2500万", "version": "x"})

    assert (response.status_code, kept(response)) == (
        409,
        {"電話番号": "03-9999", "年収（円）": "2500万"},
    )


def test_note_is_given_back_line_by_line(page, ito):
    archive(ito)

    response = page.post(note(ito), NOTE)

    assert (response.status_code, kept(response)) == (
        409,
        {"種別": "来店", "内容": "一行目\n二行目"},
    )
    assert ">\n一行目\n二行目</textarea>" in response.text


def test_holding_is_given_back(page, ito):
    holding = HoldingFactory(customer=ito)
    archive(ito)

    response = page.post(
        reverse("customers:holding-update", args=[holding.pk]),
        {"quantity": "123", "change_reason": "買増し"},
    )

    assert kept(response) == {"数量": "123", "変更の理由": "買増し"}


def test_dialog_keeps_its_own_text_and_gets_the_status_alone_to_tell(page, ito):
    archive(ito)

    assert page.post(note(ito), NOTE, headers=HTMX).status_code == 409


def test_who_may_bring_the_customer_back_gets_the_link(client, office, page, ito):
    archive(ito)
    link = reverse("customers:restore", args=[ito.pk])

    of_adviser = page.post(note(ito), NOTE).text
    client.force_login(office)

    assert (link in of_adviser, link in client.post(note(ito), NOTE).text) == (False, True)


# --- Handed over, or gone ---------------------------------------------------------------------


def test_form_of_a_customer_handed_over_meanwhile_is_missing_and_keeps_the_text(page, ito, suzuki):
    sent = typed(ito, address="大阪市北区梅田3-3-3", occupation="医師")
    change(ito, sales_rep=suzuki)

    response = page.post(edit(ito), sent)

    found = kept(response)
    assert (response.status_code, found["住所"], found["職業"]) == (
        404,
        "大阪市北区梅田3-3-3",
        "医師",
    )


@pytest.mark.parametrize("archived", [False, True])
def test_answer_is_the_same_for_a_hidden_and_a_missing_customer(page, nakamura, archived):
    if archived:
        archive(nakamura)
    paths = [reverse("customers:note-create", args=[pk]) for pk in (nakamura.pk, 999_999)]

    answers = [
        page.post(path, NOTE, headers={"X-Request-ID": "0123456789abcdef"}) for path in paths
    ]

    hidden, missing = (
        (answer.status_code, plain(answer.content, path))
        for answer, path in zip(answers, paths, strict=True)
    )
    assert hidden == missing


def test_text_for_a_holding_that_a_colleague_deleted_is_kept(page, ito):
    holding = HoldingFactory(customer=ito)
    url = reverse("customers:holding-update", args=[holding.pk])
    holding.delete()

    response = page.post(url, {"quantity": "123456"})

    assert (response.status_code, kept(response)) == (404, {"数量": "123456"})
    assert Holding.objects.count() == 0


def test_nothing_of_the_record_itself_is_told(client, office, ito, suzuki):
    """A choice that only the database could put into words is left out."""
    client.force_login(suzuki)

    response = client.post(edit(ito), {"sales_rep": office.pk, "version": "x", "name": " "})

    assert (kept(response), Customer.objects.get().name) == ({}, "伊藤正雄")


def test_right_that_was_taken_away_costs_no_text_either(page, tanaka, ito):
    tanaka.groups.clear()

    response = page.post(note(ito), NOTE)

    assert (response.status_code, kept(response)["内容"]) == (403, "一行目\n二行目")


@pytest.mark.parametrize("path", ["/nowhere", "/accounts/nowhere"])
def test_address_without_a_form_gives_nothing_back(page, path):
    assert kept(page.post(path, NOTE)) == {}
