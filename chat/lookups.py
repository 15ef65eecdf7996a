"""What the model may look up: read-only, as the adviser who asks, through the screens' querysets.

A customer out of sight, an archived one, one kept from the AI and one that never was give the same:
nothing.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils import timezone

from chat.context import holding_facts, inflow_facts, mentioned_customers, note_facts, person
from customers.models import CashInflow, Customer, EconomicEvent, Holding, Product, SalesNote

LIMIT = 30
# Words are sought in that many of the newest notes in sight: no index knows the words of a note.
NOTES_READ = 5_000
NEWEST = ("-created_at", "-note_id")
PAST_EVENTS = 30
ALL_SECTORS = "全セクター"
MONEY_WORDS = "入金 退職金 売却 相続 満期 償還 賞与 ボーナス 配当 保険金 贈与 まとまった資金 資金が入 解約 譲渡"


@dataclass(frozen=True)
class Found:
    """Rows of facts, each with its customer's key (None: nobody's); `more` where some were cut,
    `searched` where only so many of the newest records were read for words."""

    rows: list[tuple[dict[str, Any], int | None]]
    more: bool = False
    searched: int | None = None


def people(user):
    return Customer.objects.visible_to(user).open_to_ai()


def of_people(model, user, customer=None):
    """The rows of `model` that belong to customers in sight, or to the one that is said."""
    rows = model.objects.filter(customer__in=people(user))
    return rows.filter(customer__in=meant(user, customer)) if customer else rows


def meant(user, said):
    """The keys of the customers whom a code or a full name means."""
    found = [row.pk for row in people(user).having_code(said)[:LIMIT]]
    return found or [row.pk for row in mentioned_customers(said, user)]


def cut(rows, facts_of) -> Found:
    found = list(rows[: LIMIT + 1])
    told = [facts_of(row) for row in found[:LIMIT]]
    return Found(told, more=len(found) > LIMIT)


def owned(facts, customer):
    """The facts of a record with whose it is."""
    return facts | {"customer": customer.name, "customer_code": customer.code}, customer.pk


def find_customers(user, words) -> Found:
    return cut(people(user).search(words), lambda row: (person(row), row.pk))


def customer_card(user, customer) -> Found:
    rows = people(user).filter(pk__in=meant(user, customer)).order_by("customer_id")
    return cut(rows, lambda row: (person(row), row.pk))


def holding_row(holding):
    return owned(holding_facts(holding), holding.customer)


def held(user, customer=None):
    rows = of_people(Holding, user, customer).active().with_amounts().with_due()
    return rows.select_related("product", "customer")


def holdings(user, customer) -> Found:
    return cut(held(user, customer).order_by("customer", "holding_id"), holding_row)


def maturities(user, days, category=None, customer=None) -> Found:
    today = timezone.localdate()
    last = today + datetime.timedelta(days=days)
    rows = held(user, customer).due_between(today, last)
    if category:
        rows = rows.filter(product__category_code=category)
    return cut(rows.order_by("due", "holding_id"), holding_row)


def notes(user, customer=None, words="", about_money=False, days=None) -> Found:
    rows = of_people(SalesNote, user, customer)
    if days is not None:
        rows = rows.filter(created_at__gte=timezone.now() - datetime.timedelta(days=days))
    unread = first_unread(rows) if words.split() or about_money else None
    if unread:
        rows = rows.filter(created_at__gte=unread.created_at).newer_than(unread)
    rows = rows.current().select_related("customer")
    for word in words.split():
        rows = rows.filter(Q(content__icontains=word) | Q(subject__icontains=word))
    if about_money:
        rows = rows.filter(tells_of_money())
    found = cut(rows.order_by(*NEWEST), note_row)
    return replace(found, searched=NOTES_READ) if unread else found


def first_unread(notes):
    """The newest of the notes that are not searched any more."""
    beyond = notes.order_by(*NEWEST).only("created_at")[NOTES_READ : NOTES_READ + 1]
    return next(iter(beyond), None)


def tells_of_money():
    told = Q(is_cash_related=True) | Q(predicted_amount__isnull=False)
    for word in MONEY_WORDS.split():
        told |= Q(content__icontains=word)
    return told


def note_row(note):
    expected = {"expected_amount_yen": note.predicted_amount, "expected_date": note.predicted_date}
    facts = note_facts(note) | {name: value for name, value in expected.items() if value}
    return owned(facts, note.customer)


def cash_inflows(user, customer=None, days=None) -> Found:
    rows = of_people(CashInflow, user, customer).select_related("customer")
    if days is not None:
        today = timezone.localdate()
        last = today + datetime.timedelta(days=days)
        rows = rows.filter(predicted_date__range=(today, last))
    rows = rows.order_by("predicted_date", "inflow_id")
    return cut(rows, lambda row: owned(inflow_facts(row), row.customer))


def events(user, words="", days=90) -> Found:
    today = timezone.localdate()
    first = today - datetime.timedelta(days=PAST_EVENTS)
    last = today + datetime.timedelta(days=days)
    rows = EconomicEvent.objects.filter(event_date__range=(first, last))
    for word in words.split():
        rows = rows.filter(Q(title__icontains=word) | Q(description__icontains=word))
    return cut(rows.order_by("event_date", "event_id"), lambda row: (event_facts(row), None))


def event_facts(event):
    return {
        "id": event,
        "event_id": event.pk,
        "title": event.title,
        "kind": event.get_event_type_display(),
        "date": event.event_date,
        "impact": event.get_impact_level_display(),
        "description": event.description,
        "affected_currencies": event.affected_currencies,
        "affected_sectors": event.affected_sectors,
    }


def affected_customers(user, event_id) -> Found:
    """Who holds something in a currency of the event, or whose issuer or name tells a sector."""
    event = EconomicEvent.objects.filter(pk=event_id).first()
    if event is None:
        return Found([])
    touched = Q(unit__in=words_in(event.affected_currencies))
    for sector in words_in(event.affected_sectors):
        if sector != ALL_SECTORS:
            touched |= Q(product__product_name__icontains=sector)
            touched |= Q(product__issuer__icontains=sector)
    found = cut(held(user).filter(touched).order_by("customer", "holding_id"), holding_row)
    return Found([(event_facts(event), None), *found.rows], found.more)


def words_in(value) -> Iterable[str]:
    """The list of a JSON column, which other systems fill as they like."""
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def products(user, words="", category=None) -> Found:
    rows = Product.objects.filter(is_active=True)
    for word in words.split():
        in_text = Q(product_name__icontains=word) | Q(issuer__icontains=word)
        rows = rows.filter(in_text | Q(product_code__icontains=word))
    if category:
        rows = rows.filter(category_code=category)
    return cut(rows.order_by("product_code"), lambda row: (product_facts(row), None))


def product_facts(product):
    return {
        "id": product,
        "product": product.product_name,
        "product_code": product.product_code,
        "category": product.category,
        "currency": product.currency,
        "issuer": product.issuer,
        "maturity_date": product.maturity_date,
        "interest_rate": percent(product.interest_rate),
        "commission_rate": percent(product.commission_rate),
        "risk_level": product.risk_level,
        "minimum_investment_yen": product.minimum_investment,
    }


def percent(rate):
    """0.0050 as 0.5%: the form in which an answer writes it."""
    return None if rate is None or not rate.is_finite() else f"{(rate * 100).normalize():f}%"
