"""Screenshots of every page into var/shots: `make shots`. Serves a demo of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS
from wealthai.management.commands.serve import free_port

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var" / "shots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
# Page, path, and who looks: an adviser, the back office for the admin, an administrator.
PAGES = [
    ("home", "/", "AD001"),
    ("customers", "/customers", "AD001"),
    ("customers-none", "/customers?q=該当なし", "AD001"),
    ("customers-filtered", "/customers?age=75-&maturity=90", "AD001"),
    ("customers-export", "/customers/export?age=75-", "AD001"),
    ("customers-views", "/customers/views", "AD001"),
    ("customers-view-new", "/customers/views/new?age=75-", "AD001"),
    ("customer", "/customers/{customer}", "AD001"),
    ("customer-notes", "/customers/{customer}/notes", "AD001"),
    ("customer-holdings", "/customers/{customer}/holdings", "AD001"),
    ("tasks", "/tasks", "AD001"),
    ("customer-form", "/customers/{customer}/edit", "AD001"),
    ("customer-new", "/customers/new", "AD001"),
    ("chat", "/chat?customer={customer}", "AD001"),
    ("not-found", "/customers/99999999", "AD001"),
    ("second-factor", "/accounts/2fa", "AD001"),
    ("home-office", "/", "BO001"),
    ("admin", "/admin/", "BO001"),
    ("admin-customers", "/admin/customers/customer/", "BO001"),
    ("admin-customer", "/admin/customers/customer/{customer}/change/", "BO001"),
    ("admin-history", "/admin/customers/customer/{customer}/history/", "BO001"),
    ("api-docs", "/api/docs", "BO001"),
    ("status", "/status", "AM001"),
]
PASSWORD = "wealthai-demo-2026"


def serve(folder, port):
    environment = os.environ | {"DEMO": "1", "PYTHONUNBUFFERED": "1"}
    environment["DATABASE_URL"] = f"sqlite:///{folder}/shots.sqlite3"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if "Ctrl-C" in line:
            return process
    raise SystemExit("The demo did not start.")


def log_in(context, rep_code):
    page = context.new_page()
    page.goto("/accounts/login")
    page.fill("input[name=login]", rep_code)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def first_customer(page):
    return page.request.get("/api/customers?page_size=1").json()["results"][0]["customer_id"]


def ask_once(page, customer):
    """So that the chat's page shows an answer."""
    page.goto(f"/chat?customer={customer}")
    page.fill("#message", "来週の訪問の前に、保有商品と最近の面談を整理してください。")
    page.press("#message", "Control+Enter")
    page.wait_for_selector("[data-ended=done]")
    return page.url


def shoot(page, name, size, scheme):
    page.screenshot(path=SHOTS / f"{name}-{size}-{scheme}.png", full_page=size == "phone")


def shoot_all(browser, base_url):
    for scheme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            window = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
            visitors = {}
            for rep_code in ("AD001", "BO001", "AM001"):
                context = browser.new_context(base_url=base_url, locale="ja-JP", **window)
                visitors[rep_code] = log_in(context, rep_code)
            customer = first_customer(visitors["AD001"])
            for name, path, rep_code in PAGES:
                visitors[rep_code].goto(path.format(customer=customer))
                visitors[rep_code].wait_for_load_state("networkidle")
                shoot(visitors[rep_code], name, size, scheme)
            ask_once(visitors["AD001"], customer)
            shoot(visitors["AD001"], "chat-answer", size, scheme)
            stranger = browser.new_context(base_url=base_url, locale="ja-JP", **window).new_page()
            stranger.goto("/accounts/login")
            shoot(stranger, "login", size, scheme)


def main():
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    SHOTS.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = serve(folder, port)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
                shoot_all(browser, f"http://127.0.0.1:{port}")
                browser.close()
        finally:
            process.terminate()
            process.communicate(timeout=30)
    sys.stdout.write(f"{len(list(SHOTS.glob('*.png')))} screenshots in {SHOTS}\n")


if __name__ == "__main__":
    main()
