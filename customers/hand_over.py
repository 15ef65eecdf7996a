"""担当の引き継ぎ: a book of customers, or a part of it, goes from one adviser to another.

One act with one reason. It takes effect at the next request of both advisers, because who sees a
customer is asked of the row each time (`visible_to`), never remembered.
"""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, Sum

from customers.batches import write_rows
from customers.models import Adviser, Customer, Task
from customers.record import count
from wealthai.models import ChangeBatch


@dataclass(frozen=True)
class Book:
    """What would move. `customers` and `tasks` are querysets; the mark is of their keys."""

    giver: Adviser
    taker: Adviser
    customers: object
    tasks: object

    def counts(self):
        totals = self.customers.aggregate(yen=Sum("yen_assets"))
        return {"customers": self.customers.count(), "tasks": self.tasks.count()} | totals

    def rows(self):
        """The customers, each with the number of tasks that go along as `moving_tasks`."""
        return self.customers.annotate(moving_tasks=count(self.tasks, "customer"))

    def mark(self):
        """Changes when the preview would show other customers or tasks."""
        keys = [list(rows.values_list("pk", flat=True)) for rows in (self.customers, self.tasks)]
        return mark_of(*keys)


def mark_of(customers, tasks) -> str:
    return hashlib.sha256(repr([customers, tasks]).encode()).hexdigest()[:16]


def book_of(giver, taker, customers) -> Book:
    """The giver's part of `customers` (visible and not archived), and the open tasks that go along."""
    own = customers.filter(sales_rep=giver).order_by("pk")
    seeing = Adviser.objects.seeing(taker.pk, taker.branch).values("pk")
    blind = Q(assignee__isnull=False) & ~Q(assignee__in=seeing)
    tasks = Task.objects.open().filter(Q(assignee=giver) | blind, customer__in=own.order_by())
    return Book(giver, taker, own, tasks.order_by("pk"))


@transaction.atomic
def hand_over(book: Book, *, seen, user, reason) -> ChangeBatch | None:
    """Moves the book, or nothing when it is no longer the one that was `seen` (a mark).

    The tasks go along by themselves, by the same rule (customers/succession.py).
    """
    customers = list(book.customers.select_for_update(of=["self"]))
    tasks = list(book.tasks.select_for_update(of=["self"]))
    shown = mark_of([row.pk for row in customers], [row.pk for row in tasks])
    if not customers or shown != seen:
        return None
    batch = ChangeBatch.objects.create(
        kind=ChangeBatch.Kind.HAND_OVER,
        user=user,
        reason=reason,
        summary=summary_of(book.giver, book.taker, len(customers), len(tasks)),
    )
    write_rows(batch, Customer, [(row, {"sales_rep_id": book.taker.pk}) for row in customers])
    return batch


def summary_of(giver, taker, customers, tasks) -> str:
    moved = f"顧客 {customers:,}名" + (f"、タスク {tasks:,}件" if tasks else "")
    return f"{giver.name} → {taker.name}（{moved}）"
