"""What is asked without a record's address: lists, counts, suggestions, choices, ids in what is sent.

What the other branch has changes nothing in what one sees, and its ids do as little as ids of
nothing. The fields and models come from the registry, so that a new one is asked as well.
"""

import re
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from tests.scope import routes
from tests.scope_tables import OPEN, TOKYO
from tests.scope_world import NUMBERS, WORDS, Reply, World

CLOCK = re.compile(rb"\d\d:\d\d|(?<=name=\"once\" value=\")[0-9a-f-]{36}")  # and a form's own token
STATES = re.compile(rb'<footer class="page-foot">.*?</footer>', re.DOTALL)
PLACES = [
    f"/{route.path}{query}"
    for route in routes()
    if not route.kinds and not route.path.startswith(OPEN)
    for query in ("", f"?q={WORDS['others']}", f"?q={NUMBERS['others']}")
]
FOREIGN = [
    (model._meta, field.name)
    for model in admin.site._registry
    for field in model._meta.fields
    if isinstance(field, models.ForeignKey)
]


@pytest.fixture
def half(db, caplog):
    """The world of 東京本店 alone."""
    caplog.set_level("CRITICAL", "django")
    return World()


@pytest.fixture
def world(half):
    return half.add_the_others()


def timeless(reply):
    """Without the time and the state of the machine, which the start page shows."""
    return Reply(reply.status, reply.headers, CLOCK.sub(b"", STATES.sub(b"", reply.body)))


def same(world, person, method, path, data=None, **options):
    """Whether an id or word of the other branch gets the same answer as one of nothing."""
    replies = []
    for row in ("others", "missing"):
        words = {"number": NUMBERS[row], "word": WORDS[row]}
        sent = {name: str(value).format(**words) for name, value in (data or {}).items()}
        reply = world.reply(person, method, path.format(**words), sent or None, **options)
        for word in [str(word) for word in words.values()]:
            body = reply.body.replace(word.encode(), b"").replace(quote(word).encode(), b"")
            reply = Reply(reply.status, reply.headers, body)
        replies.append(timeless(reply))
    assert replies[0].status < 500
    return replies[0] == replies[1]


@pytest.mark.parametrize("person", sorted(TOKYO))
def test_the_other_branch_changes_nothing_in_lists_counts_and_figures(half, person):
    before = {place: timeless(half.reply(person, "GET", place)) for place in PLACES}

    world = half.add_the_others()

    after = {place: timeless(world.reply(person, "GET", place)) for place in PLACES}
    assert [place for place in PLACES if before[place] != after[place]] == []


def test_who_sees_the_firm_does_see_the_other_branch(half):
    places = ["/", "/customers", "/api/customers", reverse("admin:customers_holding_changelist")]
    before = [timeless(half.reply("office", "GET", place)) for place in places]

    world = half.add_the_others()

    after = [timeless(world.reply("office", "GET", place)) for place in places]
    assert [one == other for one, other in zip(before, after, strict=True)] == [False] * 4


def test_suggestions_of_every_field_know_visible_rows_only(world):
    url = reverse("admin:autocomplete")
    asked = [
        {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field, "term": t}
        for meta, field in FOREIGN
        for t in ("{word}", "{number}", "")
    ]

    assert [query for query in asked if not same(world, "manager", "get", url, query)] == []


def test_every_field_refuses_a_hidden_row_as_it_refuses_none(world):
    telling = []
    for meta, field in FOREIGN:
        start = f"admin:{meta.app_label}_{meta.model_name}"
        add, rows = reverse(f"{start}_add"), reverse(f"{start}_changelist")
        asked = [
            ("post", add, {field: "{number}"}),
            ("get", add, {field: "{number}"}),
            ("get", rows, {f"{field}__id__exact": "{number}"}),
            ("get", rows, {"adviser": "{number}"}),
        ]
        telling += [
            (meta.label, field, query)
            for method, url, query in asked
            if not same(world, "manager", method, url, query)
        ]
    assert telling == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.model_name)
def test_every_action_leaves_a_hidden_row_alone(world, model):
    meta, chosen = model._meta, {"_selected_action": "{number}", "post": "yes"}
    rows = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    actions = ["delete_selected", *(admin.site._registry[model].actions or [])]

    answers = [
        same(world, "manager", "post", rows, chosen | {"action": action}) for action in actions
    ]

    assert all(answers)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.model_name)
def test_no_other_key_opens_a_hidden_row(world, model):
    start = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    unique = [field.name for field in model._meta.fields if field.unique]

    answers = [
        same(world, "manager", "get", f"{start}{key}/change/?_to_field={field}")
        for field in unique
        for key in ("{number}", "K{number}", "R{number}", "k{number}@example.com")
    ]

    assert all(answers)


@pytest.mark.parametrize(
    ("prefix", "key"),
    [("holdings", "holding_id"), ("notes", "note_id"), ("cash_inflows", "inflow_id")],
)
def test_no_hidden_row_slips_in_below_a_customer(world, prefix, key):
    url = reverse("admin:customers_customer_change", args=[NUMBERS["own"]])
    one = {f"{prefix}-{count}_FORMS": "1" for count in ("TOTAL", "INITIAL")}

    assert same(world, "manager", "post", url, one | {f"{prefix}-0-{key}": "{number}"})


OWN = NUMBERS["own"]
SENT = {
    "adviser of a page's customer": ("post", f"/customers/{OWN}/edit", {"sales_rep": "{number}"}),
    "customer of the chat page": ("get", "/chat?customer={number}", {}),
    "conversation of the chat page": ("get", "/chat?conversation={number}", {}),
    "conversations before one": ("get", "/chat?before={number}", {}),
    "exchanges before one": (
        "get",
        f"/chat?conversation={OWN}&exchange_before={{number}}",
        {},
    ),
    "note at which a page starts": ("get", f"/customers/{OWN}/notes?at={{number}}", {}),
    "search on the chat page": ("get", "/chat?find={word}", {}),
    "search of the list": ("get", "/customers?q={word}", {}),
    "search of the API": ("get", "/api/customers?q={word}", {}),
    "adviser of the API's list": ("get", "/api/customers?sales_rep={number}", {}),
    "customer of the API's chats": ("get", "/api/chat?customer_id={number}", {}),
    "conversation of the API's chats": ("get", "/api/chat?conversation_id={number}", {}),
    "words of the API's chats": ("get", "/api/chat?q={word}", {}),
}
SENT_AS_JSON = {
    "adviser of a new customer": ("post", "/api/customers", '{"name": "x", "sales_rep_id": %s}'),
    "adviser of a customer": ("patch", f"/api/customers/{OWN}", '{"sales_rep_id": %s}'),
    "customer of a question": ("post", "/api/chat", '{"message": "x", "customer_id": %s}'),
    "conversation of a question": ("post", "/api/chat", '{"message": "x", "conversation_id": %s}'),
    "question asked again": ("post", "/api/chat", '{"message": "x", "regenerate_of": %s}'),
}


@pytest.mark.parametrize("what", SENT, ids=lambda what: what.replace(" ", "-"))
@pytest.mark.parametrize("person", ["manager", "owner"])
def test_ids_and_words_of_the_other_branch_are_those_of_nothing(world, person, what):
    method, path, data = SENT[what]

    assert same(world, person, method, path, data)


@pytest.mark.parametrize("what", SENT_AS_JSON, ids=lambda what: what.replace(" ", "-"))
@pytest.mark.parametrize("person", sorted(TOKYO))
def test_ids_in_json_of_the_other_branch_are_those_of_nothing(world, person, what):
    method, path, body = SENT_AS_JSON[what]

    replies = [
        world.reply(person, method, path, body % NUMBERS[row], content_type="application/json")
        for row in ("others", "missing")
    ]

    assert replies[0] == replies[1]
    assert replies[0].status == 400
