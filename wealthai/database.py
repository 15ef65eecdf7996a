"""The named place for what PostgreSQL and SQLite do differently."""

import json
import logging
import re
import time
import zlib
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.models import BooleanField, Func, JSONField, TextField, Value
from psycopg import DataError, errors
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import DateLoader

logger = logging.getLogger(__name__)

LOCK_WAIT_MS = 2000
NAMED_LENGTH = 1000
READS = re.compile(r"[\s(]*(SELECT|EXPLAIN|BEGIN|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|PRAGMA)\b")


class BusyError(Exception):
    """Somebody else is doing the very thing; try again later."""


def next_ids(model, count=1):
    """The integers that the next `count` rows of `model` get; reserves them on PostgreSQL.

    On SQLite the caller must be inside a transaction: it is IMMEDIATE there, so no other writer
    can take the same numbers before the rows are inserted.
    """
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [table, column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return list(range(first, first + count))


class Among(Func):
    """`Among(F(column), Subquery(keys))`: holds where the column is one of the keys.

    PostgreSQL reads them first, as an array. So it can look them up in an index of the column and
    intersect that with another index, which it cannot do with a joined table.
    """

    template, arg_joiner = "%(expressions)s", " IN "
    output_field = BooleanField()

    def as_postgresql(self, compiler, connection):
        return self.as_sql(
            compiler, connection, template=f"{self.template})", arg_joiner=" = ANY(ARRAY"
        )


class OneOf(Func):
    """`OneOf("column", keys)`: holds where the column is one of the list. As `__in`, but one parameter
    takes all of them: the SQL is the same however many there are."""

    template, arg_joiner = "%(expressions)s))", " IN (SELECT value FROM json_each("
    output_field = BooleanField()

    def __init__(self, column, keys, **extra):
        super().__init__(column, Array(keys), **extra)

    def as_postgresql(self, compiler, connection, **context):
        context |= {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
        return self.as_sql(compiler, connection, **context)


class Array(Value):
    """A list as one parameter."""

    def as_sql(self, compiler, connection):
        return "%s", [array_parameter(self.value, connection.vendor)]


def array_parameter(values, vendor):
    """For `= ANY(%s)` and `unnest(%s)`; SQLite reads a list as `json_each(%s)`."""
    return values if vendor == "postgresql" else json.dumps(values)


class ValueOf(Func):
    """`ValueOf("id", {1: "one", 2: "two"})`: the text for each row's key, for one UPDATE of many rows."""

    template, arg_joiner = "json_extract(%(expressions)s || '\"')", ", '$.\"' || "
    output_field = TextField()

    def __init__(self, column, texts, **extra):
        super().__init__(Value(json.dumps(texts), output_field=TextField()), column, **extra)

    def as_postgresql(self, compiler, connection, **context):
        context |= {"template": "(%(expressions)s::text)", "arg_joiner": "::jsonb ->> "}
        return self.as_sql(compiler, connection, **context)


class WithoutKeys(Func):
    """`WithoutKeys("steps", "text")`: the list of JSON objects in a column, each without these keys."""

    template = "(SELECT json_group_array(json(json_remove(value, %(keys)s))) FROM json_each(%(expressions)s))"
    output_field = JSONField()

    def __init__(self, column, *keys, **extra):
        paths = ", ".join(f"'$.{key}'" for key in keys)
        super().__init__(column, keys=paths, names=", ".join(f"'{key}'" for key in keys), **extra)

    def as_postgresql(self, compiler, connection, **context):
        template = (
            "(SELECT jsonb_agg(one - ARRAY[%(names)s] ORDER BY place)"
            " FROM jsonb_array_elements(%(expressions)s) WITH ORDINALITY AS elements (one, place))"
        )
        return self.as_sql(compiler, connection, template=template, **context)


class DayLoader(DateLoader):
    """Another system may write `infinity` or the year 12000. Python knows neither: such a row would keep
    every page from who sees it, so its day is the last, or first, that can be shown."""

    def load(self, data):
        try:
            return super().load(data)
        except DataError:
            return nearest(data, date.max, date.min)


class MomentLoader(BaseTzLoader):
    """Times as Django has them read, in a fifth of the time: of a page of rows the query takes less
    than the loader that comes with Django. What Python cannot parse is left to that one."""

    timezone = UTC

    def load(self, data):
        try:
            return datetime.fromisoformat(bytes(data).decode()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        try:
            return super().load(data)
        except DataError:  # a day from the end, which time zones may move
            return nearest(data, datetime(9999, 12, 30, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC))


def nearest(data, last, first):
    written = bytes(data)
    return first if written.startswith(b"-") or written.endswith(b"BC") else last


def read_moments(sender, connection, **kwargs):
    """For `connection_created`."""
    if connection.vendor == "postgresql" and connection.timezone == UTC:
        connection.connection.adapters.register_loader("timestamptz", MomentLoader)
        connection.connection.adapters.register_loader("date", DayLoader)


class PlannedCursor(ServerBindingCursor):
    """PostgreSQL parses and plans each statement once for each connection, and keeps it (decision 0022)."""

    def execute(self, query, params=None, **options):
        try:
            return super().execute(query, params, **options)
        except errors.FeatureNotSupported:  # the type of a column was changed since it was planned
            if self.connection.info.transaction_status != TransactionStatus.IDLE:
                raise  # the end of the transaction forgets the plans
            super().execute("DEALLOCATE ALL", prepare=False)
            return super().execute(query, params, **options)

    def _get_prepared(self, query, prepare=None):
        self._query = query  # where Django's log of queries looks; psycopg leaves it out for these
        return super()._get_prepared(query, prepare)


@contextmanager
def planned_once(connection):
    """For statements that are asked often, and whose plan does not depend on their values."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    wire = connection.connection
    usual, wire.cursor_factory = wire.cursor_factory, PlannedCursor
    try:
        yield
    finally:
        wire.cursor_factory = usual


@contextmanager
def exclusive_transaction(name, *, wait=False):
    """One transaction that two processes never run at the same time under the same `name`.

    Raises BusyError at once where another one is at it, unless it should `wait` for its turn.
    SQLite knows one writer only: there any write that lasts longer than LOCK_WAIT_MS makes busy.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(short_wait())
            stack.enter_context(transaction.atomic())
        except OperationalError as error:
            raise BusyError(name) from error
        if connection.vendor == "postgresql" and not _lock_until_commit(name, wait):
            raise BusyError(name)
        yield


def _lock_until_commit(name, wait):
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [zlib.crc32(name.encode())])
        return wait or cursor.fetchone()[0]


@contextmanager
def short_wait():
    """SQLite: a person who starts something twice is told in seconds, not after the long wait."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {before}")


def name_slow_queries(*, connection, **kwargs):
    """For `connection_created`. The statement is named with places for its values, not with them."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute, sql, params, many, context):
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = time.perf_counter() - started
        if seconds >= settings.SLOW_QUERY_SECONDS:
            fields = {"seconds": round(seconds, 3), "sql": str(sql)[:NAMED_LENGTH]}
            logger.warning("slow query", extra={"fields": fields})


_recording_a_look: ContextVar[bool] = ContextVar("recording_a_look", default=False)


@contextmanager
def recording_a_look():
    """For the record of a page that is shown, also in answer to a request that may write nothing."""
    token = _recording_a_look.set(True)
    try:
        yield
    finally:
        _recording_a_look.reset(token)


@contextmanager
def writing_nothing():
    """What would write ends as a BadRequest instead; but attempts are still counted."""
    counters = ["rate_buckets", settings.CACHES["default"]["LOCATION"]]

    def read_only(execute, sql, params, many, context):
        is_counter = any(name in sql for name in counters)
        if READS.match(sql) or is_counter or _recording_a_look.get():
            return execute(sql, params, many, context)
        raise BadRequest("This request may write nothing.")

    with ExitStack() as stack:
        for each in connections.all():
            stack.enter_context(each.execute_wrapper(read_only))
        yield


@contextmanager
def one_snapshot():
    """All that is read inside is of one moment, and nothing can be written there.

    Inside of a transaction it has that one's view: a snapshot begins with its transaction.
    """
    if connection.in_atomic_block:
        yield
        return
    usual = getattr(connection, "transaction_mode", None)
    connection.transaction_mode = "DEFERRED"  # SQLite: its readers wait for no writer
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    finally:
        connection.transaction_mode = usual
