"""What other systems write into our tables by SQL, brought into the history.

The named place for what PostgreSQL alone can do: there triggers (migration `foreign_writes`) keep
each such write in the queue `ForeignWrite`, in the writer's own transaction. Nobody else writes an
embedded SQLite file, so there the queue stays empty; `customers/drift.py` serves both.

The rows of the queue become history rows inside the database: 10,000 writes need a few statements,
and a value that only PostgreSQL can hold (numeric NaN, a date of the year 12000) stops nothing.
"""

from collections.abc import Iterable, Sequence

from django.db import connection, models
from django.db.models import F

from customers.figures import refresh_figures
from customers.models import Customer, ForeignWrite, Holding
from wealthai.database import exclusive_transaction
from wealthai.tracking import FIRST_RECORD, refresh_derived, tracked_models

LOCK = "catch_up"
BATCH = 5000

RECORD = """
    INSERT INTO {history} ({columns}, history_date, history_type, history_change_reason, source)
    SELECT {values}, written.at, translate(written.operation, 'IUD', '+~-'),
           left('SQL: ' || written.role, 100), 'sql'
    FROM foreign_writes written
    LEFT JOIN {table} stored ON stored.{key} = written.row_id
    CROSS JOIN LATERAL jsonb_populate_record(stored, coalesce(written.new, written.old)) said
    WHERE written.table_name = %(table)s AND written.id = ANY(%(ids)s)
    ORDER BY written.id"""
# What stood before the first write that we know of; it stood so at least since the row says.
FIRST = """
    INSERT INTO {history} ({columns}, history_date, history_type, history_change_reason, source)
    SELECT {values}, least(said.{since}, written.at - interval '1 microsecond'), '+', %(reason)s,
           'sql'
    FROM (
        SELECT DISTINCT ON (row_id) * FROM foreign_writes
        WHERE table_name = %(table)s AND id = ANY(%(ids)s)
        ORDER BY row_id, id
    ) written
    LEFT JOIN {table} stored ON stored.{key} = written.row_id
    CROSS JOIN LATERAL jsonb_populate_record(stored, written.old) said
    WHERE written.operation <> 'I'
      AND NOT EXISTS (SELECT FROM {history} known WHERE known.{key} = written.row_id)"""


def catch_up(*, wait: bool = False) -> int:
    """Empties the queue; returns how many writes it held.

    Raises BusyError where another process is at it, unless it should `wait` for that one.
    """
    done = 0
    while count := _catch_up_some(wait):
        done += count
    return done


def _catch_up_some(wait: bool) -> int:
    """One transaction: the history, what follows from the rows, and the queue without them."""
    if not ForeignWrite.objects.exists():
        return 0
    with exclusive_transaction(LOCK, wait=wait):
        ids = list(ForeignWrite.objects.values_list("pk", flat=True)[:BATCH])
        writes = ForeignWrite.objects.filter(pk__in=ids).order_by()
        for model in tracked_models():
            if writes.filter(table=model._meta.db_table).exists():
                _record(model, ids)
        refold(_keys(writes.filter(table="customers")))
        refresh_figures(_customers_of(writes))
        writes.delete()
    return len(ids)


def _record(model: type[models.Model], ids: Sequence[int]) -> None:
    names = [field.column for field in model.history.model.tracked_fields]
    quoted = [connection.ops.quote_name(name) for name in names]
    words = {
        "history": model.history.model._meta.db_table,
        "table": model._meta.db_table,
        "key": model._meta.pk.column,
        "columns": ", ".join(quoted),
        "values": ", ".join(f"said.{name}" for name in quoted),
        "since": "updated_at" if "updated_at" in names else "created_at",
    }
    values = {"table": model._meta.db_table, "ids": list(ids), "reason": FIRST_RECORD}
    with connection.cursor() as cursor:
        for statement in (FIRST, RECORD):
            cursor.execute(statement.format(**words), values)


def refold(customer_ids: Iterable[int]) -> int:
    """Makes these customers findable by what their rows say now."""
    locked = Customer.objects.select_for_update().filter(pk__in=customer_ids)
    return refresh_derived(list(locked.order_by("pk")))


def _keys(writes: models.QuerySet) -> list[int]:
    return list(writes.values_list("row_id", flat=True).distinct())


def _customers_of(writes: models.QuerySet) -> set[int]:
    """Whose figures follow from these writes: of holdings, of notes, of a product's currency."""
    records = writes.filter(table__in=["holdings", "sales_notes"])
    pairs = records.values_list("old__customer_id", "new__customer_id")
    products = writes.filter(table="products").exclude(old__currency=F("new__currency"))
    holders = Holding.objects.filter(product__in=_keys(products)).order_by()
    found = {pk for pair in pairs for pk in pair} | set(
        holders.values_list("customer", flat=True).distinct()
    )
    return found - {None}
