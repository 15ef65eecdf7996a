"""Screenshots of every page into docs/images: `make shots`. Serves a demo of its own."""

import base64
import contextlib
import hashlib
import hmac
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import pictures
from tests.browser import ARGUMENTS
from wealthai.management.commands.serve import free_port

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "images"
LOOKS = {
    "desktop": ((1280, 800), "light"),
    "phone": ((390, 844), "light"),
    "dark": ((1280, 800), "dark"),
}
PASSWORD = "wealthai-demo-2026"
NOBODY = None
AWAY = "postgres://nobody@127.0.0.1:1/away"  # where no database answers


# --- What it takes to get to a page that has no address of its own ------------------------------
def preview_bulk_edit(window):
    window.check("input[name=change][value=risk_tolerance]")
    window.select_option("select[name=risk_tolerance]", "2")
    window.click("button[value=preview]")


def preview_hand_over(window):
    giver, taker = (window.locator(f"select[name={name}]") for name in ("giver", "taker"))
    giver.select_option(index=1)
    taker.select_option(index=2)
    window.click("button[value=preview]")


def bulk_edit(window):
    window.goto("/customers/bulk-edit?age=75-")
    preview_bulk_edit(window)
    window.fill("[name=reason]", "年1回の見直し")
    window.click("button.btn-primary[value=apply]")


def edit_contact(window):
    window.goto(window.url.replace("/history", "/contact"))
    window.fill("[name=phone]", "03-1234-9999")
    window.fill("[name=change_reason]", "本人からの連絡")
    window.click("form .btn-primary")


@dataclass(frozen=True)
class Following:
    """Follows the first such link; `shown` is the name of the page it leads to, and `made_by` does
    what the demo has nothing of."""

    shown: str
    link: str
    made_by: Callable = None

    def __call__(self, window):
        if self.made_by and not window.locator(self.link).count():
            before = window.url
            self.made_by(window)
            window.wait_for_load_state("networkidle")
            window.goto(before)
        window.goto(window.locator(self.link).first.get_attribute("href"))


def asking(question, until):
    def ask(window):
        window.fill("#message", question)
        window.press("#message", "Control+Enter")
        window.wait_for_selector(until)

    return ask


ANSWER = asking("来週の訪問の前に、保有商品と最近の面談を整理してください。", "[data-ended=done]")
THROTTLED = asking("[[throttle]] 保有商品を整理してください。", ".answer-ending")

CORRECT = Following("customers:note-correct", "a[href$='/correct']")
EDIT_HOLDING = Following("customers:holding-update", "a[href^='/holdings/'][href$='/edit']")
BATCH = Following("customers:batch-detail", "a[href^='/batches/']", bulk_edit)
REVERT = Following("customers:revert", "a[href*='/revert']", edit_contact)


# Name, address, who looks, and what is done there first. AD: an adviser, BM: a branch manager,
# BO: the back office, AM: an administrator.
BACK_OFFICE = {
    "roles": "auth/group",
    "exchanges": "chat/chatexchange",
    "conversations": "chat/conversation",
    "access-records": "customers/accessrecord",
    "advisers": "customers/adviser",
    "inflows": "customers/cashinflow",
    "economic-events": "customers/economicevent",
    "holdings": "customers/holding",
    "products": "customers/product",
    "notes": "customers/salesnote",
    "views": "customers/savedview",
    "tasks": "customers/task",
    "batches": "wealthai/changebatch",
}
PAGES = [
    ("login", "/accounts/login", NOBODY, None),
    ("dashboard", "/", "AD001", None),
    ("dashboard-firm", "/", "BO001", None),
    ("chat-use", "/chat-use?since=month", "BO001", None),
    ("holdings", "/holdings?currency=JPY", "BO001", None),
    ("inflows", "/inflows?due=ahead", "BO001", None),
    ("customers", "/customers", "AD001", None),
    ("customers-none", "/customers?q=該当なし", "AD001", None),
    ("customers-filtered", "/customers?age=75-&maturity=90", "AD001", None),
    ("customers-export", "/customers/export?age=75-", "AD001", None),
    ("customers-views", "/customers/views", "AD001", None),
    ("customers-view-new", "/customers/views/new?age=75-", "AD001", None),
    ("bulk-edit", "/customers/bulk-edit?age=75-", "BM001", None),
    ("bulk-edit-preview", "/customers/bulk-edit?age=75-", "BM001", preview_bulk_edit),
    ("hand-over", "/customers/hand-over", "BM001", None),
    ("hand-over-preview", "/customers/hand-over", "BM001", preview_hand_over),
    ("batch", "/batches", "BM001", BATCH),
    ("batches", "/batches", "BM001", None),
    ("customer", "/customers/{customer}", "AD001", None),
    ("customer-notes", "/customers/{customer}/notes", "AD001", None),
    ("customer-holdings", "/customers/{customer}/holdings", "AD001", None),
    ("customer-tasks", "/customers/{customer}/tasks", "AD001", None),
    ("customer-inflows", "/customers/{customer}/inflows", "AD001", None),
    ("customer-form", "/customers/{customer}/edit", "AD001", None),
    ("customer-new", "/customers/new", "AD001", None),
    ("contact", "/customers/{customer}/contact", "AD001", None),
    ("facts", "/customers/{customer}/facts", "AD001", None),
    ("archive", "/customers/{customer}/archive", "BO001", None),
    ("holding-new", "/customers/{customer}/holdings/new", "AD001", None),
    ("inflow-new", "/customers/{customer}/inflows/new", "AD001", None),
    ("task-new", "/customers/{customer}/tasks/new", "AD001", None),
    ("any-task-new", "/tasks/new", "AD001", None),
    ("note-correct", "/customers/{customer}/notes", "AD001", CORRECT),
    ("holding-edit", "/customers/{customer}/holdings", "AD001", EDIT_HOLDING),
    ("history", "/customers/{customer}/history", "AD001", None),
    ("revert", "/customers/{customer}/history", "AD001", REVERT),
    ("as-of", "/customers/{customer}/as-of", "AD001", None),
    ("tasks", "/tasks", "AD001", None),
    ("access", "/access-records", "AM001", None),
    ("chat", "/chat?customer={customer}", "AD001", None),
    ("chat-answer", "/chat?customer={customer}", "AD001", ANSWER),
    ("chat-throttled", "/chat?customer={customer}", "AD001", THROTTLED),
    ("status", "/status", "AM001", None),
    ("second-factor", "/accounts/2fa", "AD001", None),
    ("second-factor-set-up", "/accounts/2fa/totp/activate", "AD001", None),
    ("reauthenticate", "/accounts/reauthenticate", "AD001", None),
    ("logout", "/accounts/logout", "AD001", None),
    ("inactive", "/accounts/inactive", NOBODY, None),
    ("password-change", "/accounts/password/change", "AD001", None),
    ("password-set", "/accounts/password/set", "AD001", None),
    ("password-reset", "/accounts/password/reset", NOBODY, None),
    ("password-reset-sent", "/accounts/password/reset/done", NOBODY, None),
    ("password-reset-link", "/accounts/password/reset/key/1-gone", NOBODY, None),
    ("password-reset-end", "/accounts/password/reset/key/done", NOBODY, None),
    ("admin", "/admin/", "BO001", None),
    ("admin-customers", "/admin/customers/customer/", "BO001", None),
    ("admin-customer", "/admin/customers/customer/{customer}/change/", "BO001", None),
    ("admin-history", "/admin/customers/customer/{customer}/history/", "BO001", None),
    *[(f"admin-{name}", f"/admin/{model}/", "AM001", None) for name, model in BACK_OFFICE.items()],
    ("api-docs", "/api/docs", "BO001", None),
    ("error-404", "/customers/99999999", "AD001", None),
    ("error-403", "/status", "AD001", None),
]
# As somebody sees them who has a second factor.
SECOND_FACTOR = [
    ("second-factor-code", "/accounts/2fa/reauthenticate"),
    ("second-factor-off", "/accounts/2fa/totp/deactivate"),
    ("recovery-codes", "/accounts/2fa/recovery-codes"),
    ("recovery-codes-new", "/accounts/2fa/recovery-codes/generate"),
]
WITHOUT_DATABASE = [("error-503", "/customers"), ("status-away", "/status")]


@contextlib.contextmanager
def served(database, *command, until):
    """The address of a server of its own, and its end."""
    port = free_port()
    environment = os.environ | {"DEMO": "1", "PYTHONUNBUFFERED": "1", "DATABASE_URL": database}
    environment |= {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "2"}
    process = subprocess.Popen(
        [sys.executable, *command, *(["--port", str(port)] if "serve" in command else [])],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        if not any(until in line for line in process.stdout):
            raise SystemExit("The demo did not start.")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def demo(folder):
    return served(f"sqlite:///{folder}/shots.sqlite3", "manage.py", "serve", until="Ctrl-C")


def without_database():
    return served(AWAY, "-m", "gunicorn", "wealthai.wsgi:application", until="Booting worker")


def log_in(window, rep_code):
    window.goto("/accounts/login")
    window.fill("input[name=login]", rep_code)
    window.fill("input[name=password]", PASSWORD)
    window.press("input[name=password]", "Enter")
    window.wait_for_url(lambda url: "login" not in url)


def first_customer(window):
    return window.request.get("/api/customers?page_size=1").json()["results"][0]["customer_id"]


def set_up_second_factor(window):
    window.goto("/accounts/2fa/totp/activate")
    window.fill("[name=code]", code_of(window.inner_text(".secret")))
    window.press("[name=code]", "Enter")
    window.wait_for_url(lambda url: "activate" not in url)


def code_of(secret):
    """What an app shows now for `secret` (RFC 6238)."""
    step = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), step, hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Studio:
    """A browser in one look, with a window for each person who logs in."""

    def __init__(self, browser, base_url, look):
        self.options = {"base_url": base_url, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
        self.browser, self.windows = browser, {}
        self.change(look)
        self.blank = browser.new_context().new_page()

    def change(self, look):
        self.look, ((width, height), scheme) = look, LOOKS[look]
        size = {"width": width, "height": height}
        self.options |= {"viewport": size, "color_scheme": scheme}
        for window in self.windows.values():
            window.set_viewport_size(size)
            window.emulate_media(color_scheme=scheme)

    def window_of(self, rep_code):
        if rep_code not in self.windows:
            self.windows[rep_code] = self.browser.new_context(**self.options).new_page()
            if rep_code:
                log_in(self.windows[rep_code], rep_code)
        return self.windows[rep_code]

    def shoot(self, name, address, rep_code, act=None):
        window = self.window_of(rep_code)
        window.goto(address)
        window.wait_for_load_state("networkidle")
        if act:
            act(window)
            window.wait_for_load_state("networkidle")
        pictures.save(SHOTS / f"{name}-{self.look}.png", window.screenshot(), self.blank)


def shoot_pages(browser, base_url, names):
    for look in LOOKS:
        studio = Studio(browser, base_url, look)
        customer = first_customer(studio.window_of("AD001"))
        for name, address, rep_code, act in PAGES:
            if not names or name in names:
                studio.shoot(name, address.format(customer=customer), rep_code, act)


def shoot_second_factor(browser, base_url, names):
    """In one session: a code is good for one log-in."""
    wanted = [page for page in SECOND_FACTOR if not names or page[0] in names]
    if wanted:
        studio = Studio(browser, base_url, "desktop")
        set_up_second_factor(studio.window_of("CO001"))
    for look in LOOKS if wanted else ():
        studio.change(look)
        for name, address in wanted:
            studio.shoot(name, address, "CO001")


def shoot_without_database(browser, base_url, names):
    """A session's cookie is what has a page look for its person."""
    for look in LOOKS:
        studio = Studio(browser, base_url, look)
        cookie = {"name": "wealthai_session", "value": "a" * 32, "url": base_url}
        studio.window_of(NOBODY).context.add_cookies([cookie])
        for name, address in WITHOUT_DATABASE:
            if not names or name in names:
                studio.shoot(name, address, NOBODY)


def forget_others():
    """Pictures of pages that are no longer taken."""
    names = {name for name, *_ in (*PAGES, *SECOND_FACTOR, *WITHOUT_DATABASE)}
    taken = {f"{name}-{look}.png" for name in names for look in LOOKS}
    for file in SHOTS.glob("*.png"):
        if file.name not in taken:
            file.unlink()


def main(names):
    """All pages, or those of these names."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    SHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with demo(folder) as base_url:
            shoot_pages(browser, base_url, names)
            shoot_second_factor(browser, base_url, names)
        if not names or set(names) & {name for name, _ in WITHOUT_DATABASE}:
            with without_database() as base_url:
                shoot_without_database(browser, base_url, names)
        browser.close()
    forget_others()
    files = list(SHOTS.glob("*.png"))
    size = sum(file.stat().st_size for file in files) / 2**20
    sys.stdout.write(f"{len(files)} screenshots in {SHOTS}, {size:.1f} MB\n")


if __name__ == "__main__":
    main(sys.argv[1:])
