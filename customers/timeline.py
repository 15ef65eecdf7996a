"""これまでの経緯: what happened with one customer and what lies ahead, from every app that knows.

Whatever can be told in a few columns is an event: each source makes rows with the same columns,
and all of them together are one query. Where a row alone says nothing (a change is the difference
of two), a source makes its entries itself. An upper app registers its sources in
`AppConfig.ready()`.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, TruncDate
from django.utils.timezone import localdate as today
from django.utils.timezone import make_aware

from wealthai.prepared import Prepared

AHEAD = 10  # of what lies ahead, the nearest; more would push the past out of sight
ROWS = 20
MOST_ROWS = 500
TEXT = models.TextField()
MONEY = models.DecimalField(max_digits=40, decimal_places=4)  # whatever two columns multiply to
# The columns of every event, and what stands in those that a source has no use for.
COLUMNS = {
    "day": Cast(None, models.DateField()),
    "at": Cast(None, models.DateTimeField()),
    "code": Value("", TEXT),
    "heading": Value("", TEXT),
    "quote": Value("", TEXT),
    "who": Value("", TEXT),
    "number": Cast(None, MONEY),
    "amount": Cast(None, MONEY),
    "money_unit": Value("", TEXT),
    "flag": Value(False, models.BooleanField()),
    "link_id": Cast(None, models.IntegerField()),
}


class Number(models.Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


@dataclass
class Entry:
    """One line. `at` is None where only the day is known; `quote` is what somebody wrote."""

    kind: str
    icon: str
    day: datetime.date
    words: str
    at: datetime.datetime | None = None
    quote: str = ""
    url: str = ""
    badge: str = ""
    facts: str = ""
    amount: Any = None
    unit: str = ""
    changes: list[Any] = field(default_factory=list)

    @property
    def moment(self) -> datetime.datetime:
        """For the order of one day: what has no hour comes after what has."""
        return self.at or midnight(self.day)

    @property
    def is_this_year(self) -> bool:
        return self.day.year == today().year


def midnight(day: datetime.date) -> datetime.datetime:
    return make_aware(datetime.datetime.combine(day, datetime.time()))


@dataclass(frozen=True)
class Asked:
    """Whose events are wanted, by key, for whom, and how many. What lies ahead begins `tomorrow`."""

    customer: int
    user: Any
    limit: int
    tomorrow: datetime.date
    midnight: datetime.datetime


@dataclass(frozen=True)
class Events:
    """`rows(asked)` is a query made with `events_of`, whose SQL follows from the `limit` and the person
    alone; `entry(row)` words a row."""

    kind: str
    rows: Callable
    entry: Callable


@dataclass(frozen=True)
class Stories:
    """`entries(customer, limit)` makes the newest entries in a query of its own."""

    kind: str
    entries: Callable


@dataclass
class Timeline:
    """`ahead` has the farthest first, `past` the newest; both read on in one line."""

    ahead: list
    past: list
    more_ahead: int
    has_more: bool


KINDS: dict[str, str] = {}  # what can be chosen, in words
_sources: dict[str, Events | Stories] = {}


def register(name, source, label):
    """`label` is the word for the source's kind; several sources may share one."""
    KINDS.setdefault(source.kind, label)
    _sources[name] = source


def events_of(name, queryset, asked, *, day=None, at=None, is_past=False, **columns):
    """Rows of `queryset` as events of the source `name`; their time is `at`, or only the `day`.
    Columns not given stay empty. `is_past` says that none can lie ahead.

    The latest of them until today and the nearest AHEAD after it: one would push the other out of
    sight. Each row says how many lie `later` than today. Chosen by their keys first: the words of
    thousands of notes need not be read for twenty.
    """
    columns |= {"at": at, "day": TruncDate(at)} if at else {"day": day}
    first = asked.midnight if at else asked.tomorrow  # of the time itself, which an index may know
    time = at or day
    timed = queryset.alias(told_at=time)
    past, later = timed.filter(told_at__lt=first), timed.filter(told_at__gte=first)
    chosen = Q(pk__in=past.order_by(time.desc()).values("pk")[: asked.limit])
    columns["later"] = Value(0)
    if not is_past:
        chosen |= Q(pk__in=later.order_by(time.asc()).values("pk")[:AHEAD])
        columns["later"] = Number(later.order_by().values("pk"))
    rows = queryset.filter(chosen).order_by()
    return rows.values(source=Value(name, TEXT), key=F("pk"), **COLUMNS | columns)


def timeline_of(customer, user, *, kind="", rows=ROWS):
    """What is known of `customer` as far as `user` may see it; `kind` narrows it to one."""
    entries, later = told_events(kind, customer, user, rows + 1)
    for source in chosen(kind):
        if isinstance(source, Stories):
            entries += source.entries(customer, rows + 1)
    entries.sort(key=lambda entry: (entry.day, entry.moment), reverse=True)
    ahead = [entry for entry in entries if entry.day > today()]
    past = entries[len(ahead) :]
    return Timeline(ahead[-AHEAD:], past[:rows], max(0, later - AHEAD), len(past) > rows)


def chosen(kind):
    return [source for source in _sources.values() if kind in ("", source.kind)]


def told_events(kind, customer, user, limit):
    """The entries of all events in one query, and how many events lie ahead."""
    tomorrow = today() + datetime.timedelta(days=1)
    told = customer.pk, user, tomorrow, midnight(tomorrow)
    # Every record page asks for all kinds. Of one kind alone not all of the parameters are used.
    rows = all_kinds(limit).rows(*told) if kind == "" else union_of(kind, limit, *told)
    later = {row["source"]: row["later"] for row in rows}
    return [_sources[row["source"]].entry(row) for row in rows], sum(later.values())


@lru_cache(maxsize=64)
def all_kinds(limit):
    return Prepared(lambda *told: union_of("", limit, *told))


def union_of(kind, limit, customer, user, tomorrow, midnight):
    """The rows of all sources of events; none of a kind that has stories only."""
    asked = Asked(customer, user, limit, tomorrow, midnight)
    queries = [source.rows(asked) for source in chosen(kind) if isinstance(source, Events)]
    if not queries:
        return []
    first, *others = queries
    union = first.union(*others, all=True) if others else first
    return union.order_by("-day", "-at", "-key")
