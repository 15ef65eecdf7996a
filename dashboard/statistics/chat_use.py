"""What was asked of the AI, and what it cost."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, fields
from decimal import Decimal

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import TruncDate

from chat.models import ChatExchange
from dashboard.scopes import exchanges
from dashboard.statistics.people import start_of
from wealthai.prepared import Prepared

CHART_DAYS = 14
STATUS = ChatExchange.Status
# What a figure counts, and the list behind it finds.
OUTCOMES = {
    "failed": Q(status=STATUS.FAILED),
    "interrupted": Q(status=STATUS.INTERRUPTED),
    "uncosted": Q(cost_yen=None) & ~Q(status__in=ChatExchange.RUNNING),
    "good": Q(rating__is_good=True),
    "bad": Q(rating__is_good=False),
}


@dataclass(frozen=True)
class ChatUse:
    """What was asked and what it cost. `uncosted` exchanges have no recorded price."""

    exchanges: int = 0
    failed: int = 0
    interrupted: int = 0
    uncosted: int = 0
    good: int = 0
    bad: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal = Decimal(0)

    @property
    def lost(self):
        """Questions that got no whole answer."""
        return self.failed + self.interrupted

    def __add__(self, other):
        names = [figure.name for figure in fields(self)]
        return ChatUse(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True)
class ChatFigures:
    today: ChatUse
    month: ChatUse
    days: dict  # the last CHART_DAYS days, oldest first, days without a question too
    people: int  # who asked this month

    @property
    def points(self):
        """(day with its use, questions, lost ones) of each day, for the chart."""
        return [((day, use), use.exchanges, use.lost) for day, use in self.days.items()]

    @property
    def peak(self):
        return max(use.exchanges for use in self.days.values())


def chat_use(scope, today):
    month_start = today.replace(day=1)
    shown = [today - datetime.timedelta(back) for back in reversed(range(CHART_DAYS))]
    since = start_of(min(month_start, shown[0]))
    by_day, people = defaultdict(ChatUse), set()
    for row in USED.rows(since, *scope.asked_by):
        day, person = row.pop("day"), row.pop("adviser")
        by_day[day] += ChatUse(**row)
        if person and day >= month_start:
            people.add(person)
    return ChatFigures(
        today=by_day[today],
        month=sum((use for day, use in by_day.items() if day >= month_start), ChatUse()),
        days={day: by_day[day] for day in shown},
        people=len(people),
    )


def used_since(moment, user, person, branch):
    found = exchanges(user, person, branch).filter(created_at__gte=moment)
    return used_by(found, "adviser")


USED = Prepared(used_since)


def chat_use_by_day(exchanges):
    return {row.pop("day"): ChatUse(**row) for row in used_by(exchanges)}


def used_by(exchanges, *keys):
    """The columns of ChatUse per day and `keys`."""
    # Bedrock counts what it read from and wrote to its cache apart from the other input.
    sent = ("input_tokens", "cache_read_tokens", "cache_write_tokens")
    counts = {name: Count("pk", filter=outcome) for name, outcome in OUTCOMES.items()}
    return (
        exchanges.annotate(day=TruncDate("created_at"))
        .order_by()
        .values("day", *keys)
        .annotate(
            exchanges=Count("pk"),
            tokens_in=sum((Sum(name, default=0) for name in sent), Value(0)),
            tokens_out=Sum("output_tokens", default=0),
            cost=Sum("cost_yen", default=Decimal(0)),
            **counts,
        )
    )
