"""The start page of somebody who sees the whole firm: queries and time, at 100,000 customers, 300,000 holdings
and 1,000,000 exchanges."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import data, database, firm
from bench.report import Figure, Section
from bench.timing import in_turns, milliseconds, share
from customers.models import Adviser
from dashboard.statistics.summary import refresh

ROUNDS, MOST_QUERIES, MOST_SECONDS = 100, 12, 0.15
PEOPLE = {"the firm": data.OFFICE, "a branch": "BM0000", "one's own book": "AD0000"}


def measure():
    database.make("firm")
    with database.using("firm"):
        data.fill(firm.CUSTOMERS)
        firm.fill(firm.CUSTOMERS, firm.HOLDINGS, firm.EXCHANGES)
        return Section("Start page", figures(), NOTE)


NOTE = (
    f"One process, {firm.CUSTOMERS:,} customers, {firm.HOLDINGS:,} holdings and {firm.EXCHANGES:,} exchanges."
    f" 95 of {ROUNDS} within; the firm's sums are as of the last minute, left by `manage.py measure`."
)


def figures():
    kept = in_turns(3, it=refresh)["it"]
    clients = {scope: client_of(code) for scope, code in PEOPLE.items()}
    address = reverse("dashboard:home")
    queries = {scope: queries_of(client, address) for scope, client in clients.items()}
    acts = {scope: lambda c=client: c.get(address) for scope, client in clients.items()}
    seconds = {scope: share(one.seconds, 0.95) for scope, one in in_turns(ROUNDS, **acts).items()}
    return [
        *(
            Figure(
                f"Start page, {scope}",
                f"{queries[scope]} queries, {milliseconds(seconds[scope])}",
                f"≤ {MOST_QUERIES}, ≤ {MOST_SECONDS * 1000:.0f} ms",
                queries[scope] <= MOST_QUERIES and seconds[scope] <= MOST_SECONDS,
            )
            for scope in PEOPLE
        ),
        Figure("The minute's sums of the firm", milliseconds(kept.median)),
    ]


def client_of(code):
    client = Client()
    client.force_login(Adviser.objects.get(rep_code=code))
    return client


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)
