"""What tests wait for while a thread writes an answer, and PostgreSQL away meanwhile."""

import contextlib
import time

import psycopg
from django.db import OperationalError, connection

from chat import runs


@contextlib.contextmanager
def database_away():
    """As during a restart: every connection is cut, and no new one is let in."""
    known = connection.get_connection_params() | {"dbname": "postgres"}
    known = {
        name: known[name]
        for name in ("dbname", "host", "port", "user", "password")
        if name in known
    }
    name = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(**known, autocommit=True) as outside:
        outside.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        outside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            outside.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            wait_for(is_back)  # whoever waited when the last try failed is still being told so


def is_back():
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    connection.close()
    return True


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)


def wait_for_threads():
    wait_for(lambda: not runs._writing)


def wait_for_text(exchange):
    """The run, once the model has said what it says before it falls silent."""
    run = runs.live(exchange.pk)
    wait_for(lambda: len(run.text) >= 15)
    return run
