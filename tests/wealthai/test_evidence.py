"""History and records of access are written once: no statement changes or removes a row."""

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.db.utils import ProgrammingError

from customers.models import AccessRecord, AccessRecordCustomer
from tests.factories import CustomerFactory
from tests.wealthai.test_tracking import TRACKED
from wealthai.evidence import WrittenOnceError
from wealthai.models import ChangeBatch
from wealthai.tracking import tracked_models
from wealthai.writing import writing

EVIDENCE = [AccessRecord, ChangeBatch, *(model.history.model for model in tracked_models())]
VALUE = {AccessRecord: "detail", ChangeBatch: "reason"}  # a column of each but the history
REFUSED = {
    "update": lambda rows, name: rows.update(**{name: "x"}),
    "filtered update": lambda rows, name: rows.filter(pk__gt=0).update(**{name: "x"}),
    "base manager": lambda rows, name: rows.model._base_manager.update(**{name: "x"}),
    "bulk_update": lambda rows, name: rows.bulk_update(list(rows), [name]),
    "upsert": lambda rows, name: rows.bulk_create(
        list(rows), update_conflicts=True, unique_fields=["pk"], update_fields=[name]
    ),
    "save": lambda rows, name: rows[0].save(),
    "save of one field": lambda rows, name: rows[0].save(update_fields=[name]),
    "loaddata": lambda rows, name: rows[0].save_base(raw=True),
    "delete": lambda rows, name: rows.delete(),
    "raw delete": lambda rows, name: rows._raw_delete("default"),
    "delete one": lambda rows, name: rows[0].delete(),
}


@pytest.fixture(params=EVIDENCE, ids=lambda model: model.__name__)
def rows(request, db, tanaka):
    """All rows of one of the tables, at least one."""
    if request.param is AccessRecord:
        AccessRecord.objects.create(user=tanaka, act="view", source="page")
        return AccessRecord.objects.all()
    if request.param is ChangeBatch:
        ChangeBatch.objects.create(user=tanaka, kind="bulk_edit", reason="異動", summary="1名")
        return ChangeBatch.objects.all()
    make, _ = TRACKED[request.param.instance_type]
    return type(make()).history.all()


def column(rows):
    return VALUE.get(rows.model, "history_change_reason")


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_statement_is_refused_and_changes_nothing(rows, statement):
    before = list(rows.values())

    with pytest.raises(WrittenOnceError), transaction.atomic():
        statement(rows.all(), column(rows))

    assert (len(before) > 0, list(rows.values())) == (True, before)


def test_history_is_guarded_below_its_own_manager_too(ito):
    for manager in (ito.history, type(ito).history, type(ito).history.model.objects):
        with pytest.raises(WrittenOnceError):
            manager.all().delete()

    assert ito.history.count() == 1


def test_whoever_changed_something_stays(office):
    with writing(user_id=office.pk):
        CustomerFactory()

    with pytest.raises(ProtectedError):
        office.delete()


# --- PostgreSQL: past Django ------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
def test_sql_is_refused(rows, statement):
    before, table = list(rows.values()), rows.model._meta.db_table

    refused = pytest.raises(ProgrammingError, match="never changed or removed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column(rows)))

    assert (len(before) > 0, list(rows.values())) == (True, before)


@pytest.mark.postgres
def test_every_table_of_evidence_has_the_trigger(db):
    """A new tracked model needs a migration that names its history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'written_once'"
        )
        tables = {table for (table,) in cursor.fetchall()}

    assert tables == {model._meta.db_table for model in [*EVIDENCE, AccessRecordCustomer]}
