"""What the tests of the history share: writing as somebody, and reading the page's rows."""

from contextlib import contextmanager

from django.db import connection, models, transaction
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


# --- A past that was otherwise: the product itself never changes a history row ----------------


def rewrite(history, **values):
    with past_the_guards():
        unguarded(history).update(**values)


def forget(history):
    with past_the_guards():
        unguarded(history).delete()


def unguarded(history):
    rows = history.order_by().values_list("pk", flat=True)
    return models.QuerySet(history.model).filter(pk__in=list(rows))


@contextmanager
def past_the_guards():
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('session_replication_role')")
        [before] = cursor.fetchone()
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute(f"SET LOCAL session_replication_role = {before}")
