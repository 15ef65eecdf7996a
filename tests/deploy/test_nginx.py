"""The site as it is shipped: prefix, TLS, headers, streams, what stays inside."""

import json
import re
import time

import pytest
import urllib3
from django.urls import reverse

from tests.deploy.conftest import PASSWORD
from tests.deploy.site import HOST
from wealthai import limits
from wealthai.models import RateBucket

# django_db: pytest makes a database only for marked tests; the site commits into it by itself.
pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

LOGIN = "/crm" + reverse("account_login")


HEADERS = [["max-age=31536000; includeSubDomains; preload"], ["nosniff"]]


def told(answer):
    names = ("Strict-Transport-Security", "X-Content-Type-Options")
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    return [answer.headers.getlist(name) for name in names]


def over_http(site, path, port=None, **headers):
    http = urllib3.HTTPConnectionPool("127.0.0.1", port or site.http, retries=False, timeout=30)
    return http.request("GET", path, headers={"Host": HOST} | headers, redirect=False)


def test_login_page_answers_below_the_prefix(browser):
    response = browser.get(LOGIN)

    assert response.status == 200
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_every_link_of_the_login_page_has_the_prefix_and_answers(browser):
    page = browser.get(LOGIN).data.decode()

    links = {link.partition("#")[0] for link in re.findall(r'(?:href|src)="([^"]+)"', page)}

    assert {link: browser.get(link).status for link in links - {""}} == dict.fromkeys(
        links - {""}, 200
    )
    assert all(link.startswith("/crm/") for link in links - {""})


def test_static_file_is_kept_for_a_year_and_sent_small(site, browser):
    names = json.loads((site.folder / "staticfiles/staticfiles.json").read_text())["paths"]
    link = f"/crm/static/{names['css/wealthai.css']}"

    headers = browser.request("GET", link, {"Accept-Encoding": "gzip"}).headers

    assert headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert headers["Content-Encoding"] == "gzip"


def test_login_works_and_leads_to_the_second_factor(browser):
    response = browser.log_in("NG001", PASSWORD)

    assert (response.status, response.headers["Location"]) == (302, "/crm/")
    assert browser.get("/crm/").headers["Location"] == "/crm" + reverse("mfa_activate_totp")


def test_session_cookie_is_kept_to_the_prefix_and_to_tls(browser):
    cookies = browser.log_in("NG001", PASSWORD).headers.getlist("Set-Cookie")

    session = next(line for line in cookies if line.startswith("wealthai_session="))
    assert {"Secure", "HttpOnly", "Path=/crm/"} <= {part.strip() for part in session.split(";")}


def test_wrong_password_shows_the_form_again(browser):
    assert browser.log_in("NG001", "wrong-wrong-wrong").status == 200


@pytest.mark.parametrize("path", ["/crm/", "/", "/crm/customers?q=%E4%BC%8A%E8%97%A4"])
def test_plain_http_is_sent_to_tls(site, path):
    response = over_http(site, path)

    assert (response.status, response.headers["Location"]) == (301, f"https://{HOST}{path}")


@pytest.mark.parametrize(
    "path",
    ["/", "/crm", "/crm/metrics", "/elsewhere", "/crm/static/nothing", LOGIN, "/crm/nothing"],
)
def test_answer_of_nginx_or_of_the_application_has_the_headers_once(browser, path):
    assert told(browser.get(path)) == HEADERS


@pytest.mark.parametrize("path", [LOGIN, "/crm/api/customers", "/crm/api/chat"])
def test_refusal_of_a_large_body_has_the_headers_once(browser, path):
    assert told(browser.request("POST", path, {}, body=b"a" * 4_000_000)) == HEADERS


def test_pages_of_nginx_load_nothing(browser):
    policy = browser.get("/elsewhere").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/", "/crm"])
def test_bare_addresses_lead_to_the_start(browser, path):
    assert browser.get(path).headers["Location"] == f"https://{HOST}/crm/"


def test_foreign_host_gets_no_answer(site, browser):
    with pytest.raises(urllib3.exceptions.ProtocolError):
        browser.get(LOGIN, Host="evil.example")
    with pytest.raises(urllib3.exceptions.ProtocolError):
        over_http(site, "/", Host="evil.example")


def test_metrics_stay_on_the_machine(site, browser):
    outside = browser.get("/crm/metrics")
    inside = over_http(site, "/metrics", port=site.local)

    assert (outside.status, inside.status) == (404, 200)
    assert "wealthai_requests_total" in inside.data.decode()


def test_forged_address_does_not_reach_the_application(site, browser):
    forged = {"X-Real-IP": "203.0.113.9", "X-Forwarded-Proto": "http", "X_Real_IP": "203.0.113.9"}

    assert browser.request("GET", LOGIN, forged).status == 200
    assert over_http(site, "/metrics", port=site.local, **forged).status == 200


def test_forged_address_is_neither_counted_nor_logged(site, browser, settings):
    settings.SECRET_KEY = site.environment["SECRET_KEY"]
    told = dict.fromkeys(["X-Real-IP", "X-Forwarded-For", "Client-IP"], "203.0.113.77")
    told["Forwarded"] = "for=203.0.113.77"
    browser.get(LOGIN)
    key = {"csrfmiddlewaretoken": browser.cookies["wealthai_csrf"]}

    browser.post(LOGIN, key | {"login": "SR404", "password": "wrong-wrong"}, **told)

    buckets = {
        one: limits.key_of("login-failed-from", [one]) for one in ("127.0.0.1", "203.0.113.77")
    }
    kept = set(RateBucket.objects.values_list("key", flat=True))
    assert [one for one, key in buckets.items() if key in kept] == ["127.0.0.1"]
    assert '"address":"127.0.0.1"' in site.log()
    assert "203.0.113.77" not in site.log()


def test_trace_is_refused(browser):
    assert browser.request("TRACE", LOGIN, {}).status == 405


@pytest.mark.parametrize("size", [2_500_000, 4_000_000], ids=["application", "nginx"])
def test_large_body_gets_the_same_answer_from_both(browser, token, size):
    body = json.dumps({"name": "あ" * (size // 3)}, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    response = browser.request("POST", "/crm/api/customers", headers, body=body)

    assert response.status == 413
    assert json.loads(response.data)["status"] == 413
    assert response.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("size", [2_500_000, 4_000_000], ids=["application", "nginx"])
def test_large_form_gets_a_page_from_both(browser, size):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    browser.get(LOGIN)

    response = browser.request("POST", LOGIN, headers, body=b"login=" + b"a" * size)

    assert response.status == 413
    assert "<h1>送られた内容が大きすぎます</h1>" in response.data.decode()


def test_answer_streams_through_nginx_piece_by_piece(browser, token):
    response = browser.ask(token, "[[long:20]]")

    times = [time.monotonic() for _ in response.stream(64)]

    assert response.status == 200
    assert times[-1] - times[0] > 0.5


def test_logs_hold_no_query_strings(site, browser):
    browser.get(f"{LOGIN}?q=canary-in-the-query")

    assert "canary-in-the-query" not in site.log()


def test_line_break_in_a_path_forges_no_log_line(site, browser):
    browser.get("/crm/nothing%0Aforged-line%20GET%20/")

    assert [line for line in site.log().splitlines() if line.startswith("forged-line")] == []
