"""No cache keeps what a signed-in person saw, and nothing of it outlives log-out in the browser."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from knox.models import AuthToken

from tests.factories import HoldingFactory
from wealthai import views
from wealthai.middleware import PrivateMiddleware

LOG_OUT = ["account_logout", "admin:logout"]


@pytest.mark.parametrize(
    "path", ["/", "/customers", "/chat", "/tasks", "/api/customers", "/api/schema", "/nowhere"]
)
def test_answer_to_who_is_signed_in_is_kept_by_nobody(page, path):
    assert "no-store" in page.get(path).headers["Cache-Control"]


def test_record_form_and_dialog_are_kept_by_nobody(page, ito):
    dialog = reverse("customers:holding-update", args=[HoldingFactory(customer=ito).pk])
    urls = [ito.get_absolute_url(), reverse("customers:update", args=[ito.pk]), dialog]

    assert {page.get(url).headers["Cache-Control"] for url in urls} == {"no-store"}


def test_answer_to_a_token_is_kept_by_nobody(tanaka):
    token = AuthToken.objects.create(tanaka)[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})

    assert client.get("/api/chat").headers["Cache-Control"] == "no-store"


def test_what_a_view_says_itself_stands(page):
    assert page.get("/healthz").headers["Cache-Control"].startswith("max-age=0")


def test_file_of_the_site_may_be_kept(page):
    file = page.get("/static/css/wealthai.css")
    file.close()

    assert (file.status_code, "no-store" in file.headers["Cache-Control"]) == (200, False)


def test_failure_asks_for_nobody():
    """No db mark: a query would fail this test, and so would a look at the missing user."""
    failure = PrivateMiddleware(views.server_error)(RequestFactory().get("/customers"))

    assert (failure.status_code, failure.headers["Cache-Control"]) == (500, "no-store")


@pytest.mark.parametrize("name", LOG_OUT)
def test_log_out_empties_the_cache(client, office, name):
    client.force_login(office)

    assert client.post(reverse(name)).headers["Clear-Site-Data"] == '"cache"'


def test_question_before_log_out_empties_nothing(page):
    assert "Clear-Site-Data" not in page.get(reverse("account_logout")).headers


def test_public_page_is_for_anybody(client, db):
    assert "Clear-Site-Data" not in client.get(reverse("account_login")).headers
