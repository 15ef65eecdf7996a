"""Requests per second of the list API against the same list made the plain way."""

import json
import re
import subprocess
import time
from statistics import median

from knox.models import AuthToken

from bench import data, database, plain
from bench.report import Figure, Section
from customers.models import Adviser, Customer
from tests.server import Server
from wealthai.api.paging import Position

SECONDS, ROUNDS, CONNECTIONS = 3, 6, 8
DEEP_PAGE, PAGE_SIZE = 1000, 50
SERVER = {"DJANGO_SETTINGS_MODULE": "bench.settings", "BEDROCK_ENDPOINT_URL": ""}
OURS, PLAIN = "/api/customers", "/bench/customers"


def measure():
    plain.fill()
    _, token = AuthToken.objects.create(Adviser.objects.get(rep_code=data.OFFICE))
    with Server(**SERVER) as server:
        deep, first_row = deep_page()
        check(server, token, deep, first_row)
        addresses = {"ours": OURS, "plain": PLAIN, "deep": deep}
        rounds = {name: [] for name in addresses}
        for number in range(ROUNDS + 1):
            # There and back: none always follows the plain list, whose counts leave cold caches.
            for name in [*addresses][:: -1 if number % 2 else 1]:
                wait_until_idle()
                rounds[name].append(requests_per_second(server, token, addresses[name]))
    return figures({name: median(found[1:]) for name, found in rounds.items()})


def figures(speed):
    simple, ours, deep = speed["plain"], speed["ours"], speed["deep"]
    figures = [
        Figure("Plain ModelSerializer with page numbers", f"{simple:,.1f} requests/s"),
        Figure("GET /api/customers, page 1", f"{ours:,.0f} requests/s"),
        Figure("… times the plain list", f"{ours / simple:,.0f}×", "≥ 40×", ours >= 40 * simple),
        Figure(f"… page {DEEP_PAGE:,} by cursor", f"{deep:,.0f} requests/s"),
        Figure("… of page 1", f"{deep / ours:.0%}", "≥ 90 %", deep >= 0.9 * ours),
    ]
    note = f"gunicorn as shipped, {CONNECTIONS} connections, medians of {ROUNDS} rounds."
    return Section(f"List API, {data.rows():,} customers", figures, note)


def deep_page():
    """The address of page 1,000 and the key of its first row."""
    keys = Customer.objects.active().order_by("-pk").values_list("pk", flat=True)
    page = min(DEEP_PAGE, keys.count() // PAGE_SIZE)
    before, first = keys[(page - 1) * PAGE_SIZE - 1 : (page - 1) * PAGE_SIZE + 1]
    cursor = Position("-customer_id", False, before, before).pack()
    return f"{OURS}?cursor={cursor}", first


def check(server, token, deep, first_row):
    """Both lists answer with the same rows, and the deep page is that page."""
    pages = [
        json.load(server.get(address, Authorization=f"Bearer {token}"))
        for address in (OURS, PLAIN, deep)
    ]
    ours, simple, far = ([row["customer_id"] for row in page["results"]] for page in pages)
    if not (ours == simple and len(ours) == PAGE_SIZE and far[0] == first_row):
        raise SystemExit("The lists that are compared do not show the same rows.")


def wait_until_idle():
    """What the load left unanswered, seconds of the plain list's counts, goes on in the server and
    would be paid for by whoever is measured next."""
    while database.run(
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend'"
        " AND pid <> pg_backend_pid()"
    ):
        time.sleep(0.1)
    time.sleep(0.5)


def requests_per_second(server, token, address):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "30s"]
    command += ["-H", f"Authorization: Bearer {token}", f"http://127.0.0.1:{server.port}{address}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise SystemExit(f"{address} answers with errors:\n{told}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
