"""No word about a customer in any log: a marked one goes through every door, and every log is read."""

import json
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from tests.deploy.conftest import PASSWORD
from tests.deploy.site import ROOT, Browser, Site

pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

CANARY = {
    "name": "金糸雀太郎",
    "name_kana": "カナリアタロウ",
    "phone": "03-7777-1234",
    "email": "kanaria@example.jp",
    "address": "東京都千代田区金糸雀1-2-3",
}
NEW = "/crm" + reverse("customers:create")
LIST = "/crm" + reverse("customers:list")
ADMIN = "/crm" + reverse("admin:customers_customer_changelist")
API = "/crm/api/customers"


def connected():
    database = connection.settings_dict
    names = {
        "host": "HOST",
        "port": "PORT",
        "user": "USER",
        "password": "PASSWORD",
        "dbname": "NAME",
    }
    known = {name: database[key] for name, key in names.items() if database[key]}
    return psycopg.connect(**known, autocommit=True)


@pytest.fixture(scope="module")
def quiet_postgres(django_db_setup, django_db_blocker):
    """The role as deploy/ sets it up; yields the log of the server."""
    log = Path(connection.settings_dict["HOST"], "log")
    if not log.is_file():
        pytest.skip("PostgreSQL was given by DATABASE_URL: its log is not ours to read")
    with connected() as server:
        server.execute((ROOT / "deploy/postgresql/private-logs.sql").read_text())
    return log


@pytest.fixture(scope="module")
def site(tmp_path_factory, sato, model_url, quiet_postgres):
    folder = tmp_path_factory.mktemp("canary")
    loud = {"REQUIRE_MFA": "0", "SLOW_QUERY_SECONDS": "0", "SLOW_VIEW_SECONDS": "0"}
    with Site(folder, model_url, **loud).running() as site:
        yield site


@pytest.fixture(scope="module")
def flown(site, token, sato):
    """The canary has been everywhere, where it is taken and where it is refused."""
    browser = Browser(site)
    browser.log_in("NG001", PASSWORD)
    key = {"csrfmiddlewaretoken": browser.cookies["wealthai_csrf"]}
    browser.post(NEW, CANARY | key | {"risk_tolerance": CANARY["name"]})
    for place in (LIST, ADMIN, f"/crm/{quote(CANARY['name'])}"):
        for value in CANARY.values():
            browser.get(f"{place}?{urlencode({'q': value})}")
    browser.post(f"{NEW}?{urlencode(CANARY)}", {"notes": CANARY["name"] * 300_000})
    by_api(browser, token, sato)
    return site


def by_api(browser, token, sato):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    saved = CANARY | {"customer_code": "KANARIA-7", "primary_rep": sato.rep_code}
    for body in (saved, saved, CANARY | {"birth_date": CANARY["name"]}, {CANARY["name"]: 1}):
        browser.request("POST", API, headers, body=json.dumps(body))
    browser.request("POST", API, headers, body="{" + CANARY["name"])
    for fault in ("", "[[badshape]]", "[[throttle]]", "[[drop]]", "[[nocount]]"):
        browser.ask(token, f"{CANARY['name']}様（{CANARY['phone']}）の残高は？{fault}").read()


def lines_of(site, file):
    return [json.loads(line) for line in (site.folder / file).read_text().splitlines()]


def told(log):
    """The log with every way to write a character undone that hides a name from `in`."""
    escaped = log.encode("ascii", "backslashreplace").decode()
    return log + escaped.encode().decode("unicode_escape", "replace")


@pytest.mark.parametrize("field", CANARY)
def test_no_log_of_the_site_names_the_customer(flown, field):
    log = told(flown.log())

    assert [form for form in (CANARY[field], quote(CANARY[field])) if form in log] == []


def test_every_line_of_gunicorn_is_json_with_its_request(flown):
    lines = lines_of(flown, "gunicorn.out")

    of_requests = [line for line in lines if line["message"] in {"request", "slow view", "answer"}]
    assert {line["message"] for line in of_requests} == {"request", "slow view", "answer"}
    assert all(line["request_id"] for line in of_requests)


def test_one_number_leads_from_nginx_to_the_call_of_the_model(flown):
    answers = [line for line in lines_of(flown, "gunicorn.out") if line["message"] == "answer"]
    numbers = {line["request_id"] for line in answers}

    assert [len(answers), len(numbers)] == [5, 5]
    assert all(call["model"] for line in answers for call in line["calls"])
    assert numbers <= {line["request_id"] for line in lines_of(flown, "wealthai-crm.log")}


def test_log_of_postgresql_quotes_no_failed_statement(quiet_postgres):
    with connected() as server, pytest.raises(psycopg.Error):
        server.execute(b"SELECT '%s'::integer" % CANARY["name"].encode())

    assert CANARY["name"] not in quiet_postgres.read_text()
