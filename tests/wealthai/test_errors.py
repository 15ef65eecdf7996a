import re
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.test import Client, RequestFactory
from django.urls import path, set_script_prefix

from wealthai import views
from wealthai.urls import handler400, handler403, handler404, handler500  # noqa: F401
from wealthai.urls import urlpatterns as pages


def fail(request):
    raise RuntimeError("secret detail")


def refuse(request):
    raise BadRequest("secret detail")


urlpatterns = [path("fail", fail), path("api/fail", fail), path("refuse", refuse), *pages]
broken = pytest.mark.urls("tests.wealthai.test_errors")


@pytest.fixture
def prefix():
    set_script_prefix("/crm/")
    yield
    set_script_prefix("/")


@pytest.fixture
def browser(db):
    return Client(raise_request_exception=False)


def test_missing_page_within_the_shell_for_people(page):
    response = page.get("/nowhere")

    assert response.status_code == 404
    assert response.context["layout"] == "base.html"
    assert "<h1>ページが見つかりません</h1>" in response.text
    assert response.headers["X-Request-ID"] in response.text


def test_missing_page_without_the_shell_for_strangers(browser):
    response = browser.get("/nowhere")

    assert response.context["layout"] == "entry.html"
    assert "ページが見つかりません" in response.text


def test_missing_path_of_the_api_is_a_problem(browser):
    response = browser.get("/api/nowhere")

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "ページが見つかりません"


@broken
def test_failure_says_what_is_safe_and_nothing_inner(browser):
    response = browser.get("/fail", headers={"X-Request-ID": "0123456789abcdef"})

    assert response.status_code == 500
    assert "保存済みの記録はそのままです" in response.text
    assert "<code>0123456789abcdef</code>" in response.text
    assert "secret detail" not in response.text


@broken
def test_failure_of_the_api_is_a_problem(browser):
    response = browser.get("/api/fail")

    assert response.json()["status"] == 500
    assert "secret detail" not in response.text


@broken
def test_unreadable_request_gets_the_400_page(browser):
    response = browser.get("/refuse")

    assert response.status_code == 400
    assert "送られた内容を読み取れませんでした" in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login",
        "/customers/new",
        "/admin/customers/customer/add/",
        "/customers/1/notes/new",
    ],
)
@pytest.mark.parametrize("fields", [{"a": "a" * 2**21}, {f"a{n}": "" for n in range(10_001)}])
def test_form_too_large_says_what_to_do(db, path, fields):
    client = Client(enforce_csrf_checks=True)
    client.cookies["wealthai_csrf"] = "a" * 32

    response = client.post(path, urlencode(fields), "application/x-www-form-urlencoded")

    assert response.status_code == 413
    assert "<h1>送られた内容が大きすぎます</h1>" in response.text


def test_500_page_needs_no_database_session_or_person():
    """No db mark: a query would fail this test. RequestFactory gives neither session nor user."""
    response = views.server_error(RequestFactory().get("/customers"))

    assert response.status_code == 500
    assert "画面を表示できませんでした" in response.content.decode()


def test_foreign_form_gets_the_expired_page(tanaka):
    client = Client(enforce_csrf_checks=True)
    client.force_login(tanaka)

    response = client.post("/accounts/logout")

    assert response.status_code == 403
    assert "<h1>画面の有効期限が切れました</h1>" in response.text


@pytest.mark.parametrize("path", ["/nowhere", "/accounts/2fa", "/accounts/logout"])
def test_error_and_account_pages_work_under_a_prefix(page, prefix, path):
    html = page.get(path).text

    links = re.findall(r'<a [^>]*href="([^"#]+)|<form [^>]*action="([^"]+)', html)
    assert links
    assert [pair for pair in links if not "".join(pair).startswith("/crm/")] == []
