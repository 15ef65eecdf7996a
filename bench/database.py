"""The databases of one cluster: Django is pointed at one after the other."""

from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

TEMPLATE = "empty"


def without_pool():
    """One process, one connection: it follows `use` at once."""
    connection.close()
    connection.settings_dict["OPTIONS"].pop("pool", None)


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def using(name):
    before = connection.settings_dict["NAME"]
    use(name)
    try:
        yield
    finally:
        use(before)


def make_template():
    run(f"CREATE DATABASE {TEMPLATE}")
    with using(TEMPLATE):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)


def drop_indexes(table, kind=""):
    """All of `table` (of one `kind`: gin) but those of constraints: building them once is quicker than
    keeping them during a fill. Returns how to build them."""
    found = run(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = %s::regclass AND pg_get_indexdef(indexrelid) LIKE %s AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [table, f"% USING {kind}%"],
    )
    for name, _ in found:
        run(f"DROP INDEX {name}")
    return [definition for _, definition in found]


def make(name):
    run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def version():
    return f"PostgreSQL {run('SHOW server_version')[0][0].split()[0]}"


def close():
    connection.close()


def run(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
