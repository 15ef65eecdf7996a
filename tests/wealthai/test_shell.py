import re

import pytest
from django.conf import settings
from django.urls import reverse

PEOPLE = ["tanaka", "manager", "office", "compliance"]
ENTRIES = ["/", "/customers", "/chat", "/tasks"]
POLICY = {
    "default-src 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
ACCOUNT = ["account_login", "account_reset_password", "account_inactive"]


@pytest.fixture
def signed_in(request, client):
    def as_(name):
        person = request.getfixturevalue(name)
        person.set_password("kumo-to-ame-2026")
        person.save()
        client.force_login(person)
        return client

    return as_


def navigation(response):
    shell = re.search(r'<header class="sidebar">.*?(?=<main)', response.text, re.DOTALL)[0]
    return re.findall(r'<a [^>]*href="([^"]*)"', shell)


def check_policy(response):
    html = response.text
    assert re.findall(r"\sstyle\s*=", html) == []
    assert re.findall(r"<style", html) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []
    assert re.findall(r"\son\w+\s*=\s*[\"']", html) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
    assert re.findall(r'(?:src|href)="(?:data|javascript):', html) == []
    assert set(response.headers["Content-Security-Policy"].split("; ")) == POLICY


@pytest.mark.parametrize("name", PEOPLE)
def test_every_way_of_the_shell_leads_to_a_page(signed_in, name):
    client = signed_in(name)

    found = {url: client.get(url).status_code for url in navigation(client.get("/nowhere"))}

    assert set(found.values()) == {200}


@pytest.mark.parametrize(
    ("name", "extra"), [("tanaka", []), ("office", ["/admin/"])], ids=["adviser", "staff"]
)
def test_navigation_shows_what_exists(signed_in, name, extra):
    urls = navigation(signed_in(name).get("/nowhere"))

    first = ["/", "/customers#search"]
    account = [reverse("account_change_password"), reverse("mfa_index")]
    assert urls == first + ENTRIES + extra + account


@pytest.mark.parametrize("path", [*ENTRIES, "/customers/new", "/nowhere", "/accounts/2fa"])
def test_pages_hold_to_the_policy(page, path):
    check_policy(page.get(path))


@pytest.mark.parametrize("name", ACCOUNT)
def test_account_pages_hold_to_the_policy(client, db, name):
    check_policy(client.get(reverse(name)))


def test_second_factor_page_holds_to_the_policy(signed_in, client):
    signed_in("tanaka")
    client.post(reverse("account_reauthenticate"), {"password": "kumo-to-ame-2026"})

    response = client.get(reverse("mfa_activate_totp"))

    check_policy(response)
    assert reverse("mfa_totp_qr") in response.text


@pytest.mark.parametrize("path", ENTRIES)
def test_current_entry_is_marked_once_in_each_navigation(page, path):
    current = re.findall(r'href="([^"]*)" aria-current="page" *[^>]*data-key', page.get(path).text)

    assert current == [path]


def test_skip_link_comes_first_and_has_a_target(page):
    body = page.get("/nowhere").text.split("<body", 1)[1]

    assert re.search(r"<(?:a|button|input)\b[^>]*>", body)[0] == (
        '<a class="skip-link" href="#content">'
    )
    assert 'id="content"' in body


def test_shell_names_the_person_branch_and_role(page):
    shell = page.get("/nowhere").text

    assert "田中太郎" in shell
    assert "東京本店・担当者" in shell


@pytest.mark.parametrize("demo", [True, False])
def test_demo_environment_is_marked(client, db, settings, demo):
    settings.DEMO = demo

    assert ("模擬環境" in client.get(reverse("account_login")).text) == demo


def test_dark_values_are_the_same_with_and_without_script():
    sheet = (settings.BASE_DIR / "static/css/wealthai.css").read_text()
    blocks = [
        block for block in re.findall(r"\{([^{}]*)\}", sheet) if "color-scheme: dark" in block
    ]

    chosen, automatic = (re.findall(r"(--[\w-]+): ([^;]+);", block) for block in blocks)

    assert chosen == automatic


def test_sheets_hold_no_data_images_shadows_or_gradients():
    sheets = [path.read_text() for path in (settings.BASE_DIR / "static/css").glob("*.css")]

    rules = re.sub(r"/\*.*?\*/", "", "".join(sheets), flags=re.DOTALL)
    found = re.findall(r"data:|box-shadow: (?!none)|-gradient\(|font-size: \d+px", rules)

    assert found == []
