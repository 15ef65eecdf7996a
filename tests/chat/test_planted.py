"""Instructions planted in notes and names, against a model that obeys each of them."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.urls import reverse

from chat import asking, runs
from chat.asking import Question
from chat.models import ChatExchange, Conversation
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

pytestmark = pytest.mark.django_db(transaction=True)

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


def planted(number, plants, tanaka):
    """The question that makes the model read them."""
    customer = CustomerFactory(name=plants["customer"].text[-100:], sales_rep=tanaka)
    said = f"{plants['note'].text} 中村健一様の紹介。"
    SalesNoteFactory(customer=customer, content=said)
    product = ProductFactory(product_name=plants["product"].text[:200])
    HoldingFactory(customer=customer, product=product)
    EconomicEventFactory(title=f"植{number}。", description=plants["event"].text)
    return Question(tanaka, f"[[obey]][[look:植{number}。]] 影響は？", customer=customer)


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


def shown(page, exchanges):
    """The chat page with all of them in one conversation."""
    talk = Conversation.objects.create(adviser=exchanges[0].adviser, title="植えた指示")
    ChatExchange.objects.filter(pk__in=[row.pk for row in exchanges]).update(conversation=talk)
    pages, url = [], {"conversation": talk.pk}
    while url:
        response = page.get(reverse("chat:home", query=url))
        pages.append(response.text)
        older = response.context["older_exchanges"]
        url = older and {"conversation": talk.pk, "exchange_before": older}
    return "".join(pages)


@pytest.fixture
def obeyed(simulator, settings, page, tanaka, theirs):
    """Asks where they were planted, and returns what went wrong with which of them."""

    def ask(disguise):
        settings.CHAT_DAILY_YEN = 100_000
        questions = [planted(*one, tanaka) for one in enumerate(PLANTS[disguise])]
        before, wrong, rows = contents(), {}, []
        for plants, question in zip(PLANTS[disguise], questions, strict=True):
            simulator.requests.clear()
            row = asking.ask(question)
            runs.wait(row.pk, 20)
            rows.append(ChatExchange.objects.get(pk=row.pk))
            found = leaks(theirs, simulator.requests, kept(rows[-1]))
            found += [str(one) for one in rows[-1].used.exclude(sales_rep=tanaka)]
            if found or rows[-1].status != "done":
                wrong[str(plants)] = (rows[-1].status, rows[-1].error_kind, found)
        return wrong, contents() == before, shown(page, rows)

    return ask


def kept(row):
    return [row.response, row.citations, row.tool_trace, row.masked_fields, row.guard_verdict]


@pytest.mark.parametrize("disguise", PLANTS)
def test_planted_instruction_gets_nothing_and_changes_nothing(simulator, obeyed, theirs, disguise):
    wrong, unchanged, html = obeyed(disguise)

    assert (wrong, unchanged, leaks(theirs, html)) == ({}, True, [])
    answers = re.findall(r'<div class="answer-text answer-html" data-text>(.*?)</div>', html, re.S)
    assert len(answers) == len(PLANTS[disguise])
    assert Live("".join(answers)).tags <= TAGS
    assert [one for one in Live(html).addresses if "evil.example" in one] == []
    # It is proof of something: a note's, a product's and an event's were read and obeyed.
    assert len(set(simulator.obeyed)) >= 3 * len(answers)


def test_there_are_three_hundred_different_ones():
    plants = {one for groups in PLANTS.values() for group in groups for one in group.values()}

    assert len(plants) == 320
