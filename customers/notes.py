"""Notes for reading: each with its corrections and with the tasks that came of it."""

from django.db.models import Prefetch, Q

from customers.models import SalesNote, Task

NOTES = 20


def page_of_notes(originals, before, size):
    """The newest notes (before one of them), and the number of the last when there are more.

    Each gets `versions`, the oldest first; the last of them is the one that holds.
    """
    rows = originals.order_by("-created_at", "-pk")
    if before:
        same = Q(created_at=before.created_at, pk__lt=before.pk)
        rows = rows.filter(Q(created_at__lt=before.created_at) | same)
    corrections = SalesNote.objects.select_related("sales_rep").order_by("pk")
    tasks = Task.objects.select_related("assignee").order_by("pk")
    rows = rows.select_related("sales_rep").prefetch_related(
        Prefetch("corrections", corrections), Prefetch("tasks", tasks)
    )
    notes = list(rows[: size + 1])
    for note in notes:
        note.versions = [note, *note.corrections.all()]
    return notes[:size], notes[size - 1].pk if len(notes) > size else None
