"""Open tasks in the order in which they press."""

import datetime

from django.utils import timezone

OVERDUE, TODAY, THIS_WEEK, LATER, UNDATED = GROUPS = (
    "期限超過",
    "本日",
    "今週",
    "それ以降",
    "期日なし",
)


def group_of(due, today):
    """A working week runs from Monday to Sunday."""
    if due is None:
        return UNDATED
    if due <= today:
        return TODAY if due == today else OVERDUE
    sunday = today + datetime.timedelta(days=6 - today.weekday())
    return THIS_WEEK if due <= sunday else LATER


def grouped(tasks):
    """(words, tasks) of each group that has any."""
    today = timezone.localdate()
    groups = {words: [] for words in GROUPS}
    for task in tasks:
        groups[group_of(task.due_date, today)].append(task)
    return [(words, members) for words, members in groups.items() if members]
