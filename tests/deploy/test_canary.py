"""No word about a customer in any log: a marked one goes through every door, and every log is read."""

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from customers.roles import Role
from tests.customers.original import FILES, changed, write_files
from tests.customers.test_admin_form import NO_ROWS
from tests.deploy.conftest import PASSWORD
from tests.deploy.site import HOST, ROOT, Browser, Site
from tests.emptying import Emptier
from tests.factories import AdviserFactory

pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

CANARY = {
    "name": "金糸雀太郎",
    "name_kana": "カナリアタロウ",
    "phone": "03-7777-1234",
    "email": "kanaria@example.jp",
    "address": "東京都千代田区金糸雀1-2-3",
}
INFLOW = {
    "source_type": "bonus",
    "predicted_amount": "100",
    "predicted_date": "2027-01-15",
    "confidence_level": "high",
    "status": "predicted",
}
PAGES = ["create", "edit", "contact", "note", "correction", "task", "inflow", "archive", "restore"]
# An address that is taken, a product that nobody sells and a reset where no mail is sent are refused; the rest
# is stored.
TAKEN = {
    "away": 502,
    "reset": 200,
    "POST": 201,
    "POST again": 400,
    "PATCH": 200,
    "PUT": 200,
    "holding": 200,
    "export": 200,
}
TAKEN |= dict.fromkeys([*PAGES, "bulk edit", "undo", "hand over", "admin"], 302)
NEW = "/crm" + reverse("customers:create")
LIST = "/crm" + reverse("customers:list")
ADMIN = "/crm" + reverse("admin:customers_customer_changelist")
API = "/crm/api/customers"
RESET = "/crm" + reverse("account_reset_password")
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


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
def office(sato, django_db_blocker):
    with django_db_blocker.unblock():
        person = AdviserFactory(
            rep_code="NG002", is_staff=True, role=Role.BACK_OFFICE, password=sato.password
        )
        connection.close()
    yield person
    with django_db_blocker.unblock():
        Emptier().empty()
        connection.close()


@pytest.fixture(scope="module")
def flown(site, token, office, sato):
    """The canary has been everywhere, where it is taken and where it is refused."""
    browser = Browser(site)
    browser.log_in("NG002", PASSWORD)
    key = {"csrfmiddlewaretoken": browser.cookies["wealthai_csrf"]}
    browser.post(NEW, CANARY | key | {"risk_tolerance": CANARY["name"]})
    for place in (LIST, ADMIN, f"/crm/{quote(CANARY['name'])}"):
        for value in CANARY.values():
            browser.get(f"{place}?{urlencode({'q': value})}")
    browser.post(f"{NEW}?{urlencode(CANARY)}", {"notes": CANARY["name"] * 300_000})
    site.answers = by_api(browser, token) | by_pages(browser, office, sato)
    by_command(site)
    while_away(site, browser)
    return site


def by_api(browser, token):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(method, path, body):
        answer = browser.request(method, path, headers, body=json.dumps(body))
        headers["If-Match"] = answer.headers.get("ETag", "*")
        return answer

    made = send("POST", API, CANARY)
    row = f"{API}/{made.json()['customer_id']}"
    answers = {
        "POST": made,
        "POST again": send("POST", API, CANARY),
        "PATCH": send("PATCH", row, {"occupation": CANARY["name"]}),
        "PUT": send("PUT", row, CANARY | {"occupation": CANARY["address"]}),
    }
    for body in (CANARY | {"birth_date": CANARY["name"]}, {CANARY["name"]: 1}):
        send("POST", API, body)
        send("PATCH", row, body)
    browser.request("POST", API, headers, body="{" + CANARY["name"])
    for fault in ("", "[[badshape]]", "[[throttle]]", "[[drop]]", "[[nocount]]"):
        browser.ask(token, f"{CANARY['name']}様（{CANARY['phone']}）の残高は？{fault}").read()
    return {name: answer.status for name, answer in answers.items()}


class Forms:
    """Every form is sent as it is filled in wrong, then as it is filled in right."""

    def __init__(self, browser):
        self.browser = browser
        self.answers = {}

    def key(self):
        return {"csrfmiddlewaretoken": self.browser.cookies["wealthai_csrf"]}

    def send(self, act, path, fields, form=None):
        hidden = dict(HIDDEN.findall(self.browser.get(form or path).data.decode()))
        wrong = dict.fromkeys(fields, CANARY["name"])
        self.browser.post(path, hidden | wrong | self.key())
        return self.keep(act, self.browser.post(path, hidden | fields | self.key()))

    def send_after_preview(self, act, path, chosen):
        """For an act on many."""
        shown = self.browser.post(path, chosen | self.key() | {"step": "preview"}).data.decode()
        seen = dict(HIDDEN.findall(shown)) | {"step": "apply", "reason": CANARY["name"]}
        return self.keep(act, self.browser.post(path, chosen | seen | self.key()))

    def keep(self, act, answer):
        self.answers[act] = answer.status
        return answer


def by_pages(browser, office, sato):
    """Every form about a customer."""
    forms, name = Forms(browser), CANARY["name"]
    send = forms.send
    new = CANARY | {"kind": "individual", "email": f"2{CANARY['email']}"}
    row = send("create", NEW, new).headers["Location"]
    reason, words = (
        {"change_reason": name},
        {"note_type": "phone_call", "content": name, "subject": name},
    )
    send("edit", f"{row}/edit", new | reason | {"occupation": name, "sales_rep": office.pk})
    send("contact", f"{row}/contact", new | reason | {"address": name})
    send("note", f"{row}/notes/new", words | {"next_step": name}, form=row)
    notes = browser.get(f"{row}/notes").data.decode()
    note = re.search(r"/notes/(\d+)/correct", notes)[1]
    send(
        "correction", f"/crm/notes/{note}/correct", words | reason | {"content": CANARY["address"]}
    )
    send("task", f"{row}/tasks/new", {"title": name, "assignee": office.pk})
    send("inflow", f"{row}/inflows/new", INFLOW | {"source_note": name})
    send("holding", f"{row}/holdings/new", {"product": name})
    send("export", f"{LIST}/export?q={quote(name)}", {"kind": "csv", "reason": name})
    send("archive", f"{row}/archive", reason)
    send("restore", f"{row}/restore", reason)
    chosen = {"ids": row.rsplit("/", 1)[1]}
    change = {"change": "occupation", "occupation": f"{name}様"}
    done = forms.send_after_preview("bulk edit", f"{LIST}/bulk-edit", chosen | change)
    undo = f"{done.headers['Location']}/undo"
    forms.keep("undo", browser.post(undo, forms.key() | {"reason": name}))
    pair = {"giver": office.pk, "taker": sato.pk}
    forms.send_after_preview("hand over", f"{LIST}/hand-over", chosen | pair)
    admin = f"{ADMIN}{row.rsplit('/', 1)[1]}/change/"
    send("admin", admin, NO_ROWS | new | {"address": name})
    send("reset", RESET, {"email": CANARY["email"]})
    return forms.answers


def by_command(site):
    """An import, and what the timers run."""
    person = FILES["customers.csv"].splitlines()[1].split(",")
    told = ["C001", CANARY["name"], CANARY["name_kana"], *person[3:5], CANARY["phone"]]
    told += [f"3{CANARY['email']}", CANARY["address"], *person[8:]]
    folder = site.folder / "original"
    folder.mkdir()
    write_files(folder, changed("customers.csv", ",".join(person), ",".join(told)))
    with (site.folder / "commands.out").open("w") as log:
        for name in (["import_original", folder, "--no-progress"], ["measure"], ["tidy"]):
            command = [sys.executable, "manage.py", *name]
            subprocess.run(
                command, cwd=ROOT, env=site.environment, stdout=log, stderr=log, check=True
            )


def while_away(site, browser):
    """What nginx says of gunicorn, which has ended and taken its socket along."""
    site.processes["gunicorn"].terminate()
    site.processes["gunicorn"].wait(30)
    asked = f"{LIST}?{urlencode({'q': ' '.join(CANARY.values())})}"
    site.answers["away"] = browser.get(asked, Referer=f"https://{HOST}{asked}").status


def lines_of(site, file):
    return [json.loads(line) for line in (site.folder / file).read_text().splitlines()]


def told(log):
    """The log with every way to write a character undone that hides a name from `in`."""
    escaped = log.encode("ascii", "backslashreplace").decode()
    return log + escaped.encode().decode("unicode_escape", "replace")


def test_canary_was_taken_where_it_was_sent(flown):
    assert flown.answers == TAKEN


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


@pytest.mark.parametrize("field", CANARY)
def test_log_of_postgresql_names_no_customer(flown, quiet_postgres, field):
    with connected() as server, pytest.raises(psycopg.DataError):
        server.execute(b"SELECT '%s'::integer" % CANARY[field].encode())

    assert CANARY[field] not in quiet_postgres.read_text()


def test_log_of_postgresql_tells_not_whose_address_is_taken(flown, quiet_postgres):
    taken = "UPDATE customers SET email = %s WHERE email = %s"
    with connected() as server, pytest.raises(psycopg.errors.UniqueViolation) as refused:
        server.execute(taken, [CANARY["email"], f"2{CANARY['email']}"])

    assert CANARY["email"] in refused.value.diag.message_detail
    assert CANARY["email"] not in quiet_postgres.read_text()
