"""Nothing that somebody typed is obeyed: by no page, no query, no model, no redirect."""

import ast
import html
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)
from tests.security.payloads import FIELDS, LOOKUPS, PLACES, SCRIPTS, SQL

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = [
    path
    for app in ("wealthai", "customers", "chat", "dashboard")
    for path in (ROOT / app).glob("**/*.py")
    if "migrations" not in path.parts
]
ASKED = ["q", "sort", "order", "status", "adviser", "view", "cols", "cursor", "ids", "risk", "page"]
RISKY = {"iframe", "object", "embed", "base", "math", "animate", "style"}


class Obeyed(HTMLParser):
    """What a browser would do of a page beyond showing it."""

    def __init__(self, page):
        super().__init__()
        self.acts, self.texts, self.within = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.within = [*self.within, tag] if tag == "script" else self.within
        values = {name: value or "" for name, value in attributes}
        self.texts += values.values()
        schemes = [v for v in values.values() if v.strip().lower().startswith("javascript:")]
        shown = {"value", "content", "title", "aria-label", "alt", "placeholder", "data-copy"}
        links = [v for name, v in values.items() if v in schemes and name not in shown]
        handlers = [n for n in values if n.startswith("on") or "hx-on" in n]
        evil = [
            n
            for n in {"hx-get", "hx-post", "src", "href", "action"} & values.keys()
            if values[n].startswith(("//", "http"))
        ]
        if tag in RISKY or handlers or evil or links:
            self.acts.append((tag, handlers, evil, links))

    def handle_endtag(self, tag):
        self.within = self.within[:-1] if tag == "script" else self.within

    def handle_data(self, text):
        (self.acts if self.within and "xss" in text else self.texts).append(text)

    def shows(self, text):
        return any(html.unescape(text) in one or text in one for one in self.texts)


def attacked(adviser):
    """A customer whose every text would be a script."""
    first, *rest = SCRIPTS
    line = " ".join(SCRIPTS[8:11])
    customer = CustomerFactory(
        name=first,
        customer_code="<svg/onload=xss()>",
        occupation="<img src=x onerror=xss()>",
        address="\n".join(rest)[:500],
        representative=SCRIPTS[4],
        contact_person=SCRIPTS[9],
        beneficial_owner=SCRIPTS[20],
        sales_rep=adviser,
    )
    note = "\n".join(SCRIPTS)
    SalesNoteFactory(customer=customer, subject=line, content=note, sales_rep=adviser)
    TaskFactory(customer=customer, title=line, assignee=adviser)
    CashInflowFactory(customer=customer, source_note=note)
    product = ProductFactory(product_name=line, issuer=SCRIPTS[32], category_name=SCRIPTS[0])
    HoldingFactory(customer=customer, product=product)
    return customer


def pages_of(customer):
    start = customer.get_absolute_url()
    record = [start, *(f"{start}/{part}" for part in ("notes", "tasks", "inflows", "holdings"))]
    return [*record, f"{start}/history", f"{start}/edit", f"/chat?customer={customer.pk}"]


# --- Pages ----------------------------------------------------------------------------------
def test_no_page_of_a_customer_obeys_what_his_fields_say(page, tanaka):
    customer = attacked(tanaka)

    acts = {url: Obeyed(page.get(url).text).acts for url in pages_of(customer)}

    assert {url: found for url, found in acts.items() if found} == {}


def test_page_of_notes_shows_every_word_as_typed(page, tanaka):
    seen = Obeyed(page.get(f"{attacked(tanaka).get_absolute_url()}/notes").text)

    assert [script for script in SCRIPTS if not seen.shows(script)] == []


@pytest.mark.parametrize("query", ["", "?status=all&cols=occupation&cols=adviser"])
def test_list_obeys_no_name(page, tanaka, query):
    for script in SCRIPTS:
        CustomerFactory(name=script, occupation=script[:50], sales_rep=tanaka)

    assert Obeyed(page.get(f"/customers{query}").text).acts == []


def test_no_page_obeys_what_was_searched_for(page, ito):
    for script in SCRIPTS:
        answers = [page.get("/customers", {"q": script}), page.get("/chat", {"find": script})]

        assert [Obeyed(answer.text).acts for answer in answers if answer.status_code == 200][
            0
        ] == []


def test_back_office_obeys_no_field(client, office, tanaka):
    customer = attacked(tanaka)
    client.force_login(office)
    start = reverse("admin:customers_customer_changelist")

    acts = [Obeyed(client.get(url).text).acts for url in (start, f"{start}{customer.pk}/change/")]

    assert acts == [[], []]


def test_json_is_sent_as_data(page, tanaka):
    answer = page.get(f"/api/customers/{attacked(tanaka).pk}")

    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["name"] == SCRIPTS[0]


# --- Queries --------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/customers", "/api/customers", "/customers/suggest"])
def test_no_part_of_an_address_becomes_a_statement(page, ito, nakamura, address):
    before = list(Customer.objects.order_by("pk").values())

    asked = [page.get(address, dict.fromkeys(ASKED, words)) for words in SQL]

    assert [one.status_code for one in asked if one.status_code >= 500] == []
    assert not any("中村健一" in one.text for one in asked)
    assert list(Customer.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("words", [words for words in SQL if "OR" in words])
def test_condition_that_is_always_true_finds_nobody(page, ito, words):
    assert page.get("/api/customers", {"q": words}).json()["results"] == []


@pytest.mark.parametrize("name", LOOKUPS)
def test_name_of_a_parameter_is_no_condition(page, ito, name):
    plain, asked = (page.get("/api/customers", query) for query in ({}, {name: "x"}))

    if asked.status_code == 200:
        assert asked.json()["results"] == plain.json()["results"]
    else:
        assert asked.status_code == 400


def calls_of(path):
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def test_statements_are_written_by_hand_in_named_places_only():
    """Each of them passes values as parameters; ruff's S608 and S611 look at how they are built."""
    raw = {
        str(path.relative_to(ROOT))
        for path in CODE
        for call in calls_of(path)
        if ast.unparse(call.func).rpartition(".")[2] in {"raw", "extra", "RawSQL"}
    }

    assert raw == {
        "customers/search_index.py",
        "customers/search_sample.py",
    }


def test_no_code_hands_on_what_was_sent():
    """`.filter(**request.GET.dict())` lets the sender choose the conditions."""
    spread = [
        ast.unparse(word.value)
        for path in CODE
        for call in calls_of(path)
        for word in call.keywords
        if word.arg is None
    ]

    assert [text for text in spread if text.startswith(("request.", "self.request."))] == []


# --- Fields that nobody was asked for ---------------------------------------------------------
def kept_of(customer, person):
    """What no form and no endpoint writes."""
    customer = Customer.objects.get(pk=customer.pk)
    person.refresh_from_db()
    own = ["pk", "sales_rep_id", "created_at", "archived_at", "yen_assets", "search_key"]
    theirs = ["is_staff", "is_superuser", "role_names", "password"]
    return [getattr(customer, name) for name in own] + [getattr(person, name) for name in theirs]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_endpoint_writes_no_field_that_is_not_its_own(api, ito, tanaka, method):
    before = kept_of(ito, tanaka)

    sent = {"name": ito.name} | FIELDS
    answer = getattr(api, method)(f"/api/customers/{ito.pk}", sent, format="json")

    assert answer.status_code in (200, 400)
    assert kept_of(ito, tanaka) == before


def test_form_writes_no_field_that_is_not_its_own(page, ito, tanaka):
    from tests.customers.test_customer_form_page import edit, typed

    before = kept_of(ito, tanaka)

    answer = page.post(edit(ito), FIELDS | typed(ito))

    assert answer.status_code == 302
    assert kept_of(ito, tanaka) == before


def test_note_belongs_to_its_writer_whatever_is_sent(page, ito, tanaka):
    sent = {"note_type": "visit", "content": "円債に関心"} | FIELDS
    page.post(f"/customers/{ito.pk}/notes/new", sent)

    note = ito.notes.get()
    assert (note.sales_rep, note.created_at.year > 2000, note.pk == 777) == (tanaka, True, False)


# --- Redirects ------------------------------------------------------------------------------
@pytest.mark.parametrize("place", PLACES, ids=range(len(PLACES)))
def test_log_in_leads_to_no_other_site(client, tanaka, settings, place):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    tanaka.set_password("kumo-to-ame-2026")
    tanaka.save()

    sent = {"login": "SR001", "password": "kumo-to-ame-2026", "next": place}
    answer = client.post(reverse("account_login", query={"next": place}), sent)

    assert answer.status_code == 302
    assert (urlsplit(answer.url).netloc, urlsplit(answer.url).scheme) == ("", "")
    assert answer.url.startswith("/")
    assert not answer.url.startswith(("//", "/\\"))


@pytest.mark.parametrize("name", ["account_reauthenticate", "account_login", "admin:login"])
def test_no_page_before_or_within_a_session_leads_elsewhere(page, tanaka, name):
    tanaka.set_password("kumo-to-ame-2026")
    tanaka.save()
    page.force_login(tanaka)
    for place in PLACES:
        answer = page.get(reverse(name, query={"next": place}))

        assert answer.get("Location", "/x").startswith("/")
        assert not answer.get("Location", "/x").startswith(("//", "/\\"))
