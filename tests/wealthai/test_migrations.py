"""A release must not stop the release before: its workers still run while the tables change.

Decision of the house: expand, move, contract, in three releases. A migration that contracts says
so: `LAST_USED = "the release that still used it"`.
"""

import re

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

# The last migrations of the release that is in service; raised with each release.
RELEASED = {"wealthai": 4, "customers": 21, "chat": 4}
TAKES_AWAY = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
SQL_TAKES_AWAY = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b", re.IGNORECASE
)


def breaks_old_code(operation):
    """Whether the release before would fail on the tables that this operation leaves."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return any(map(breaks_old_code, operation.database_operations))
    if isinstance(operation, migrations.RunSQL):
        return bool(SQL_TAKES_AWAY.search(str(operation.sql)))
    if isinstance(operation, migrations.AddField):
        return not is_filled(operation.field)
    if isinstance(operation, migrations.AlterField):
        return False
    return isinstance(operation, TAKES_AWAY)


def is_filled(field):
    """Whether a row that does not name the column can be stored."""
    return field.null or field.has_db_default() or field.many_to_many or field.primary_key


def new_migrations():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        f"{app}.{name}": migration
        for (app, name), migration in loader.disk_migrations.items()
        if app in {*RELEASED, "dashboard"} and int(name[:4]) > RELEASED.get(app, 0)
    }


def test_release_before_goes_on_working_on_the_new_tables():
    broken = [
        f"{name}: {operation.describe()}"
        for name, migration in new_migrations().items()
        if not getattr(migration, "LAST_USED", "")
        for operation in migration.operations
        if breaks_old_code(operation)
    ]

    assert broken == []


def added(field):
    return migrations.AddField("customer", "rank", field)


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (added(models.IntegerField(default=1)), True),
        (added(models.DateTimeField(auto_now_add=True)), True),
        (added(models.IntegerField(db_default=1)), False),
        (added(models.DateTimeField(db_default=Now())), False),
        (added(models.IntegerField(null=True)), False),
        (migrations.RemoveField("customer", "phone"), True),
        (migrations.RenameField("customer", "phone", "telephone"), True),
        (migrations.AlterModelTable("customer", "clients"), True),
        (migrations.DeleteModel("Task"), True),
        (migrations.RunSQL("ALTER TABLE customers DROP COLUMN phone"), True),
        (migrations.RunSQL("ALTER TABLE customers ALTER phone SET NOT NULL"), True),
        (migrations.RunSQL("CREATE INDEX rank ON customers (rank)"), False),
        (migrations.SeparateDatabaseAndState([migrations.RemoveField("customer", "x")]), True),
        (migrations.SeparateDatabaseAndState([], [migrations.RemoveField("task", "x")]), False),
    ],
    ids=range(14),
)
def test_step_that_old_code_does_not_survive_is_refused(operation, is_refused):
    assert breaks_old_code(operation) is is_refused
