"""What an adviser sees when the server restarts in the middle of an answer."""

import pytest

from chat.models import ChatExchange
from tests.deploy.site import Browser
from tests.deploy.test_nginx import HEADERS, told

# django_db: pytest makes a database only for marked tests; the site commits into it by itself.
pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(scope="module")
def cut_off(site, token):
    """The last event and the exit code, of a server told to stop while it answers."""
    response = Browser(site).ask(token, "[[long:2000]]")
    pieces = response.stream(64)
    while b"event: delta" not in next(pieces):
        pass
    site.processes["gunicorn"].terminate()
    rest = b"".join(pieces).decode()
    return rest.strip().rpartition("\n\n")[2], site.processes["gunicorn"].wait(30)


def test_stream_ends_with_interrupted_when_the_server_stops(cut_off):
    last_event, exit_code = cut_off

    assert "event: interrupted" in last_event
    assert exit_code == 0


def test_interrupted_answer_is_saved_as_far_as_it_came(cut_off, sato):
    exchange = ChatExchange.objects.get(adviser=sato)

    assert (exchange.status, exchange.error_kind) == ("interrupted", "restarted")
    assert exchange.response


def test_stopped_server_shows_the_maintenance_page(cut_off, browser):
    response = browser.get("/crm/")

    assert (response.status, response.headers["Retry-After"]) == (502, "30")
    assert "ただいま準備中です" in response.data.decode()
    assert told(response) == HEADERS


def test_form_sent_to_a_stopped_server_is_not_said_to_be_saved(cut_off, browser):
    response = browser.post("/crm/customers/new", {"name": "伊藤"})

    page = response.data.decode()
    assert (response.status, "保存されていないことがあります" in page) == (502, True)
    assert 'http-equiv="refresh"' not in page
    assert told(response) == HEADERS


@pytest.mark.parametrize("path", ["/crm/api/customers", "/crm/api/chat"])
def test_api_of_a_stopped_server_is_a_problem_in_japanese(cut_off, browser, path):
    response = browser.request("POST", path, {"Content-Type": "application/json"}, body="{}")

    assert (response.status, response.headers["Retry-After"]) == (503, "5")
    assert response.json()["title"] == "ただいま準備中です"
    assert told(response) == HEADERS
