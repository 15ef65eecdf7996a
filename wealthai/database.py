"""The named place for what PostgreSQL and SQLite do differently."""

from django.db import connection


def next_id(model):
    """The integer that the next row of `model` gets; reserves it on PostgreSQL.

    On SQLite the caller must be inside a transaction: it is IMMEDIATE there, so no other writer
    can take the same number before the row is inserted.
    """
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s))", [table, column])
            return cursor.fetchone()[0]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        return (row[0] if row else 0) + 1
