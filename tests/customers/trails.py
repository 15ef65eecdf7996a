"""What the tests of the history share: writing as somebody, and reading the page's rows."""

from django.db import connection
from django.urls import reverse

from wealthai.history import changes, names_of
from wealthai.writing import Source, writing


def save(row, *, by=None, at=None, source=Source.PAGE, reason="", batch=None, **values):
    """Stores `values` as that person by that way, at that time."""
    for name, value in values.items():
        setattr(row, name, value)
    row._history_user = by
    if at:
        row._history_date = at
    with writing(source=source, reason=reason, batch_id=batch and batch.pk):
        row.save()
    row.__dict__.pop("_history_date", None)
    return row


def history_url(customer, **query):
    return reverse("customers:history", args=[customer.pk], query=query)


def lines(response):
    """(subject, field, before, after) of each line, newest first."""
    return [
        (line.subject, line.label, line.old, line.new)
        for moment in response.context["page"].moments
        for line in moment.lines
    ]


def told(row):
    """(person, way, reason, {field: (old, new)}) of the newest history row."""
    newest, before = row.history.all()[:2]
    found = changes(newest, before, names_of([newest, before], newest.history_user))
    return (
        newest.history_user and newest.history_user.rep_code,
        newest.source,
        newest.history_change_reason,
        {change.name: (change.old, change.new) for change in found},
    )


def by_copy(queries, on_postgres):
    """A count of queries: COPY of the history needs other statements than INSERT does."""
    return on_postgres if connection.vendor == "postgresql" else queries
