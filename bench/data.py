"""The firm that the sections measure: advisers, customers, some holdings and notes."""

import datetime
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context

from django.contrib.auth.models import Group
from django.db import connection

from bench import database
from bench.people import customers
from customers.models import Adviser, Customer, Holding, Product, SalesNote
from customers.roles import Role
from wealthai.copying import BATCH
from wealthai.tracking import recorded

BRANCHES, ADVISERS = 25, 500
OFFICE = "BO001"
SHARE = 50_000  # customers that one process makes at a time
OWNING = 10  # each tenth customer has a holding and a note
TODAY = datetime.date(2026, 11, 25)


def fill(count):
    """Fill the database in use with `count` customers. Their history starts with the bench."""
    make_staff()
    ids = adviser_ids()
    shares = [(first, min(SHARE, count + 1 - first), ids) for first in range(1, count + 1, SHARE)]
    if connection.vendor == "postgresql":
        fill_postgres(shares)
    else:
        for share in shares:
            fill_share(share)
        database.run("ANALYZE")


def fill_postgres(shares):
    """On two cores. Building the search index at the end is quicker than keeping it meanwhile."""
    indexes = database.drop_indexes("customers", "gin")
    connection.close()
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        list(pool.map(fill_share, shares))
    for definition in indexes:
        database.run(definition)
    database.run("ALTER INDEX customers_grams ALTER COLUMN 1 SET STATISTICS 0")  # as migrated
    database.run(
        "SELECT setval(pg_get_serial_sequence('customers', 'customer_id'), max(customer_id))"
        " FROM customers"
    )
    database.run("VACUUM ANALYZE")


def rows():
    return Customer.objects.count()


def make_staff():
    people = [
        Adviser(rep_code=f"AD{n:04}", name=f"担当{n}", branch=f"支店{n % BRANCHES:02}")
        for n in range(ADVISERS)
    ]
    managers = [
        Adviser(rep_code=f"BM{n:04}", name=f"支店長{n}", branch=f"支店{n:02}")
        for n in range(BRANCHES)
    ]
    office = Adviser(rep_code=OFFICE, name="事務", branch="本社", is_staff=True)
    roles = [(people, Role.ADVISER), (managers, Role.BRANCH_MANAGER), ([office], Role.BACK_OFFICE)]
    for members, role in roles:
        with recorded():
            Adviser.objects.bulk_create(members)
        Group.objects.get(name=role).user_set.add(*members)
    product = Product(product_code="P1", product_name="円建社債", category_code="BOND")
    product.save()


def adviser_ids():
    advisers = Adviser.objects.filter(groups__name=Role.ADVISER)
    return list(advisers.order_by("pk").values_list("pk", flat=True))


def fill_share(share):
    first, count, ids = share
    rows = list(customers(first, count, ids))
    product = Product.objects.get()
    holdings, notes = [], []
    for row in rows:
        if row.pk % OWNING == 0:
            row.yen_assets = Decimal(row.net_worth // 2)
            row.yen_gain, row.next_due = Decimal(0), maturity_of(row)
            row.last_contact_at = row.created_at + datetime.timedelta(days=30)
            holdings.append(holding_of(row, product))
            notes.append(note_of(row))
    with recorded():
        for model, made in ((Customer, rows), (Holding, holdings), (SalesNote, notes)):
            model.objects.bulk_create(made, batch_size=BATCH)


def holding_of(customer, product):
    return Holding(
        customer_id=customer.pk,
        product=product,
        quantity=1,
        unit_price=customer.yen_assets,
        current_price=customer.yen_assets,
        currency="JPY",
        purchase_date=TODAY,
        maturity_date=maturity_of(customer),
    )


def maturity_of(customer):
    return TODAY + datetime.timedelta(days=customer.pk % 3_000)


def note_of(customer):
    return SalesNote(
        customer_id=customer.pk,
        sales_rep_id=customer.sales_rep_id,
        content="運用の見直しについて相談",
        created_at=customer.last_contact_at,
    )
