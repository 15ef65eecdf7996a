"""What was noted to be done next becomes a task, by whatever way the note came.

A note that is saved on a page or in the back office is followed by a signal; who writes many at once
(import, catch_up) calls `plan`.
"""

import datetime

from django.db.models.signals import post_save

from customers.models import Customer, SalesNote, Task
from wealthai.tracking import create_many

TITLE = 200


def plan(notes):
    """Adds the tasks of `notes`, which are new here."""
    create_many(Task, tasks_of(notes))


def plan_unplanned(note_ids):
    """The same for what another system wrote: columns that are not needed may hold what no Python
    date can, and a note may have its task already."""
    notes = SalesNote.objects.filter(pk__in=note_ids, tasks=None)
    notes = notes.filter(follow_up_date__range=(datetime.date.min, datetime.date.max))
    plan(notes.only("customer", "sales_rep", "subject", "content", "follow_up_date"))


def tasks_of(notes):
    """An unsaved task for each stored note that names a day or an act: for who wrote it, else for
    the customer's adviser."""
    due = [note for note in notes if note.follow_up_date or note.next_step]
    unsigned = {note.customer_id for note in due if not note.sales_rep_id}
    reps = dict(Customer.objects.filter(pk__in=unsigned).values_list("pk", "sales_rep"))
    return [
        Task(
            customer_id=note.customer_id,
            assignee_id=note.sales_rep_id or reps.get(note.customer_id),
            title=title_of(note),
            due_date=note.follow_up_date,
            note=note,
        )
        for note in due
    ]


def title_of(note):
    first = next(iter(note.content.strip().splitlines()), "")
    return (note.next_step or f"次の対応　{note.subject or first}".strip())[:TITLE]


def follow_one(sender, instance, created, raw=False, **kwargs):
    if created and not raw:
        plan([instance])


def connect():
    post_save.connect(follow_one, sender=SalesNote, dispatch_uid="follow_ups")
