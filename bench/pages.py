"""How many queries a page takes, at ten customers and at all of them; timings only for orientation."""

from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken

from bench import data, database
from bench.report import Figure, Section
from bench.timing import in_turns, milliseconds
from customers.models import Adviser, Customer, SavedView
from wealthai import counting

PEOPLE = (data.OFFICE, "BM0000", "AD0000")
LIMITS = {"api": 4, "list": 10, "record": 10, "admin": 12}
NAMES = {
    "api": "GET /api/customers by token",
    "list": "/customers with its counted views",
    "record": "/customers/{id}",
    "admin": "Customers in the admin",
}
VIEWS = ("risk_tolerance=5", "experience=上級者", "q=田中", "age=75-", "sort=-age")
ROUNDS = 5


def measure(names):
    """`names` are databases, the smallest first."""
    queries = {page: [] for page in LIMITS}
    for name in names:
        with database.using(name):
            for page, (count, _) in most_of_all().items():
                queries[page].append(count)
    took = {page: seconds for page, (_, seconds) in most_of_all().items()}
    figures = [
        Figure(
            NAMES[page],
            f"{' · '.join(map(str, counts))} queries, {milliseconds(took[page])}",
            f"≤ {LIMITS[page]}",
            max(counts) <= LIMITS[page],
        )
        for page, counts in queries.items()
    ]
    note = (
        "Queries at 10 customers · at all, the most that an adviser, a branch manager or the back"
        " office causes, five starred views each; milliseconds in one process, at all customers."
    )
    return Section("Queries per page", figures, note)


def most_of_all():
    """Per page the most queries and the longest median time of any of PEOPLE."""
    found = {}
    for code in PEOPLE:
        user = Adviser.objects.get(rep_code=code)
        star_views(user)
        for page, address in addresses(user).items():
            client = caller(user, page)
            if client.get(address).status_code == 403:
                continue  # an adviser has no admin
            count = queries_of(client, address)
            took = median(in_turns(ROUNDS, it=lambda: client.get(address))["it"].seconds)  # noqa: B023
            before = found.get(page, (0, 0))
            found[page] = (max(before[0], count), max(before[1], took))
    return found


def star_views(user):
    for number, query in enumerate(VIEWS):
        view, _ = SavedView.objects.get_or_create(
            owner=user, name=f"条件{number}", defaults={"query": query}
        )
        view.star(user, True)


def addresses(user):
    record = Customer.objects.visible_to(user).exclude(yen_assets=None).first()
    record = record or Customer.objects.visible_to(user).first()
    found = {
        "api": reverse("customers:api-list"),
        "list": reverse("customers:list"),
        "record": record and reverse("customers:detail", args=[record.pk]),
        "admin": reverse("admin:customers_customer_changelist"),
    }
    if not user.is_staff:
        del found["admin"]
    return {page: address for page, address in found.items() if address}


def caller(user, page):
    if page == "api":
        _, token = AuthToken.objects.create(user)
        return Client(headers={"Authorization": f"Bearer {token}"})
    client = Client()
    client.force_login(user)
    return client


def queries_of(client, address):
    counting.forget()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answers {response.status_code}")
    return len(queries)
