"""What the demo's customers hold: sized by their means, chosen by their risk tolerance."""

import datetime
import math
from decimal import Decimal

from customers.demo.calendar import days_known, weekday, working_time
from customers.demo.catalogue import OFFERS, YEN
from customers.models import Holding, Product
from customers.models.product import Category

CENT, ONE = Decimal("0.01"), Decimal(1)
STILL_OWNED = ((Holding.Status.ACTIVE, 0.95), (Holding.Status.SOLD, 0.05))
UNPRICED_SHARE = 0.03
REPAID_KNOWN_DAYS = 1_100


def products(today):
    """The offers as unsaved products, in the order of OFFERS."""
    return [
        Product(
            product_code=offer.code,
            product_name=offer.name,
            category_code=offer.category,
            category_name=offer.category.label,
            currency=offer.currency,
            issuer=offer.issuer,
            maturity_date=maturity(offer, today),
            interest_rate=offer.rate and Decimal(offer.rate),
            risk_level=offer.risk,
            minimum_investment=offer.minimum,
            commission_rate=Decimal(offer.commission),
            is_active=offer.days is None or offer.days > 0,
        )
        for offer in OFFERS
    ]


def maturity(offer, today):
    if offer.days is None:
        return None
    return weekday(today + datetime.timedelta(days=offer.days))


def holdings(rng, customer, products_by_code, today):
    """About three positions of one customer."""
    [count] = rng.choices(range(8), (6, 14, 22, 24, 16, 10, 5, 3))
    tolerance = int(customer.risk_tolerance)
    known = days_known(customer, today)
    # What was repaid since can only have been bought by who was a customer in time.
    offers = [offer for offer in OFFERS if not is_repaid(offer) or known > REPAID_KNOWN_DAYS]
    weights = [3.0 ** -abs(offer.risk - tolerance) for offer in offers]
    budget = customer.net_worth * (0.15 + 0.4 * rng.random())
    chosen = dict.fromkeys(rng.choices(offers, weights, k=count))
    affordable = [offer for offer in chosen if smallest(offer) * len(chosen) <= budget]
    return [
        _holding(rng, customer, products_by_code[offer.code], offer, budget / len(chosen), today)
        for offer in affordable
    ]


def is_repaid(offer):
    return offer.days is not None and offer.days < 0


def _holding(rng, customer, product, offer, yen, today):
    days = int(2_200 * rng.random() ** 1.3)
    if is_repaid(offer):
        days = 600 + int(400 * rng.random())
    days = max(1, min(days, days_known(customer, today)))
    cost = paid(rng, offer, days / 365)
    quantity = Decimal(int(yen / smallest(offer)) * lot(offer)).quantize(CENT)
    price = money(offer, offer.price)
    bought = weekday(today - datetime.timedelta(days=days))
    holding = Holding(
        created_at=working_time(rng, bought),
        customer=customer,
        product=product,
        quantity=quantity,
        unit_price=cost,
        currency=product.currency,
        purchase_date=bought,
        maturity_date=product.maturity_date,
        status=_status(rng, offer),
    )
    holding._history_date = holding.created_at
    if rng.random() >= UNPRICED_SHARE:
        holding.current_price = price
        holding.current_value = (quantity * price).quantize(CENT)
        holding.unrealized_gain_loss = holding.current_value - (quantity * cost).quantize(CENT)
    return holding


def _status(rng, offer):
    if is_repaid(offer):
        return Holding.Status.MATURED
    [status] = rng.choices(*zip(*STILL_OWNED, strict=True))
    return status


def paid(rng, offer, years):
    """The price some years ago on one of the paths that lead to today's."""
    growth = offer.drift * years + offer.swing * math.sqrt(years) * rng.gauss(0, 0.7)
    return money(offer, offer.price * math.exp(-growth))


def money(offer, price):
    return Decimal(price).quantize(ONE if offer.currency == "JPY" else CENT)


def lot(offer):
    """Shares are traded in hundreds here."""
    return 100 if offer.category == Category.STOCK and offer.currency == "JPY" else 1


def smallest(offer):
    """Roughly what the smallest position costs in yen."""
    return offer.price * lot(offer) * YEN[offer.currency]
