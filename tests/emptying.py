"""Empties the database after a test that commits; registered in tests/conftest.py.

Django's flush makes the permissions and the roles anew each time, which takes a third of a second
and comes out the same: so what they stand in is compared, and made anew only if a test changed it.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

KEPT = [ContentType, Permission, Group, Group.permissions.through]


class Emptier:
    def __init__(self):
        self.made = None

    def empty(self):
        if self.made == kept_rows():
            tables = filled_tables()
            sql = connection.ops.sql_flush(no_style(), tables, allow_cascade=True)
            connection.ops.execute_sql_flush(sql)
        else:
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
            self.made = kept_rows()


def kept_rows():
    return [sorted(model.objects.values_list()) for model in KEPT]


def filled_tables():
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = set(tables) - {model._meta.db_table for model in KEPT}
    asked = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM \"{0}\")"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked.format(table) for table in tables))
        return [table for (table,) in cursor.fetchall()]


@pytest.fixture(scope="session", autouse=True)
def emptier():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", Emptier().empty)
        yield
