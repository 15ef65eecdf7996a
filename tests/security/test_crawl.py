"""What holds for every page of the site, whoever asks for it."""

import re

import pytest

from tests.scope import METHODS, routes
from tests.scope_tables import OPEN

# pytest makes a database only for marked tests; the crawl's is one for the whole file.
pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r'\s(?:src|href|action|formaction|poster|srcset|data)="([^"]*)"')
INLINE = re.compile(r'<script(?![^>]*\ssrc=)|<style\b|\sstyle="|\son[a-z]+="|javascript:')
# Who looked at what, how often, and that the session goes on.
LEFT_BY_READING = {"access_records", "access_record_customers", "rate_buckets", "django_session"}
POLICY = frozenset(
    ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"]
    + ["frame-ancestors 'none'"]
)
ORIGINS = {
    "null": "null",
    "foreign": "https://evil.example",
    "suffix": "https://testserver.evil.example",
    "prefix": "https://eviltestserver",
    "plain-http": "http://testserver",
    "other-port": "https://testserver:8443",
}


def in_api(route):
    return route.path.startswith("api/")


def wrong(pages, is_right):
    return [str(page) for page in pages if not is_right(page)]


def test_crawl_reaches_every_page_as_its_people_see_it(crawl):
    seen = {page.route.name for page in crawl.pages if page.status == 200}
    html = [page for page in crawl.pages if page.status == 200 and page.is_html]

    assert len(crawl.pages) > 350
    assert len(seen) > 120
    assert len(html) > 130


def test_no_page_fails(crawl):
    assert wrong(crawl.pages, lambda page: page.status < 500) == []


@pytest.mark.parametrize(
    ("header", "value"),
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    }.items(),
)
def test_every_answer_has_the_header(crawl, header, value):
    assert wrong(crawl.pages, lambda page: page.headers.get(header) == value) == []


def test_every_answer_has_the_policy(crawl):
    """The pages of the API's documentation may also show pictures that stand within them."""
    policies = {
        frozenset(page.headers["Content-Security-Policy"].split("; ")) for page in crawl.pages
    }

    assert policies == {POLICY, POLICY | {"img-src 'self' data:"}}


def test_what_a_signed_in_person_sees_is_kept_nowhere(crawl):
    theirs = [page for page in crawl.pages if page.person != "anonymous"]

    assert wrong(theirs, lambda page: "no-store" in page.headers.get("Cache-Control", "")) == []


def test_every_cookie_is_for_tls_and_no_script_reads_it(crawl):
    flags = {"Secure", "HttpOnly", "SameSite=Lax"}
    cookies = {cookie for page in crawl.pages for cookie in page.cookies}

    assert len(cookies) > 50
    assert [cookie for cookie in cookies if not flags <= set(cookie.split("; "))] == []


def test_no_page_asks_another_site_for_anything(crawl):
    foreign = {
        (page.route.name, address)
        for page in crawl.pages
        if page.is_html
        for address in ADDRESS.findall(page.body)
        if address.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", address, re.IGNORECASE)
    }

    assert {each for each in foreign if not each[1].startswith(("mailto:", "tel:"))} == set()


def test_no_page_has_script_or_style_within_it(crawl):
    html = [page for page in crawl.pages if page.is_html]

    assert wrong(html, lambda page: not INLINE.search(page.body)) == []


def test_reading_changes_nothing_but_the_record_of_reading(crawl):
    assert wrong(crawl.pages, lambda page: page.written <= LEFT_BY_READING) == []


def test_no_page_speaks_of_the_machine(crawl):
    told = {"Server", "X-Powered-By", "Via"}

    assert wrong(crawl.pages, lambda page: not told & page.headers.keys()) == []


def test_data_is_never_taken_for_a_page(crawl):
    data = [page for page in crawl.pages if page.route.in_api]

    assert wrong(data, lambda page: "html" not in page.headers.get("Content-Type", "")) == []


# --- Other ways of asking -------------------------------------------------------------------
@pytest.mark.parametrize("sent", ["/customers?q=%00", "/customers/%ff"], ids=["query", "path"])
def test_unreadable_request_is_answered_with_the_same_headers(crawl, sent):
    path, _, query = sent.partition("?")
    answer = crawl.world.people["owner"].get(f"{path}?{query}", secure=True)

    assert answer.status_code == 400
    assert {"X-Content-Type-Options", "Content-Security-Policy"} <= answer.headers.keys()


def test_foreign_host_is_refused_everywhere(crawl):
    pages = [crawl.ask("owner", route, HTTP_HOST="evil.example") for route in routes()]

    assert wrong(pages, lambda page: page.status == 400) == []


def test_plain_http_is_sent_to_tls_everywhere_but_at_the_probes(crawl):
    pages = [crawl.ask("owner", route, secure=False) for route in routes()]

    probes = {page.route.name for page in pages if page.status != 301}
    assert probes == {"healthz", "readyz", "metrics"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_page_knows_reading_and_sending_only(crawl, method):
    pages = [crawl.ask("administrator", route, method) for route in routes() if not in_api(route)]

    assert wrong(pages, lambda page: page.status == 405) == []


def test_page_that_is_only_read_takes_no_form(crawl):
    read = [route for route in routes() if route.takes("POST") is False and not in_api(route)]
    pages = [crawl.ask("administrator", route, "POST") for route in read]

    assert wrong(pages, lambda page: page.status in (403, 404, 405)) == []


def test_endpoint_knows_its_own_methods_only(crawl):
    asked = [
        (route, method)
        for route in routes()
        for method in [*METHODS, "TRACE", "PROPFIND"]
        if route.in_api and route.takes(method) is False
    ]
    pages = [crawl.ask("owner's token", route, method) for route, method in asked]

    assert len(pages) > 30
    assert wrong(pages, lambda page: page.status == 405) == []


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_no_other_origin_may_read_anything(crawl, origin):
    data = [route for route in routes() if in_api(route)]
    asked = {"HTTP_ORIGIN": origin, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT"}
    methods = ["GET", "OPTIONS"]
    pages = [crawl.ask("owner", route, method, **asked) for route in data for method in methods]

    assert [str(page) for page in pages if any("Access-Control" in h for h in page.headers)] == []


def test_form_of_another_site_is_refused_everywhere(crawl):
    client = crawl.world.people["administrator"]
    client.handler.enforce_csrf_checks = True
    pages = [crawl.ask("administrator", route, "POST") for route in routes()]
    client.handler.enforce_csrf_checks = False

    assert wrong(pages, lambda page: page.status in (403, 404, 405)) == []
    assert wrong(pages, lambda page: page.written <= {"django_session"}) == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_of_another_site_can_send_is_no_json(crawl, kind):
    body = '{"name": "x", "message": "x"}'
    data = [one for one in routes() if one.in_api and one.takes("POST") and one.act != "stop"]
    pages = [
        crawl.ask("owner's token", route, "POST", data=body, content_type=kind) for route in data
    ]

    assert wrong(pages, lambda page: page.status in (405, 415)) == []


def test_what_is_open_to_anybody_is_listed_here(crawl):
    opened = {
        page.route.path for page in crawl.pages if page.person == "anonymous" and page.status == 200
    }

    assert [path for path in sorted(opened) if not path.startswith(OPEN)] == []
