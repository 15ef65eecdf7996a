"""Figures of the start page: each function asks one question over what `user` may see.

Amounts stay in the currency of their holding; nothing here adds two currencies together.
`today` is the day in Japan and always an argument, so that every boundary can be tested.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, fields
from decimal import Decimal

from django.db.models import Case, Count, F, Max, Q, Sum, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.utils import timezone

from chat.models import ChatExchange
from customers.models import CashInflow, Customer, EconomicEvent, Holding, Product

DAYS_AHEAD = 90
CHART_DAYS = 14
ROWS = 6
EVENTS = 5

CURRENCIES = {
    "JPY": "円",
    "USD": "米ドル",
    "EUR": "ユーロ",
    "GBP": "英ポンド",
    "AUD": "豪ドル",
    "NZD": "NZドル",
    "CAD": "カナダドル",
    "CHF": "スイスフラン",
    "CNY": "人民元",
    "HKD": "香港ドル",
}


def scope(user):
    """Whose records the page counts, in words."""
    if user.sees_firm:
        return "全社"
    return user.branch if user.sees_branch else "自分の担当"


def start_of(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def year_day(day, years_ago):
    """The same day `years_ago`; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year - years_ago)
    except ValueError:
        return day.replace(year=day.year - years_ago, day=28)


# --- Customers ------------------------------------------------------------------------------
@dataclass(frozen=True)
class CustomerFigures:
    count: int
    new_this_month: int
    aged_75: int


def customers(user, today):
    return CustomerFigures(
        **Customer.objects.visible_to(user)
        .active()
        .aggregate(
            count=Count("pk"),
            new_this_month=Count("pk", filter=Q(created_at__gte=start_of(today.replace(day=1)))),
            aged_75=Count("pk", filter=Q(birth_date__lte=year_day(today, 75))),
        )
    )


# --- Assets ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Amounts:
    """Sums in one currency. `market` and `gain` are None while no holding has a price."""

    holdings: int
    unpriced: int
    book: Decimal
    market: Decimal | None
    gain: Decimal | None
    maturing: int
    maturing_book: Decimal | None
    changed_at: datetime.datetime

    @property
    def gain_percent(self):
        """Gain on the book value of the priced holdings alone; None where that is nothing."""
        priced_book = self.market - self.gain if self.market is not None else 0
        return self.gain / priced_book * 100 if priced_book else None


@dataclass(frozen=True)
class Category(Amounts):
    label: str
    percent: Decimal | None


@dataclass(frozen=True)
class Currency(Amounts):
    unit: str
    categories: list = field(default_factory=list)

    @property
    def label(self):
        return CURRENCIES.get(self.unit, "")


def active_holdings(user):
    """Holdings that still run, of customers that are not archived, with the day they fall due."""
    return (
        Holding.objects.visible_to(user)
        .active()
        .filter(customer__archived_at=None)
        .with_amounts()
        .annotate(due=Coalesce("maturity_date", "product__maturity_date"))
    )


def assets(user, today):
    """One Currency for each currency held, yen first, its categories by size."""
    maturing = Q(due__range=(today, today + datetime.timedelta(DAYS_AHEAD)))
    rows = (
        active_holdings(user)
        .order_by()
        .values("unit", code=F("product__category_code"))
        .annotate(
            name=Max("product__category_name"),
            holdings=Count("pk"),
            unpriced=Count("pk", filter=Q(market=None)),
            book_sum=Sum("book"),
            market_sum=Sum("market"),
            gain_sum=Sum("gain"),
            maturing=Count("pk", filter=maturing),
            maturing_sum=Sum("book", filter=maturing),
            changed_at=Max("updated_at"),
        )
    )
    groups = defaultdict(list)
    for row in rows:
        groups[row["unit"]].append(row)
    units = sorted(groups, key=lambda unit: (unit != "JPY", unit))
    return [currency_of(unit, groups[unit]) for unit in units]


def currency_of(unit, rows):
    amounts = amounts_of(rows)
    parts = [category_of(row, amounts["market"]) for row in rows]
    parts.sort(key=lambda part: (-(part.market or 0), part.label))
    return Currency(**amounts, unit=unit, categories=parts)


def category_of(row, whole):
    amounts = amounts_of([row])
    known = whole and amounts["market"] is not None
    return Category(
        **amounts,
        label=Product(category_code=row["code"], category_name=row["name"]).category,
        percent=amounts["market"] / whole * 100 if known else None,
    )


def amounts_of(rows):
    return {
        "holdings": sum(row["holdings"] for row in rows),
        "unpriced": sum(row["unpriced"] for row in rows),
        "book": total(row["book_sum"] for row in rows),
        "market": total(row["market_sum"] for row in rows),
        "gain": total(row["gain_sum"] for row in rows),
        "maturing": sum(row["maturing"] for row in rows),
        "maturing_book": total(row["maturing_sum"] for row in rows),
        "changed_at": max(row["changed_at"] for row in rows),
    }


def total(values):
    """The sum of what is known; None when nothing is, which is not the same as zero."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


# --- What comes next ------------------------------------------------------------------------
@dataclass(frozen=True)
class Schedule:
    """The next rows ahead and the oldest ones behind their day; each row counts its whole side."""

    ahead: list
    late: list

    @property
    def ahead_count(self):
        return self.ahead[0].side_count if self.ahead else 0

    @property
    def late_count(self):
        return self.late[0].side_count if self.late else 0

    @property
    def more(self):
        return self.ahead_count - len(self.ahead)


def schedule(rows, today, **sums):
    """Splits `rows` (annotated with their day `due`) at `today`, in one query.

    Whatever is due after DAYS_AHEAD is left out. `sums` add up each whole side.
    """
    side = {"partition_by": [F("is_late")]}
    found = list(
        rows.filter(due__lte=today + datetime.timedelta(DAYS_AHEAD))
        .annotate(is_late=Case(When(due__lt=today, then=1), default=0))
        .annotate(
            position=Window(RowNumber(), order_by=[F("due"), F("pk")], **side),
            side_count=Window(Count("pk"), **side),
            **{name: Window(expression, **side) for name, expression in sums.items()},
        )
        .filter(position__lte=ROWS)
        .order_by("is_late", "position")
    )
    return Schedule(
        ahead=[row for row in found if not row.is_late],
        late=[row for row in found if row.is_late],
    )


def maturities(user, today):
    """Holdings that fall due; the late ones are still recorded as held."""
    return schedule(active_holdings(user).select_related("customer", "product"), today)


def inflows(user, today):
    """Money expected in yen: predicted or confirmed, and not yet received.

    Rows carry `side_amount`, and `side_sure` for what is confirmed or of high confidence.
    """
    status = CashInflow.Status
    sure = Q(status=status.CONFIRMED) | Q(confidence_level=CashInflow.Confidence.HIGH)
    rows = (
        CashInflow.objects.visible_to(user)
        .filter(status__in=[status.PREDICTED, status.CONFIRMED], customer__archived_at=None)
        .annotate(due=F("predicted_date"))
        .select_related("customer")
    )
    return schedule(
        rows,
        today,
        side_amount=Sum("predicted_amount"),
        side_sure=Sum(Case(When(sure, then=F("predicted_amount")), default=0)),
    )


def events(today):
    """The next economic events and, where fewer than EVENTS are known, the last ones behind."""
    ahead = Q(event_date__gte=today)
    return list(
        EconomicEvent.objects.annotate(
            is_past=Case(When(ahead, then=0), default=1),
            ahead_on=Case(When(ahead, then=F("event_date"))),
        ).order_by("is_past", "ahead_on", "-event_date", "pk")[:EVENTS]
    )


# --- Use of the AI --------------------------------------------------------------------------
@dataclass(frozen=True)
class ChatUse:
    """What was asked and what it cost. `uncosted` exchanges have no recorded price."""

    exchanges: int = 0
    failed: int = 0
    interrupted: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)
    uncosted: int = 0

    def __add__(self, other):
        names = [figure.name for figure in fields(self)]
        return ChatUse(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class ChatFigures:
    today: ChatUse
    month: ChatUse
    days: dict  # the last CHART_DAYS days, oldest first, days without a question too


def chat_use(user, today):
    """One's own exchanges; everybody's for those who see the firm."""
    month_start = today.replace(day=1)
    shown = [today - datetime.timedelta(back) for back in reversed(range(CHART_DAYS))]
    since = start_of(min(month_start, shown[0]))
    by_day = chat_use_by_day(ChatExchange.objects.visible_to(user).filter(created_at__gte=since))
    return ChatFigures(
        today=by_day.get(today, ChatUse()),
        month=sum((use for day, use in by_day.items() if day >= month_start), ChatUse()),
        days={day: by_day.get(day, ChatUse()) for day in shown},
    )


def chat_use_by_day(exchanges):
    status = ChatExchange.Status
    # Bedrock counts what it read from and wrote to its cache apart from the other input.
    sent = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    rows = (
        exchanges.annotate(day=TruncDate("created_at"))
        .order_by()
        .values("day")
        .annotate(
            exchanges=Count("pk"),
            failed=Count("pk", filter=Q(status=status.FAILED)),
            interrupted=Count("pk", filter=Q(status=status.INTERRUPTED)),
            tokens_in=sum((Sum(name, default=0) for name in sent), Value(0)),
            tokens_out=Sum("output_tokens", default=0),
            cost=Sum("cost_yen", default=Decimal(0)),
            uncosted=Count("pk", filter=Q(cost_yen=None) & ~Q(status__in=ChatExchange.RUNNING)),
        )
    )
    return {row.pop("day"): ChatUse(**row) for row in rows}
