"""Tasks of notes that name a day for the next contact but no act: those of other systems."""

from customers.models import Customer, Task

TITLE = 200


def title_of(note):
    return f"次の対応　{note.subject or note.content.splitlines()[0]}"[:TITLE]


def tasks_of(notes):
    """An unsaved task for each stored note with a `follow_up_date`: for who wrote it, else for the
    customer's adviser."""
    due = [note for note in notes if note.follow_up_date]
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
