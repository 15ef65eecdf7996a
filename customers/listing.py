"""The customer list: one page of it, how many there are, and what a row shows of other tables."""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, Count, Min, Q, Sum, When
from django.utils import timezone

from customers.models import Holding
from customers.portfolio import DUE_DAYS
from wealthai.counting import capped_counts, count_words
from wealthai.keyset import StaleError

PAGE_SIZE = 50
OLD_AGE = 80


@dataclass
class Badge:
    text: str
    level: str = "warn"


@dataclass
class Counts:
    """`total` in business and `hits` of the list in words; `hit_count` as far as was counted."""

    total: str
    total_short: str
    hits: str
    hit_count: int
    is_empty: bool


def page_of(query, found, count=None):
    """The page of `found` that `query` names, each row ready to be shown; None where no page starts
    there."""
    rows = with_sight(query, found)
    try:
        page = query.keyset.page(rows, PAGE_SIZE, query.start(), count)
    except StaleError:
        return None
    if query.cursor and not page.rows:
        return None
    add_holdings(page.rows)
    return page


def with_sight(query, found):
    """Each with what a row shows of its own table, its adviser and tasks."""
    rows = found.with_sort_key(query.keyset.order.column)
    return rows.with_next_task().as_listed()


def counts_of(query, customers, found, tabs):
    """All figures of the page in one query; each tab gets its own.

    A view with words in it is opened without a figure: a search asks its index first, and twelve
    tabs would be twelve searches. Nor is one counted whose conditions cannot be read.
    """
    counted = [tab for tab in tabs if not (tab.query.text or tab.query.problem)]
    cap = settings.API_COUNT_CAP
    hits_cap = settings.SEARCH_COUNT_CAP if query.text else cap
    # What is not narrowed is everybody: not counted twice.
    narrowed = [found] if query.is_narrowed else []
    lists = [customers.active(), *narrowed]
    lists += [tab.query.found_in(customers) for tab in counted]
    caps = [cap, *(hits_cap for _ in narrowed), *(cap for _ in counted)]
    total, *others = capped_counts(lists, caps)
    hits = others.pop(0) if narrowed else total
    for tab, count in zip(counted, others, strict=True):
        tab.count = short(count, cap)
    return Counts(
        total=count_words(total, cap),
        total_short=short(total, cap),
        hits=count_words(hits, hits_cap),
        hit_count=hits,
        is_empty=not total and not query.is_narrowed and not customers.exists(),
    )


def short(count, cap):
    return f"{cap:,}+" if count > cap else f"{count:,}"


def add_holdings(customers, today=None):
    """Per customer and currency the market value and gain of what is held, never summed over
    currencies, and the first maturity until in DUE_DAYS days, also one that has passed.

    `market_total` leaves out holdings without a price; `unpriced` counts them.
    """
    today = today or timezone.localdate()
    soon = Q(due__lte=today + datetime.timedelta(days=DUE_DAYS))
    yen_first = Case(When(unit="JPY", then=0), default=1)
    totals = (
        Holding.objects.active()
        .filter(customer__in=[customer.pk for customer in customers])
        .with_amounts()
        .with_due()
        .order_by()
        .values("customer", "unit")
        .annotate(
            market_total=Sum("market"),
            gain_total=Sum("gain"),
            unpriced=Count("pk", filter=Q(market=None)),
            matures=Min("due", filter=soon),
        )
        .order_by(yen_first, "unit")
    )
    by_customer = {}
    for total in totals:
        by_customer.setdefault(total["customer"], []).append(total)
    for customer in customers:
        customer.assets = by_customer.get(customer.pk, [])
        yen = [total["gain_total"] for total in customer.assets if total["unit"] == "JPY"]
        customer.gain = yen[0] if yen else None
        customer.due = due_of(customer, today)
        customer.due_words = "、".join(badge.text for badge in customer.due)


def due_of(customer, today):
    """What asks for somebody to act, the most urgent first."""
    badges = []
    if customer.next_task and customer.next_task <= today:
        badges.append(overdue("タスク", customer.next_task, today) or Badge("タスク 本日"))
    maturities = [total["matures"] for total in customer.assets if total["matures"]]
    if maturities:
        first = min(maturities)
        badges.append(overdue("償還", first, today) or Badge(f"償還 {first:%m/%d}"))
    age = customer.age_on(today)
    if age is not None and age >= OLD_AGE:
        badges.append(Badge(f"{OLD_AGE}歳以上"))
    return badges


def overdue(what, day, today):
    late = (today - day).days
    return Badge(f"{what} {late:,}日超過", "danger") if late > 0 else None
