"""wealthai/logs.py: one line of JSON for each event, with nothing about a person in it."""

import json
import logging
import sys
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from customers.models import Customer
from wealthai import logs

CANARY = "金糸雀 太郎"


def written(message="happened", *, error=None, **fields):
    record = logging.LogRecord("wealthai.x", logging.WARNING, "", 1, message, (), None)
    record.exc_info = error and (type(error), error, error.__traceback__)
    record.fields = fields
    return json.loads(logs.JsonFormatter().format(record))


def raised(act):
    try:
        act()
    except Exception as error:  # noqa: BLE001 — whatever it is, it is described
        return error


def test_line_carries_the_number_of_the_request():
    logs.current_request_id.set("nginx-4711")

    line = written(view="customers:list", seconds=2.5)

    assert {name: line[name] for name in ("message", "request_id", "view", "seconds")} == {
        "message": "happened", "request_id": "nginx-4711", "view": "customers:list", "seconds": 2.5,
    }  # fmt: skip


def test_error_is_named_by_its_kind_and_place_and_not_by_its_text():
    line = written(error=raised(lambda: int(CANARY)))

    assert CANARY not in json.dumps(line, ensure_ascii=False)
    assert line["errors"][0]["kind"] == "builtins.ValueError"
    assert __file__ in line["errors"][0]["at"][-1]


def test_error_is_told_with_what_led_to_it():
    def act():
        try:
            int(CANARY)
        except ValueError as error:
            raise LookupError(CANARY) from error

    kinds = [error["kind"] for error in written(error=raised(act))["errors"]]

    assert kinds == ["builtins.LookupError", "builtins.ValueError"]


@pytest.mark.postgres
def test_error_of_the_database_is_told_by_its_code_and_rule(db):
    def act():
        with connection.cursor() as cursor, transaction.atomic():
            insert = "INSERT INTO customers (name, customer_code) VALUES (%s, %s)"
            cursor.executemany(insert, [(CANARY, CANARY), (CANARY, CANARY)])

    line = written(error=raised(act))

    assert CANARY not in json.dumps(line, ensure_ascii=False)
    assert line["errors"][-1]["sqlstate"] == "23505"


@override_settings(SLOW_QUERY_SECONDS=0)
def test_slow_query_is_named_without_its_values(db, caplog):
    list(Customer.objects.filter(name=CANARY))

    (named,) = [record.fields["sql"] for record in caplog.records if record.msg == "slow query"]
    assert named.startswith("SELECT ")
    assert CANARY not in named


@override_settings(SLOW_QUERY_SECONDS=0)
def test_slow_query_that_fails_is_named_too(db, caplog):
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")

    assert [record.fields["sql"] for record in caplog.records] == ["SELECT nothing FROM nowhere"]


@override_settings(SLOW_VIEW_SECONDS=0)
def test_slow_page_is_named_by_its_view(client, db, caplog):
    client.get(f"/customers/1?q={CANARY}")

    (fields,) = [record.fields for record in caplog.records if record.msg == "slow view"]
    assert (fields["view"], fields["status"]) == ("customers:detail", 302)


def test_terminal_is_told_the_fields_in_plain_words(monkeypatch):
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: True))
    record = logging.LogRecord("x", logging.INFO, "", 1, "request", (), None)
    record.fields = {"status": 200}

    assert logs.formatter().format(record).endswith(" INFO x request status=200")
