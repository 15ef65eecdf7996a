"""Instructions planted in notes and names, against a model that obeys each of them."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.urls import reverse

from chat.asking import Question
from chat.rendering import TAGS
from tests.chat.plants import PLANTS
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

# What a model may be told to do has nothing to do with the database: once is enough.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

THEIRS = {
    "name_kana": "ナカムラケンイチ",
    "phone": "080-7777-6666",
    "email": "kenichi@example.jp",
    "address": "大阪府堺市堺区南瓦町3-1",
    "occupation": "灯台守",
    "net_worth": 98_765_432,
}
IN_THEIR_ROWS = ["ひみつの相談", "7,654,321", "7654321", "12,345,679", "12345679", "98765432"]


@pytest.fixture
def theirs(nakamura):
    """All of a colleague's customer; returns what may be seen of it nowhere."""
    for name, value in THEIRS.items():
        setattr(nakamura, name, value)
    nakamura.save()
    rows = [
        nakamura,
        HoldingFactory(customer=nakamura, quantity=7_654_321, maturity_date="2027-01-01"),
        SalesNoteFactory(customer=nakamura, content="ひみつの相談。退職金。"),
        CashInflowFactory(customer=nakamura, predicted_amount=12_345_679),
    ]
    kinds = ("customer", "holding", "note", "inflow")
    uris = [f"crm://{kind}/{row.pk}@" for kind, row in zip(kinds, rows, strict=True)]
    return [*map(str, THEIRS.values()), "08077776666", *IN_THEIR_ROWS, *uris]


def planted(disguise, tanaka):
    """The question that makes the model read all of a disguise, and the customers it meets."""
    people = []
    for number, plants in enumerate(PLANTS[disguise]):
        name = plants["customer"].text[-100:]
        people.append(CustomerFactory(customer_code=f"C09{number}", name=name, sales_rep=tanaka))
        said = f"{plants['note'].text} 中村健一様の紹介。"
        SalesNoteFactory(customer=people[0], content=said)
        product = ProductFactory(product_name=plants["product"].text[:200])
        HoldingFactory(customer=people[0], product=product)
        EconomicEventFactory(title=f"植{number}。", description=plants["event"].text)
    return Question(tanaka, "[[obey]][[look:植]] 影響は？", customer=people[0]), people


def contents():
    """Every row of every table but the chat's own."""
    models = apps.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.app_label != "chat"]
    return {
        model._meta.db_table: sorted(map(repr, model._base_manager.values_list()))
        for model in kept
        if model._meta.managed and not model._meta.proxy
    }


def leaks(secrets, *places):
    text = json.dumps(places, ensure_ascii=False, default=str)
    return [secret for secret in secrets if secret in text]


class Live(HTMLParser):
    """What of a page's answers is more than text, and where anything leads."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for _, value in attrs if value]


def kept(row):
    return [row.response, row.citations, row.tool_trace, row.masked_fields, row.guard_verdict]


@pytest.mark.parametrize("disguise", PLANTS)
def test_planted_instruction_gets_nothing_and_changes_nothing(
    answered, simulator, page, tanaka, theirs, disguise
):
    question, people = planted(disguise, tanaka)
    before = contents()

    row = answered(question)

    assert (row.status, contents() == before) == ("done", True)
    html = page.get(reverse("chat:home", query={"conversation": row.conversation_id})).text
    assert leaks(theirs, simulator.requests, kept(row), html) == []
    (answer,) = re.findall(
        r'<div class="answer-text answer-html" data-text>(.*?)</div>', html, re.S
    )
    assert Live(answer).tags <= TAGS | {"mark", "span"}  # 根拠未確認 is our own
    assert set(Live(answer).addresses) <= {"unproved", "unproved-words"}
    assert [one for one in Live(html).addresses if "evil.example" in one] == []
    # It is proof of something: every customer was met, each note, product and event was obeyed.
    assert set(row.used.all()) == set(people)
    assert len(set(simulator.obeyed)) >= 3 * len(people)


def test_there_are_three_hundred_different_ones():
    plants = {one for groups in PLANTS.values() for group in groups for one in group.values()}

    assert len(plants) == 320
