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

from customers.figures import OF_PRODUCTS, holders_of, refresh
from customers.follow_ups import plan_unplanned
from customers.models import Customer, ForeignWrite
from customers.succession import pass_on_tasks
from wealthai.database import exclusive_transaction
from wealthai.tracking import FIRST_RECORD, refresh_derived, tracked_models
from wealthai.writing import Source, writing

LOCK = "catch_up"
FOLLOW_UP = "SQL: メモの次回対応日"
BATCH = 5000
FOLLOWED = "SQL: 担当者の変更に伴うタスクの移動"

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
        writes = list(ForeignWrite.objects.only("table", "row_id")[:BATCH])
        by_table: dict[str, list[ForeignWrite]] = {}
        for write in writes:
            by_table.setdefault(write.table, []).append(write)
        for model in tracked_models():
            if model._meta.db_table in by_table:
                _record(model, [write.pk for write in by_table[model._meta.db_table]])
        refold({write.row_id for write in by_table.get("customers", ())})
        refresh(_whose_figures_follow(by_table))
        with writing(source=Source.SQL, reason=FOLLOW_UP):
            plan_unplanned(_notes_with_a_new_day(by_table))
        _pass_on_tasks(by_table.get("customers", ()))
        ForeignWrite.objects.filter(pk__in=[write.pk for write in writes]).delete()
    return len(writes)


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


def _notes_with_a_new_day(by_table: dict[str, list[ForeignWrite]]) -> set[int]:
    rows = ForeignWrite.objects.filter(
        pk__in=[write.pk for write in by_table.get("sales_notes", ())]
    )
    days = rows.values_list("row_id", "old__follow_up_date", "new__follow_up_date")
    return {pk for pk, old, new in days if new and new != old}


def _pass_on_tasks(writes: Iterable[ForeignWrite]) -> None:
    """From who was a customer's adviser before the first write to who is it now."""
    updates = ForeignWrite.objects.filter(pk__in=[write.pk for write in writes], operation="U")
    given = updates.order_by("pk").values_list("row_id", "old__sales_rep_id", "new__sales_rep_id")
    former: dict[int, int | None] = {}
    for row_id, old, new in given:
        if old != new:
            former.setdefault(row_id, old)
    now = Customer.objects.filter(pk__in=former).values_list("pk", "sales_rep")
    with writing(source=Source.SQL, reason=FOLLOWED):
        pass_on_tasks({pk: (former[pk], rep) for pk, rep in now})


def _whose_figures_follow(by_table: dict[str, list[ForeignWrite]]) -> set[int]:
    """The customers of holdings, notes and tasks, and the holders of a product that says something
    else of what figures take from it."""
    tables = ("holdings", "sales_notes", "tasks")
    records = [write.pk for name in tables for write in by_table.get(name, ())]
    rows = ForeignWrite.objects.filter(pk__in=records)
    found = {pk for pair in rows.values_list("old__customer_id", "new__customer_id") for pk in pair}
    if "products" in by_table:
        products = ForeignWrite.objects.filter(pk__in=[write.pk for write in by_table["products"]])
        same = {f"old__{name}": F(f"new__{name}") for name in OF_PRODUCTS}
        moved = products.exclude(**same).values("row_id")
        found |= set(holders_of(moved))
    return found - {None}
