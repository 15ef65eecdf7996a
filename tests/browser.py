"""The system's Chromium, driven by Playwright; registered in tests/conftest.py."""

import os
import shutil

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

# Of a file whose tests drive it: the server that they ask sees only what is committed.
IN_BROWSER = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.browser,
]
PASSWORD = "a-long-enough-passphrase"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def chromium():
    # Playwright's loop runs in this thread, which makes Django suspect every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()
        # While a loop runs, Django's connections belong to it: nobody else could close these.
        connections.close_all()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def screen(chromium, live_server):
    """A new window on the live server. Script errors and policy violations fail the test."""
    context = chromium.new_context(
        base_url=live_server.url, locale="ja-JP", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(10_000)
    window = context.new_page()
    window.add_init_script(WATCH_POLICY)
    faults = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda m: m.type == "error" and "CSP" in m.text and faults.append(m.text))
    yield window
    context.close()
    assert faults == []


def log_in_through_the_page(window, adviser):
    give_password(adviser)
    window.goto(reverse("account_login"))
    window.fill("input[name=login]", adviser.rep_code)
    window.fill("input[name=password]", PASSWORD)
    window.press("input[name=password]", "Enter")
    window.wait_for_url("**/")


def give_password(adviser):
    adviser.set_password(PASSWORD)
    adviser.save()


def log_in_again(window, adviser):
    """In another tab, with the person's own session or somebody else's gone."""
    window.context.clear_cookies()
    tab = window.context.new_page()
    log_in_through_the_page(tab, adviser)
    tab.close()


@pytest.fixture
def log_in(screen, live_server, settings):
    """Gives the window a session that the log-in page made; drawing that page takes a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def without_the_page(adviser):
        give_password(adviser)
        client, name = Client(), settings.SESSION_COOKIE_NAME
        client.post(reverse("account_login"), {"login": adviser.rep_code, "password": PASSWORD})
        value = client.cookies[name].value
        screen.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    return without_the_page
