"""What customers hold, per currency and category."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Max, Q, Sum
from django.utils.http import urlencode

from customers.models import Holding, Product
from dashboard.scopes import of_advisers
from wealthai.prepared import Prepared

DAYS_AHEAD = 90
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
    query: str  # what finds it in the list of holdings


@dataclass(frozen=True)
class Currency(Amounts):
    unit: str
    categories: list = field(default_factory=list)

    @property
    def label(self):
        return CURRENCIES.get(self.unit, "")

    @property
    def is_yen(self):
        return self.unit == "JPY"

    @property
    def shares(self):
        """(category, percent of the market value) of each category, for the chart."""
        return [(category, category.percent) for category in self.categories]


@dataclass(frozen=True)
class Assets:
    currencies: list

    @property
    def yen(self):
        return next((part for part in self.currencies if part.is_yen), None)

    @property
    def others(self):
        return [part for part in self.currencies if not part.is_yen]

    @property
    def unpriced(self):
        return sum(part.unpriced for part in self.currencies)

    @property
    def maturing(self):
        return sum(part.maturing for part in self.currencies)

    @property
    def changed_at(self):
        return max((part.changed_at for part in self.currencies), default=None)


def horizon(today):
    return today + datetime.timedelta(DAYS_AHEAD)


def assets(scope, today):
    """Every currency held, yen first, its categories by size."""
    rows = SUMMED.rows(scope.whose, today, horizon(today))
    groups = defaultdict(list)
    for row in rows:
        groups[row["unit"]].append(row)
    units = sorted(groups, key=lambda unit: (unit != "JPY", unit))
    return Assets([currency_of(unit, groups[unit]) for unit in units])


def summed_rows(whose, first, last):
    """Active holdings by currency and category; `maturing` from `first` to `last`."""
    maturing = Q(due__range=(first, last))
    return (
        of_advisers(Holding.objects.running(), "customer__sales_rep", whose)
        .with_amounts()
        .with_due()
        .order_by()
        .values("unit", code=F("product__category_code"))
        .annotate(
            name=Max("product__category_name"),
            # Not the key, which is in no index that has the amounts.
            holdings=Count("customer"),
            unpriced=Count("customer", filter=Q(market=None)),
            book_sum=Sum("book"),
            market_sum=Sum("market"),
            gain_sum=Sum("gain"),
            maturing=Count("customer", filter=maturing),
            maturing_sum=Sum("book", filter=maturing),
            changed_at=Max("updated_at"),
        )
    )


SUMMED = Prepared(summed_rows)


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
        query=urlencode({"currency": row["unit"], "category": row["code"]}),
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
