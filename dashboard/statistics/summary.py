"""The heavy figures of the start page: live, and for a large firm as of the last minute.

Adding up 300,000 holdings takes longer than a page may. So the timer of the measurements
(`manage.py measure`, once a minute) leaves them in the cache, which all servers share; the page
says as of when they are. Where no timer runs, whoever looks first after KEPT_SECONDS waits.
"""

import datetime
import zlib
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

from customers.models import Customer
from dashboard.scopes import Scope
from dashboard.statistics.assets import Assets, Category, Currency, assets
from dashboard.statistics.chat_use import ChatFigures, ChatUse, chat_use
from dashboard.statistics.people import CustomerFigures, Part, customers

MANY = 20_000  # customers; fewer are quick enough
KEPT_SECONDS = 300


class Everybody:
    """Whoever sees the firm: the figures are the same for all of them."""

    pk, branch, sees_firm, sees_branch = None, "", True, False


@dataclass(frozen=True)
class Summary:
    at: datetime.datetime
    customers: CustomerFigures
    assets: Assets
    chat: ChatFigures
    is_live: bool = True

    @property
    def day(self):
        return timezone.localdate(self.at)


# Two versions of the program may share the cache: each finds what has its own shape.
KEPT = Summary, CustomerFigures, Part, Assets, Currency, Category, ChatFigures, ChatUse
SHAPE = repr([(kind.__name__, *kind.__dataclass_fields__) for kind in KEPT])
KEY = f"dashboard.firm.{zlib.crc32(SHAPE.encode()):x}"


def summary(scope, now):
    if not scope.is_firm:
        return live(scope, now)
    kept = cache.get(KEY)
    if kept and kept.day == timezone.localdate(now):
        return kept
    return keep(live(scope, now))


def live(scope, now):
    today = timezone.localdate(now)
    figures = customers(scope, today), assets(scope, today), chat_use(scope, today)
    return Summary(now, *figures)


def keep(found, many=MANY):
    """Of a large firm, for the next ones who look."""
    if found.customers.count >= many:
        kept = Summary(found.at, found.customers, found.assets, found.chat, is_live=False)
        cache.set(KEY, kept, KEPT_SECONDS)
    return found


def refresh():
    if Customer.objects.active().count() >= MANY:
        keep(live(Scope(Everybody()), timezone.now()))
