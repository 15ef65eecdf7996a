"""No English sentence stands on any page of the back office: a walk through all of them."""

import re
from html.parser import HTMLParser

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from knox.models import AuthToken

from chat.models import ChatExchange, Conversation
from customers.models import AccessRecord, SavedView, Task
from customers.roles import Role
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    EconomicEventFactory,
    HoldingFactory,
    SalesNoteFactory,
)
from wealthai.models import ChangeBatch

ALLOWED = {"WealthAI", "API", "AI", "ID", "PDF", "CSV", "SQL", "TOTP", "REIT", "JPY", "USD", "BOND"}
ALLOWED |= {"Ctrl", "Enter", "Esc", "Space"}  # as it stands on the key
WORD = re.compile(r"[A-Za-z]{2,}")
SPOKEN = {"title", "placeholder", "aria-label", "alt"}
# Codes and addresses that the records below carry.
CODES = re.compile(r"\b[A-Z]{1,2}\d+\b|\S+@\S+|\b[0-9a-f]{16}\b|\b[0-9a-f]{8}…")


class Text(HTMLParser):
    """What a reader sees or hears; scripts are left out."""

    def __init__(self):
        super().__init__()
        self.pieces = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in {"script", "style"}
        self.pieces += [value or "" for name, value in attributes if name in SPOKEN]
        if tag == "input" and dict(attributes).get("type") == "submit":
            self.pieces.append(dict(attributes).get("value") or "")

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.pieces.append(data)


def english(response):
    text = Text()
    text.feed(response.content.decode())
    words = WORD.findall(CODES.sub(" ", " ".join(text.pieces)))
    return sorted(set(words) - ALLOWED)


@pytest.fixture
def administrator(db):
    return AdviserFactory(
        rep_code="AD001",
        name="管野理",
        is_staff=True,
        is_superuser=True,
        role=Role.ADMINISTRATOR,
    )


@pytest.fixture
def records(administrator, ito):
    """One row of every registered model."""
    conversation = Conversation.objects.create(adviser=administrator, customer=ito, title="償還")
    holding = HoldingFactory(customer=ito)
    rows = [
        ito,
        holding,
        holding.product,
        SalesNoteFactory(customer=ito),
        CashInflowFactory(customer=ito),
        EconomicEventFactory(),
        ito.sales_rep,
        Group.objects.first(),
        conversation,
        ChatExchange.objects.create(
            conversation=conversation, adviser=administrator, customer=ito, message="償還は？"
        ),
        Task.objects.create(customer=ito, title="電話する"),
        SavedView.objects.create(owner=administrator, name="重点"),
        AccessRecord.objects.create(user=administrator, customer=ito, act="view", source="page"),
        ChangeBatch.objects.create(
            kind="bulk_edit", user=administrator, reason="改定", summary="1件"
        ),
    ]
    return {type(row): row for row in rows}


def name(model, page):
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def every_page(records):
    yield reverse("admin:index")
    for model, row in records.items():
        yield reverse(name(model, "changelist"))
        yield reverse(name(model, "changelist")) + "?_facets=True&q=x"
        yield reverse(name(model, "add"))
        for page in ("change", "delete", "history"):
            yield reverse(name(model, page), args=[row.pk])
        if hasattr(row, "history"):
            yield reverse(name(model, "simple_history"), args=[row.pk, row.history.first().pk])


def test_walk_covers_every_registered_model(records):
    assert set(records) == set(admin.site._registry)


@pytest.mark.parametrize("person", ["administrator", "office", "compliance"])
def test_pages_speak_japanese(client, request, records, person):
    client.force_login(request.getfixturevalue(person))

    answers = {url: client.get(url) for url in every_page(records)}

    assert {url: english(answer) for url, answer in answers.items() if english(answer)} == {}
    assert {answer.status_code for answer in answers.values()} <= {200, 403, 404}


def test_forms_complain_in_japanese(client, administrator, records):
    client.force_login(administrator)

    urls = [reverse(name(model, "add")) for model in records]
    answers = {url: client.post(url, {"name": "x" * 500, "birth_date": "x"}) for url in urls}

    assert {url: english(answer) for url, answer in answers.items() if english(answer)} == {}


def test_pages_of_people_speak_japanese(client, administrator, tanaka):
    AuthToken.objects.create(tanaka)
    Authenticator.objects.create(user=tanaka, type="totp", data={})
    client.force_login(administrator)
    urls = [
        reverse("admin:auth_user_password_change", args=[tanaka.pk]),
        reverse("admin:customers_adviser_access", args=[tanaka.pk]),
    ]

    answers = [client.get(url) for url in urls] + [client.post(url, {}) for url in urls]

    assert [english(answer) for answer in answers] == [[]] * 4


def test_messages_speak_japanese(client, administrator, ito):
    client.force_login(administrator)
    data = {"action": "archive_selected", "index": 0}

    answer = client.post(reverse("admin:customers_customer_changelist"), data, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "一覧で行を選んでから実行してください。何も変更していません。"
    ]
