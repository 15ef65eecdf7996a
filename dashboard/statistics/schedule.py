"""What comes next, and what is past its day and still open."""

import datetime
from dataclasses import dataclass

from django.db.models import Case, Count, F, FloatField, Q, Sum, When, Window
from django.db.models.functions import Cast, RowNumber

from customers.models import CashInflow, EconomicEvent
from dashboard.statistics.assets import DAYS_AHEAD, active_holdings

ROWS = 6
EVENTS = 5
# Every column of every row is carried through the sorting, so only those that are shown.
NAMED = "customer__name", "customer__customer_code"


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
    def rows(self):
        """The first of both sides, the latest before all."""
        return [*self.late, *self.ahead][:ROWS]


def schedule(rows, today, **sums):
    """Splits `rows` (annotated with their day `due`) at `today`, in one query.

    `sums` add up each whole side.
    """
    side = {"partition_by": [F("is_late")]}
    found = list(
        rows.annotate(is_late=Case(When(due__lt=today, then=1), default=0))
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


def horizon(today):
    return today + datetime.timedelta(DAYS_AHEAD)


def tasks(scope, today):
    """What is to be done today (`ahead`), and what should have been done."""
    rows = scope.tasks().filter(due_date__lte=today).annotate(due=F("due_date"))
    rows = rows.select_related("customer", "assignee")
    return schedule(rows.only("title", "due_date", "assignee__name", *NAMED), today)


def maturities(scope, today):
    """Holdings that fall due; the late ones are still recorded as held."""
    rows = active_holdings(scope).due_between(None, horizon(today))
    rows = rows.select_related("customer", "product")
    return schedule(rows.only("product__product_name", *NAMED), today)


def inflows(scope, today):
    """Money expected in yen: predicted or confirmed, and not yet received.

    Rows carry `side_amount`, and `side_sure` for what is confirmed or of high confidence.
    """
    amount = Cast("predicted_amount", FloatField())  # SQLite breaks off a sum beyond 64 bits
    sure = Q(status=CashInflow.Status.CONFIRMED) | Q(confidence_level=CashInflow.Confidence.HIGH)
    rows = scope.records(CashInflow.objects.running()).due_between(None, horizon(today))
    shown = "predicted_amount", "source_type", "confidence_level", "status"
    return schedule(
        rows.with_due().select_related("customer").only(*shown, *NAMED),
        today,
        side_amount=Sum(amount),
        side_sure=Sum(Case(When(sure, then=amount), default=0.0)),
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
