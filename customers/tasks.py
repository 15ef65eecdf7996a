"""Tasks as they are listed: open ones in the order in which they press, done ones newest first."""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from customers.models import Task
from wealthai.keyset import Keyset, Order

OVERDUE, TODAY, THIS_WEEK, LATER, UNDATED = GROUPS = (
    "期限超過",
    "本日",
    "今週",
    "それ以降",
    "期日なし",
)
DONE = "完了"

BY_DUE_DATE = Keyset("open", Order.of(Task, "due_date"), Task)
# Of done tasks alone: each has its moment.
BY_DONE_AT = Keyset("done", Order("done_at", True, Task._meta.get_field("done_at")), Task)


@dataclass(frozen=True)
class Group:
    """Of `total` tasks those that the page shows."""

    words: str
    tasks: list
    total: int

    @property
    def is_part(self):
        return len(self.tasks) < self.total


def group_of(due, today):
    """A working week runs from Monday to Sunday."""
    if due is None:
        return UNDATED
    if due <= today:
        return TODAY if due == today else OVERDUE
    sunday = today + datetime.timedelta(days=6 - today.weekday())
    return THIS_WEEK if due <= sunday else LATER


def totals_of(tasks):
    """How many of these open tasks each group has, in one query."""
    today, totals = timezone.localdate(), dict.fromkeys(GROUPS, 0)
    days = tasks.order_by().values_list("due_date").annotate(number=Count("pk"))
    for due, number in days:
        totals[group_of(due, today)] += number
    return totals


def grouped(tasks, totals):
    """The groups of which `tasks`, a page of all of them, shows any."""
    today = timezone.localdate()
    groups = {words: [] for words in totals}
    for task in tasks:
        groups[DONE if task.done_at else group_of(task.due_date, today)].append(task)
    return [Group(words, shown, totals[words]) for words, shown in groups.items() if shown]
