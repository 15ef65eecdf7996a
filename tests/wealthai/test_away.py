"""A real gunicorn whose database cannot be reached, or keeps it waiting."""

import json

import pytest
from django.db import connection, transaction

from tests.server import Server, bearer

pytestmark = pytest.mark.postgres

NOWHERE = "postgres://nobody@127.0.0.1:1/nothing"
SESSION = {"Cookie": f"wealthai_session={'a' * 32}"}
TOKEN = {"Authorization": f"Bearer {'a' * 64}", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def cut_off():
    with Server(DATABASE_URL=NOWHERE, BEDROCK_ENDPOINT_URL="", WEB_WORKERS="1") as server:
        yield server


def test_server_lives_and_is_not_ready_without_its_database(cut_off):
    found = {path: cut_off.get(path).status for path in ("/healthz", "/readyz")}

    assert found == {"/healthz": 200, "/readyz": 503}


def test_page_without_a_database_says_so_and_when_to_come_back(cut_off):
    response = cut_off.get("/customers", **SESSION)

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert "<h1>ただいま応答できません</h1>" in response.read().decode()


def test_state_without_a_database_is_told_as_far_as_it_is_known(cut_off):
    response = cut_off.get("/status", **SESSION)

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert "いまは読めません" in response.read().decode()


def test_question_without_a_database_is_a_problem_in_japanese(cut_off):
    response = cut_off.request("POST", "/api/chat", {"message": "要点は？"}, **TOKEN)

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert json.loads(response.read())["title"] == "ただいま応答できません"


@pytest.mark.django_db(transaction=True)
def test_page_of_a_locked_table_is_given_up_after_its_time(tanaka):
    caller = bearer(tanaka)
    settings = {"WEB_WORKERS": "1", "BEDROCK_ENDPOINT_URL": "", "LOCK_SECONDS": "1"}
    with Server(**settings) as server, transaction.atomic():
        connection.cursor().execute("LOCK TABLE customers")
        response = server.get("/api/customers", **caller)

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
