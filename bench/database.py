"""A throw-away PostgreSQL with realistic settings, and the databases of several sizes in it."""

from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

# Waits for the disk as a server in service does: what a write costs is not made to look cheap.
SETTINGS = (
    "shared_buffers=4GB",
    "work_mem=64MB",
    "maintenance_work_mem=1GB",
    "effective_cache_size=12GB",
    "jit=off",
    "random_page_cost=1.1",
    "max_wal_size=8GB",
    "checkpoint_timeout=30min",
)
TEMPLATE = "bench_empty"


def use(name):
    """Point Django at the database `name` of the same cluster."""
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


def without_pool():
    """One process, one connection: it follows `use` at once."""
    connection.close()
    connection.settings_dict["OPTIONS"].pop("pool", None)


def make_template():
    run(f"CREATE DATABASE {TEMPLATE}")
    with using(TEMPLATE):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)


def make(name):
    run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")


def run(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
