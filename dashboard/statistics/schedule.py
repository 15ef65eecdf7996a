"""What comes next, and what is past its day and still open."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, FloatField, Q, Sum, When, Window
from django.db.models.functions import Cast, RowNumber

from customers.models import CashInflow, EconomicEvent, Holding, Task
from dashboard.scopes import of_advisers, of_customers
from dashboard.statistics.assets import horizon
from wealthai.prepared import Prepared

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


def sided(rows, today, **sums):
    """`rows` (annotated with their day `due`) on two sides of `today`, the first of each.

    `sums` add up each whole side.
    """
    side = {"partition_by": [F("is_late")]}
    return (
        rows.annotate(is_late=Case(When(due__lt=today, then=1), default=0))
        .annotate(
            position=Window(RowNumber(), order_by=[F("due"), F("pk")], **side),
            side_count=Window(Count("pk"), **side),
            **{name: Window(expression, **side) for name, expression in sums.items()},
        )
        .filter(position__lte=ROWS)
        .order_by("is_late", "position")
    )


def schedule(found):
    return Schedule(
        ahead=[row for row in found if not row.is_late],
        late=[row for row in found if row.is_late],
    )


def tasks(scope, today):
    """What is to be done today (`ahead`), and what should have been done.

    One's own book is what one has to do; a branch's what anybody has to do there.
    """
    return schedule(
        OWN_TASKS.rows(scope.user, today) if scope.is_book else TASKS.rows(scope.whose, today)
    )


def own_tasks(user, today):
    return due_tasks(Task.objects.visible_to(user).filter(assignee=user.pk), today)


def tasks_of(whose, today):
    return due_tasks(of_customers(Task.objects.all(), whose), today)


def due_tasks(rows, today):
    rows = rows.workable().open().filter(due_date__lte=today).annotate(due=F("due_date"))
    rows = rows.select_related("customer", "assignee")
    return sided(rows.only("title", "due_date", "assignee__name", *NAMED), today)


OWN_TASKS, TASKS = Prepared(own_tasks), Prepared(tasks_of)


def maturities(scope, today):
    """Holdings that fall due; the late ones are still recorded as held."""
    return schedule(MATURITIES.rows(scope.whose, today, horizon(today)))


def maturities_of(whose, today, last):
    rows = of_advisers(Holding.objects.running(), "customer__sales_rep", whose)
    rows = rows.due_between(None, last).with_amounts().with_due()
    rows = rows.select_related("customer", "product")
    return sided(rows.only("product__product_name", *NAMED), today)


MATURITIES = Prepared(maturities_of)


def inflows(scope, today):
    """Money expected in yen: predicted or confirmed, and not yet received.

    Rows carry `side_amount`, and `side_sure` for what is confirmed or of high confidence.
    """
    return schedule(INFLOWS.rows(scope.whose, today, horizon(today)))


def inflows_of(whose, today, last):
    amount = Cast("predicted_amount", FloatField())  # SQLite breaks off a sum beyond 64 bits
    sure = Q(status=CashInflow.Status.CONFIRMED) | Q(confidence_level=CashInflow.Confidence.HIGH)
    rows = of_customers(CashInflow.objects.running(), whose).due_between(None, last)
    shown = "predicted_amount", "source_type", "confidence_level", "status"
    return sided(
        rows.with_due().select_related("customer").only(*shown, *NAMED),
        today,
        side_amount=Sum(amount),
        side_sure=Sum(Case(When(sure, then=amount), default=0.0)),
    )


INFLOWS = Prepared(inflows_of)


def events(today):
    """The next economic events and, where fewer than EVENTS are known, the last ones behind."""
    return EVENTS_AROUND.rows(today)


def events_around(today):
    ahead = Q(event_date__gte=today)
    return EconomicEvent.objects.annotate(
        is_past=Case(When(ahead, then=0), default=1),
        ahead_on=Case(When(ahead, then=F("event_date"))),
    ).order_by("is_past", "ahead_on", "-event_date", "pk")[:EVENTS]


EVENTS_AROUND = Prepared(events_around)
