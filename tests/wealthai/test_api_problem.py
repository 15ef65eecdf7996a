import json
import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from django.http import Http404
from django.test import Client
from django.utils.functional import SimpleLazyObject
from rest_framework import exceptions

from customers.models import Adviser
from wealthai import api, views
from wealthai.api.problems import TEXTS

JAPANESE = re.compile("[ぁ-んァ-ン一-龥]")
RAISED = {
    "django-404": (Http404("No Customer matches"), 404),
    "django-403": (PermissionDenied("secret"), 403),
    "django-too-big": (RequestDataTooBig("Request body exceeded"), 413),
    "django-suspicious": (SuspiciousOperation("Invalid"), 400),
    "database-away": (OperationalError("SELECT 1 FROM customers"), 503),
    "parse": (exceptions.ParseError(), 400),
    "authentication": (exceptions.AuthenticationFailed(), 401),
    "no-sign-in": (exceptions.NotAuthenticated(), 401),
    "not-allowed": (exceptions.PermissionDenied(), 403),
    "method": (exceptions.MethodNotAllowed("TRACE"), 405),
    "accept": (exceptions.NotAcceptable(), 406),
    "media-type": (exceptions.UnsupportedMediaType("text/xml"), 415),
    "throttled": (exceptions.Throttled(wait=7), 429),
    "conflict": (api.Conflict(), 409),
    "stale": (api.PreconditionFailed(current={}), 412),
    "no-if-match": (api.PreconditionRequired(), 428),
    "unprocessable": (api.Unprocessable(), 422),
    "unavailable": (api.Unavailable(), 503),
}


@pytest.fixture
def answer(rf):
    request = rf.get("/api/customers")
    request.request_id = "abcd1234"

    def problem_of(exc):
        return api.problem_response(exc, {"request": request})

    return problem_of


@pytest.mark.parametrize(("exc", "status"), RAISED.values(), ids=RAISED)
def test_problem_is_told_in_japanese_without_the_cause(answer, exc, status):
    response = answer(exc)
    body = json.loads(response.content)

    assert (response.status_code, body["status"], body["request_id"]) == (
        status,
        status,
        "abcd1234",
    )
    assert (body["title"], body["detail"]) == TEXTS[status]
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("status", TEXTS)
def test_problem_texts_name_the_next_step(status):
    title, detail = TEXTS[status]

    assert JAPANESE.search(title)
    assert detail.endswith(("ください。", "にあります。"))


def test_problem_says_when_to_come_back(answer):
    waits = [answer(exc)["Retry-After"] for exc in (exceptions.Throttled(wait=7), api.Conflict())]

    assert waits == ["7", "1"]


def test_problem_of_a_stale_version_carries_the_current_row(answer):
    response = answer(api.PreconditionFailed(current={"name": "伊藤"}))

    assert json.loads(response.content)["current"] == {"name": "伊藤"}


def test_problem_of_own_words_keeps_them(answer):
    response = answer(api.Unavailable("AIが混み合っています。", retry_after=30, kind="throttled"))
    body = json.loads(response.content)

    assert (body["detail"], body["kind"]) == ("AIが混み合っています。", "throttled")
    assert response["Retry-After"] == "30"


@pytest.mark.parametrize(
    ("detail", "errors"),
    [
        ({"name": ["必須です。"]}, {"name": ["必須です。"]}),
        ({"a": {"b": ["深い。"]}}, {"a.b": ["深い。"]}),
        ({"non_field_errors": ["合いません。"]}, {"body": ["合いません。"]}),
        (["読めません。"], {"body": ["読めません。"]}),
    ],
    ids=["field", "nested", "whole", "list"],
)
def test_problem_lists_errors_by_field(answer, detail, errors):
    assert json.loads(answer(exceptions.ValidationError(detail)).content)["errors"] == errors


def test_problem_of_a_model_rule_lists_errors_by_field(answer):
    response = answer(ModelError({"email": ["使われています。"]}))

    assert json.loads(response.content)["errors"] == {"email": ["使われています。"]}


def test_problem_leaves_the_unforeseen_to_the_500_page(answer):
    assert answer(KeyError("x")) is None


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError("gone"), 503), (KeyError("x"), 500)], ids=ascii
)
def test_problem_outside_of_an_endpoint_tells_an_absent_database_apart(rf, error, status):
    try:
        raise error
    except type(error):
        response = views.server_error(rf.get("/api/customers"))

    assert (response.status_code, json.loads(response.content)["status"]) == (status, status)
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)


def test_page_of_an_absent_database_asks_it_nothing(rf):
    """Without the `db` fixture, any query fails the test."""
    request = rf.get("/customers")
    request.user = SimpleLazyObject(Adviser.objects.get)
    request.session = SessionStore("abc")
    try:
        raise OperationalError
    except OperationalError:
        response = views.server_error(request)

    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_api_without_sign_in_is_401(client, db):
    response = client.get("/api/customers")

    assert (response.status_code, response.json()["status"]) == (401, 401)
    assert response["WWW-Authenticate"] == "Bearer"


def test_api_with_a_wrong_method_is_405_and_names_the_right_ones(api):
    response = api.delete("/api/customers")

    assert (response.status_code, response["Allow"]) == (405, "GET, POST, HEAD, OPTIONS")


def test_api_session_without_csrf_token_is_403(tanaka):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tanaka)

    response = browser.post("/api/customers", {"name": "大野"}, content_type="application/json")

    assert response.status_code == 403
    assert "再読み込み" in response.json()["detail"]


def test_api_of_an_unknown_path_is_a_problem(api):
    response = api.get("/api/nothing-here")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_api_refuses_to_answer_in_another_format(api):
    assert api.get("/api/customers", headers={"Accept": "text/html"}).status_code == 406
