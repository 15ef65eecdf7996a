"""Notes for reading: each with its corrections and with the tasks that came of it."""

from dataclasses import dataclass

from django.db.models import Prefetch

from customers.models import SalesNote, Task

NOTES = 20


@dataclass(frozen=True)
class NotesPage:
    """`older` is the number of the last note where more follow."""

    notes: list
    older: int | None
    is_newest: bool


def page_of_notes(originals, *, before=None, at=None):
    """The newest notes, those before one of them, or those among which one stands.

    Each gets `versions`, the oldest first; the last of them is the one that holds.
    """
    if at and originals.newer_than(at)[:NOTES].count() < NOTES:
        at = None
    rows = originals.older_than(before or at) if before or at else originals
    rows = rows | originals.filter(pk=at.pk) if at else rows
    rows = rows.order_by("-created_at", "-pk")
    corrections = SalesNote.objects.select_related("sales_rep").order_by("pk")
    tasks = Task.objects.select_related("assignee").order_by("pk")
    rows = rows.select_related("sales_rep").prefetch_related(
        Prefetch("corrections", corrections), Prefetch("tasks", tasks)
    )
    notes = list(rows[: NOTES + 1])
    for note in notes:
        note.versions = [note, *note.corrections.all()]
    older = notes[NOTES - 1].pk if notes[NOTES:] else None
    return NotesPage(notes[:NOTES], older, is_newest=not (before or at))
