"""A release must not stop the release before: its workers still run while the tables change.

Decision of the house: expand, move, contract, in three releases. A migration that contracts says
so: `LAST_USED = "the release that still used it"`.
"""

import re

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now

from wealthai.operations import DropIndexOnline

# The last migrations of the release that is in service; raised with each release.
RELEASED = {"wealthai": 4, "customers": 21, "chat": 4}
# What a person has read, since no test can, and why the release before survives it.
READ = {"wealthai.0005_rate_buckets": "its function changes the new table only"}
HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RemoveConstraint,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    DropIndexOnline,
)
SQL_TAKES_AWAY = re.compile(
    r"\bDROP\s+(TABLE|COLUMN)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bADD\s+(CONSTRAINT|CHECK|UNIQUE|PRIMARY|"
    r"FOREIGN|EXCLUDE)\b|\bDROP\s+DEFAULT\b|\bUNIQUE\s+INDEX\b|\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b",
    re.IGNORECASE,
)


def breaks_old_code(operation, app, before):
    """Whether the release before would fail on the tables that this operation makes of `before`."""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return any(breaks_old_code(one, app, before) for one in operation.database_operations)
    if isinstance(operation, migrations.RunSQL):
        return bool(SQL_TAKES_AWAY.search(str(operation.sql)))
    if isinstance(operation, migrations.AddField):
        return not is_filled(operation.field)
    if isinstance(operation, migrations.AlterField):
        old = before.models[app, operation.model_name_lower].fields[operation.name]
        return not takes_as_much(old, operation.field)
    return not isinstance(operation, HARMLESS)


def is_filled(field):
    """Whether a row that does not name the column can be stored."""
    return field.null or field.has_db_default() or field.many_to_many or field.primary_key


def takes_as_much(old, new):
    """Whether a column takes all that it took before."""
    was, will = old.deconstruct()[3], new.deconstruct()[3]
    of_python = {*models.Field.non_db_attrs, "default"} - {"db_column"}
    changed = {name for name in {**was, **will} if was.get(name) != will.get(name)} - of_python
    wider = {
        "null": new.null,
        "unique": not new.unique,
        "db_index": True,
        "db_default": new.has_db_default() or new.null,
    }  # not a longer text: plans that a connection kept fail once in a transaction (decision 0022)
    is_same_kind = old.get_internal_type() == new.get_internal_type()
    return is_same_kind and all(wider.get(name, False) for name in changed)


def new_migrations():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        migration: loader.project_state([key], at_end=False)
        for key, migration in loader.disk_migrations.items()
        if key[0] in {*RELEASED, "dashboard"} and int(key[1][:4]) > RELEASED.get(key[0], 0)
    }


def breaking(migration, before):
    for operation in migration.operations:
        if breaks_old_code(operation, migration.app_label, before):
            yield f"{migration}: {operation.describe()}"
        operation.state_forwards(migration.app_label, before)


def test_release_before_goes_on_working_on_the_new_tables():
    broken = [
        step
        for migration, before in new_migrations().items()
        if not getattr(migration, "LAST_USED", "") and str(migration) not in READ
        for step in breaking(migration, before)
    ]

    assert broken == []


def test_what_was_read_is_still_there():
    assert READ.keys() <= {str(migration) for migration in new_migrations()}


@pytest.fixture(scope="module")
def now():
    """The tables as all migrations leave them."""
    return MigrationLoader(None, ignore_no_migrations=True).project_state()


def added(field):
    return migrations.AddField("customer", "rank", field)


def altered(name, field):
    return migrations.AlterField("customer", name, field)


def text(**more):
    return models.CharField(**{"max_length": 20, "null": True, "blank": True} | more)


NAMED = models.CheckConstraint(condition=models.Q(name__gt=""), name="named")


@pytest.mark.parametrize(
    ("operation", "is_refused"),
    [
        (added(models.IntegerField(default=1)), True),
        (added(models.DateTimeField(auto_now_add=True)), True),
        (added(models.IntegerField(db_default=1)), False),
        (added(models.DateTimeField(db_default=Now())), False),
        (added(models.IntegerField(null=True)), False),
        (altered("phone", text(null=False)), True),
        (altered("phone", text(null=False, db_default="")), True),
        (altered("phone", text(max_length=19)), True),
        (altered("phone", text(unique=True)), True),
        (altered("phone", text(db_column="telephone")), True),
        (altered("phone", models.IntegerField(null=True)), True),
        (altered("phone", text(max_length=21)), True),
        (altered("phone", text(verbose_name="電話", blank=False)), False),
        (altered("name", text(max_length=100)), False),
        (migrations.AddConstraint("customer", NAMED), True),
        (migrations.RemoveConstraint("customer", "named"), False),
        (migrations.AlterUniqueTogether("customer", {("name", "phone")}), True),
        (migrations.RunPython(migrations.RunPython.noop), True),
        (DropIndexOnline("rank", of="customers (name)"), False),
        (migrations.RemoveField("customer", "phone"), True),
        (migrations.RenameField("customer", "phone", "telephone"), True),
        (migrations.AlterModelTable("customer", "clients"), True),
        (migrations.DeleteModel("Task"), True),
        (migrations.RunSQL("ALTER TABLE customers DROP COLUMN phone"), True),
        (migrations.RunSQL("ALTER TABLE customers ALTER phone SET NOT NULL"), True),
        (migrations.RunSQL("ALTER TABLE customers ALTER COLUMN phone TYPE varchar(9)"), True),
        (migrations.RunSQL("ALTER TABLE customers ADD CONSTRAINT named CHECK (name > '')"), True),
        (migrations.RunSQL("CREATE UNIQUE INDEX rank ON customers (rank)"), True),
        (migrations.RunSQL("CREATE INDEX rank ON customers (rank)"), False),
        (migrations.SeparateDatabaseAndState([migrations.RemoveField("customer", "x")]), True),
        (migrations.SeparateDatabaseAndState([], [migrations.RemoveField("task", "x")]), False),
    ],
    ids=range(31),
)
def test_step_that_old_code_does_not_survive_is_refused(operation, is_refused, now):
    assert breaks_old_code(operation, "customers", now) is is_refused
