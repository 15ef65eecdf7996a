"""The whole demo: made from a seed without a database, then stored."""

import datetime
import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from customers.demo import people, positions, talk
from customers.demo.calendar import days_known, working_time
from customers.models import (
    Adviser,
    CashInflow,
    Customer,
    EconomicEvent,
    Holding,
    Product,
    SalesNote,
    Task,
)
from customers.people import join
from customers.roles import Role
from wealthai.database import exclusive_transaction
from wealthai.terminal import quiet
from wealthai.tracking import create_many, update_many
from wealthai.writing import Source, writing

CHUNK = 500
REASON = "デモデータ"


@dataclass
class Book:
    """Unsaved rows that refer to each other as objects."""

    staff: list  # (adviser, role)
    products: list
    events: list
    customers: list = field(default_factory=list)
    earlier: list = field(default_factory=list)  # (customer, {field: value before a change})
    holdings: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    inflows: list = field(default_factory=list)
    tasks: list = field(default_factory=list)


def make_book(count, seed, today, first_number=1):
    """`count` customers, each from a random source of its own, so that a date that moves does not
    change the customers after it."""
    rng = random.Random(f"{seed}:firm")  # noqa: S311 — repeatable, not secret
    book = Book(people.staff(rng, today), positions.products(today), talk.events(today))
    advisers = [person for person, role in book.staff if role == Role.ADVISER]
    products = {product.product_code: product for product in book.products}
    for number in range(first_number, first_number + count):
        rng = random.Random(f"{seed}:{number}")  # noqa: S311
        adviser = advisers[(number - 1) % len(advisers)]
        customer = people.customer(rng, number, adviser, today)
        book.customers.append(customer)
        book.earlier.append((customer, people.earlier_values(rng, customer)))
        holdings = positions.holdings(rng, customer, products, today)
        notes, inflows = talk.talk(rng, customer, holdings, today)
        book.holdings += holdings
        book.notes += notes
        book.inflows += inflows
        book.tasks += talk.tasks(rng, notes, today)
    return book


def store_book(book, password, today, tick=quiet):
    """Adds the book; people and products who are there already are taken as they are."""
    with exclusive_transaction("demo"), writing(source=Source.IMPORT, reason=REASON):
        _store_staff(book, password)
        _store_products(book)
        _store_customers(book, today, tick)
        for model, rows in (
            (Holding, book.holdings),
            (SalesNote, book.notes),
            (CashInflow, book.inflows),
            (Task, book.tasks),
        ):
            _create(model, rows, tick)
        known = set(EconomicEvent.objects.values_list("title", "event_date"))
        create_many(
            EconomicEvent,
            (event for event in book.events if (event.title, event.event_date) not in known),
        )


def _store_staff(book, password):
    hashed = make_password(password)  # one hash for all: each takes a third of a second
    known = {adviser.rep_code: adviser for adviser in Adviser.objects.all()}
    new = []
    for person, role in book.staff:
        if person.rep_code not in known:
            person.password, person.role_names = hashed, role.value
            new.append(person)
    create_many(Adviser, new)
    join(new)
    for person, _ in book.staff:
        if person.rep_code in known:
            person.pk = known[person.rep_code].pk


def _store_products(book):
    known = dict(Product.objects.values_list("product_code", "product_id"))
    for product in book.products:
        product.pk = known.get(product.product_code)
    new = [product for product in book.products if product.pk is None]
    create_many(Product, new)


def _store_customers(book, today, tick):
    changed = [(customer, old) for customer, old in book.earlier if old]
    new_values = []
    for customer, old in changed:
        new_values.append({name: getattr(customer, name) for name in old})
        _assign(customer, old)
    for customer in book.customers:
        customer._history_date = customer.created_at
        customer._history_user = customer.sales_rep
    _create(Customer, book.customers, tick)
    for (customer, _), new in zip(changed, new_values, strict=True):
        when = _changed_at(customer, today)
        _assign(customer, new | {"updated_at": when, "_history_date": when})
    fields = sorted({name for new in new_values for name in new} | {"updated_at"})
    update_many(Customer, [customer for customer, _ in changed], fields)


def _changed_at(customer, today):
    """Some time in the second half of the acquaintance, never later than yesterday."""
    rng = random.Random(customer.customer_code)  # noqa: S311
    days = max(1, int(days_known(customer, today) * rng.random() * 0.5))
    when = working_time(rng, today - datetime.timedelta(days=days))
    return max(when, customer.created_at + datetime.timedelta(hours=1))


def _assign(row, values):
    for name, value in values.items():
        setattr(row, name, value)


def _create(model, rows, tick):
    for start in range(0, len(rows), CHUNK):
        made = create_many(model, rows[start : start + CHUNK], backdated=True)
        tick(f"{model._meta.verbose_name}の登録", start + len(made), len(rows))
