import psycopg
import pytest
from django.db import connection


@pytest.fixture
def other_system(transactional_db):
    """Opens a connection as another system does: its statements are committed at once."""
    given = connection.get_connection_params()
    known = {name: given[name] for name in ("host", "port", "user", "password") if given.get(name)}
    name = connection.settings_dict["NAME"]
    return lambda: psycopg.connect(dbname=name, autocommit=True, **known)


@pytest.fixture
def sql(other_system):
    """Statements of another system; returns the rows."""
    with other_system() as raw:

        def run(statement, *values):
            cursor = raw.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        yield run
