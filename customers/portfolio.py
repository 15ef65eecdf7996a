"""What one customer holds, for reading: grouped by currency, with what falls due soon."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from customers.models import Holding

DUE_DAYS = 90


@dataclass
class CurrencyGroup:
    """Holdings of one currency. Gain counts priced ones only; `unpriced` says how many lack one."""

    unit: str
    holdings: list = field(default_factory=list)

    @property
    def priced(self):
        return [holding for holding in self.holdings if holding.market is not None]

    @property
    def unpriced(self):
        return len(self.holdings) - len(self.priced)

    @property
    def market(self):
        return total(holding.market for holding in self.priced)

    @property
    def gain(self):
        return total(holding.gain for holding in self.priced)


@dataclass
class Portfolio:
    groups: list
    closed: list
    due: list

    @property
    def count(self):
        return sum(len(group.holdings) for group in self.groups)


def total(amounts):
    """The sum of what is known, or None where nothing is: unknown is not zero."""
    amounts = [amount for amount in amounts if amount is not None]
    return sum(amounts, Decimal()) if amounts else None


def portfolio_of(customer):
    """The customer's holdings in one query; yen first, then the other currencies by name."""
    holdings = list(
        Holding.objects.filter(customer=customer)
        .with_amounts()
        .with_due()
        .select_related("product")
        .order_by("product__product_name", "pk")
    )
    return portfolio_from(holdings, day=timezone.localdate())


def portfolio_from(holdings, *, day):
    """Grouped as they stand on `day`; each holding knows its product and its amounts."""
    for holding in holdings:
        holding.days_left = holding.due and (holding.due - day).days
    held = [holding for holding in holdings if holding.status == Holding.Status.ACTIVE]
    groups = {}
    for holding in held:
        groups.setdefault(holding.unit, CurrencyGroup(holding.unit)).holdings.append(holding)
    horizon = day + datetime.timedelta(days=DUE_DAYS)
    due = [holding for holding in held if holding.due and holding.due <= horizon]
    return Portfolio(
        groups=sorted(groups.values(), key=lambda group: (group.unit != "JPY", group.unit)),
        closed=[holding for holding in holdings if holding.status != Holding.Status.ACTIVE],
        due=sorted(due, key=lambda holding: holding.due),
    )
