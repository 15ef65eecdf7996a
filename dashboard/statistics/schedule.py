"""What comes next, and what is past its day and still open."""

from dataclasses import dataclass

from django.db.models import Case, Count, F, FloatField, Q, Sum, When, Window
from django.db.models.functions import Cast, RowNumber

from customers.models import CashInflow, Customer, EconomicEvent, Holding, Task
from dashboard.scopes import of_customers
from dashboard.statistics.assets import horizon
from wealthai.database import OneOf
from wealthai.prepared import Prepared

ROWS = 6
EVENTS = 5


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
    def mine_count(self):
        """Of tasks alone."""
        return sum(side[0].side_mine for side in (self.ahead, self.late) if side)

    @property
    def rows(self):
        """The first of both sides, the latest before all."""
        return [*self.late, *self.ahead][:ROWS]


def sided(rows, today, **sums):
    """`rows` (annotated with their day `due`) on two sides of `today`, the first of each.

    Every column of every row is carried through the sorting, so only those that are shown.

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


def with_names(*schedules):
    """The same, with the customers of all their rows."""
    rows = [row for one in schedules for row in (*one.ahead, *one.late)]
    if rows:
        found = NAMES.rows(sorted({row.customer_id for row in rows}))
        customers = {customer.pk: customer for customer in found}
        for row in rows:
            row.customer = customers.get(row.customer_id)
    return schedules


def names_of(keys):
    return Customer.objects.filter(OneOf("pk", keys)).only("name", "customer_code").order_by()


NAMES = Prepared(names_of)


def tasks(scope, today):
    """What is to be done today (`ahead`), and what should have been done.

    One's own book is what one has to do; a branch's what anybody has to do there. Rows carry
    `side_mine`, how many of their whole side are one's own.
    """
    if scope.is_book:
        return schedule(OWN_TASKS.rows(scope.user, today))
    return schedule(TASKS.rows(scope.whose, today, scope.user.pk))


def own_tasks(user, today):
    mine = Task.objects.visible_to(user).filter(assignee=user.pk)
    return due_tasks(mine.workable(), today, user.pk)


def tasks_of(whose, today, person):
    return due_tasks(of_customers(Task.objects.all(), whose), today, person)


def due_tasks(rows, today, person):
    mine = Case(When(assignee=person, then=1), default=0)
    rows = rows.open().filter(due_date__lte=today).annotate(due=F("due_date"))
    rows = rows.select_related("assignee")
    shown = rows.only("title", "due_date", "customer", "assignee__name")
    return sided(shown, today, side_mine=Sum(mine))


OWN_TASKS, TASKS = Prepared(own_tasks), Prepared(tasks_of)


def maturities(scope, today):
    """Holdings that fall due; the late ones are still recorded as held."""
    return schedule(MATURITIES.rows(scope.whose, today, horizon(today)))


def maturities_of(whose, today, last):
    rows = of_customers(Holding.objects.active(), whose).due_between(None, last)
    rows = rows.with_amounts().with_due().select_related("product")
    return sided(rows.only("customer", "product__product_name"), today)


MATURITIES = Prepared(maturities_of)


def inflows(scope, today):
    """Money expected in yen: predicted or confirmed, and not yet received.

    Rows carry `side_amount`, and `side_sure` for what is confirmed or of high confidence.
    """
    return schedule(INFLOWS.rows(scope.whose, today, horizon(today)))


def inflows_of(whose, today, last):
    amount = Cast("predicted_amount", FloatField())  # SQLite breaks off a sum beyond 64 bits
    rows = of_customers(CashInflow.objects.expected(), whose).due_between(None, last)
    shown = "customer", "predicted_amount", "source_type", "confidence_level", "status"
    return sided(
        rows.with_due().only(*shown),
        today,
        side_amount=Sum(amount),
        side_sure=Sum(Case(When(CashInflow.SURE, then=amount), default=0.0)),
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
