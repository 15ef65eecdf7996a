"""The answer to a save was lost and the person presses again: one row, one answer."""

import uuid

import pytest
from django.urls import reverse

from customers.models import CashInflow, Holding, SalesNote, Task
from tests.factories import ProductFactory
from wealthai.models import IdempotencyKey
from wealthai.sent_once import SAVED_BEFORE

HTMX = {"HX-Request": "true"}
# Name of the address -> model, what is typed, and a field that is typed otherwise later.
FORMS = {
    "note-create": (
        SalesNote,
        {"note_type": "visit", "content": "円債", "next_step": "提案"},
        {"content": "円債と外債"},
    ),
    "holding-create": (
        Holding,
        {"product": "B1", "quantity": "1", "unit_price": "1", "purchase_date": "2026/4/1"},
        {"quantity": "2"},
    ),
    "inflow-create": (
        CashInflow,
        {"predicted_amount": "1億", "predicted_date": "2027/3/31", "status": "predicted"},
        {"predicted_amount": "2億"},
    ),
    "task-create": (Task, {"title": "提案"}, {"title": "訪問"}),
    "any-task-create": (Task, {"title": "提案", "customer_named": "C001"}, {"title": "訪問"}),
}


@pytest.fixture(params=FORMS)
def form(request, page, ito):
    """(model, what is typed, what is typed otherwise, a function that sends it)."""
    ProductFactory(product_code="B1")
    model, typed, other = FORMS[request.param]
    arguments = [] if request.param == "any-task-create" else [ito.pk]
    url = reverse(f"customers:{request.param}", args=arguments)
    context = page.get(url, follow=True).context
    shown = context["note_form"] if model is SalesNote else context["form"]
    typed = typed | {"once": shown["once"].value()}
    return model, typed, other, lambda data: page.post(url, data, headers=HTMX)


def test_second_press_saves_nothing_and_is_answered_as_the_first(form):
    model, typed, _, send = form

    answers = [send(typed) for _ in range(2)]

    assert model.objects.count() == 1
    assert len({(answer.status_code, answer["HX-Trigger"]) for answer in answers}) == 1
    assert Task.objects.count() <= 1


def test_other_words_are_asked_about_and_then_are_one_more_row(form):
    model, typed, other, send = form
    send(typed)

    context = send(typed | other).context
    asked = context.get("note_form") or context["form"]
    assert (asked.non_field_errors(), model.objects.count()) == ([SAVED_BEFORE], 1)

    send(typed | other | {"once": asked["once"].value()})
    assert model.objects.count() == 2


def test_refused_form_may_be_sent_again_when_it_is_mended(form):
    model, typed, _, send = form
    send(dict.fromkeys(typed, "") | {"once": typed["once"]})
    send(typed)

    assert model.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x"], ids=range(2))
def test_form_of_a_program_works_without_a_token(form, token):
    model, typed, _, send = form

    for _ in range(2):
        send(typed | {"once": token})

    assert (model.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


def test_token_of_somebody_else_means_nothing(page, client, office, ito):
    typed = {"title": "提案", "once": str(uuid.uuid4())}
    url = reverse("customers:task-create", args=[ito.pk])
    page.post(url, typed)
    client.force_login(office)
    client.post(url, typed | {"assignee": office.pk})

    assert Task.objects.count() == 2


def test_same_words_about_another_customer_are_another_note(page, ito, ono):
    typed = {"note_type": "phone_call", "content": "不在", "once": str(uuid.uuid4())}

    answers = [
        page.post(reverse("customers:note-create", args=[one.pk]), typed) for one in (ito, ono)
    ]

    assert [answer.status_code for answer in answers] == [302, 200]
    assert SalesNote.objects.get().customer == ito
