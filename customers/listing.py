"""The customer list: what sorts it, one page of it, and what a row shows of other tables."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Case, CharField, Count, F, Max, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Left, Length

from customers.models import Holding, SalesNote

PAGE_SIZE = 50
DEFAULT_SORT = "-market"


@dataclass
class ListPage:
    rows: list
    number: int
    has_next: bool

    @property
    def first(self):
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self):
        return self.first + len(self.rows) - 1


def page_of(customers, *, sort, number):
    """Page `number` of `customers`; each row also has `assets` and `last_contact`."""
    start = (number - 1) * PAGE_SIZE
    found = list(SORTS[sort.removeprefix("-")](customers, sort)[start : start + PAGE_SIZE + 1])
    rows = found[:PAGE_SIZE]
    add_assets(rows)
    add_last_contact(rows)
    return ListPage(rows, number, has_next=len(found) > PAGE_SIZE)


def capped_count(customers):
    """How many there are; one more than settings.API_COUNT_CAP stands for any larger number."""
    return customers.order_by()[: settings.API_COUNT_CAP + 1].count()


def count_words(count):
    cap = settings.API_COUNT_CAP
    return f"{cap:,}名以上" if count > cap else f"{count:,}名"


def by_code(customers, sort):
    """In the order people count: C9 before C10, and all of one series together."""
    own_code = Concat(Value("W"), Cast("customer_id", CharField()))
    code = Coalesce(F("customer_code"), own_code)
    return ordered(customers, sort, Left(code, 1), Length(code), code)


def by_kana(customers, sort):
    return ordered(customers, sort, F("name_kana"))


def by_age(customers, sort):
    flipped = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"
    return ordered(customers, flipped, F("birth_date"))


def by_market(customers, sort):
    """By the yen holdings alone: amounts in other currencies have no common measure."""
    yen = (
        Holding.objects.active()
        .with_amounts()
        .filter(customer=OuterRef("pk"), unit="JPY")
        .order_by()
        .values("customer")
        .annotate(total=Sum("market"))
    )
    return ordered(customers, sort, Subquery(yen.values("total")))


def by_contact(customers, sort):
    newest = SalesNote.objects.filter(customer=OuterRef("pk")).order_by("-created_at")
    return ordered(customers, sort, Subquery(newest.values("created_at")[:1]))


def ordered(customers, sort, *expressions):
    """Rows without the value come last in both directions; the key ends every tie."""
    direction = "desc" if sort.startswith("-") else "asc"
    order = [getattr(expression, direction)(nulls_last=True) for expression in expressions]
    return customers.order_by(*order, "pk")


SORTS = {
    "code": by_code,
    "name_kana": by_kana,
    "age": by_age,
    "market": by_market,
    "contact": by_contact,
}


def add_assets(customers):
    """Per customer and currency the market value of what is held; never summed over currencies.

    `market_total` leaves out holdings without a price; `unpriced` counts them.
    """
    yen_first = Case(When(unit="JPY", then=0), default=1)
    totals = (
        Holding.objects.active()
        .filter(customer__in=[customer.pk for customer in customers])
        .with_amounts()
        .order_by()
        .values("customer", "unit")
        .annotate(market_total=Sum("market"), unpriced=Count("pk", filter=Q(market=None)))
        .order_by(yen_first, "unit")
    )
    by_customer = {}
    for total in totals:
        by_customer.setdefault(total["customer"], []).append(total)
    for customer in customers:
        customer.assets = by_customer.get(customer.pk, [])


def add_last_contact(customers):
    newest = (
        SalesNote.objects.filter(customer__in=[customer.pk for customer in customers])
        .order_by()
        .values_list("customer")
        .annotate(Max("created_at"))
    )
    contacts = dict(newest)
    for customer in customers:
        customer.last_contact = contacts.get(customer.pk)
