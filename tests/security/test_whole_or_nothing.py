"""A business step that breaks at any of its statements leaves nothing half done (ASVS 2.3.3)."""

from io import StringIO

import psycopg
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.customers.original import write_files
from tests.factories import TaskFactory
from wealthai.database import READS
from wealthai.models import RateBucket, TimerRun

STEPS = {
    "customer": ("customers:create", {"kind": "individual", "name": "大野達也"}),
    "note-with-task": (
        "customers:note-create",
        {"note_type": "visit", "content": "円債に関心", "title": "電話", "due_date": "2027-01-15"},
    ),
}
COPY = psycopg.Cursor.copy  # past Django, and so past its execute_wrapper
# Attempts, which count, and runs, of which a broken one is told too.
TOLD = {model._meta.db_table: model for model in (RateBucket, TimerRun)}


def everything_stored():
    models = set(apps.get_models(include_auto_created=True)) - set(TOLD.values())
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def broken(act, broken_at):
    """What `act` gives when its write number `broken_at` fails; None where it has fewer."""
    writes = []

    def count():
        writes.append(1)
        if len(writes) == broken_at:
            raise OperationalError("The database went away.")

    def execute(run, sql, params, many, context):
        if not (READS.match(sql) or any(table in sql for table in TOLD)):
            count()
        return run(sql, params, many, context)

    def copy(cursor, *arguments, **options):
        count()
        return COPY(cursor, *arguments, **options)

    with connection.execute_wrapper(execute), pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "copy", copy)
        result = act()
    return result if len(writes) >= broken_at else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "data"), STEPS.values(), ids=STEPS)
def test_step_that_breaks_anywhere_changed_nothing(office, ito, name, data):
    client = Client(raise_request_exception=False)
    client.force_login(office)
    TaskFactory(customer=ito)
    url = reverse(name, args=[] if name == "customers:create" else [ito.pk])
    before, statuses = everything_stored(), []

    def post():
        return client.post(url, data).status_code

    while status := broken(post, broken_at=len(statuses) + 1):
        statuses.append(status)
        if status == 503:
            assert everything_stored() == before

    assert statuses.count(503) >= 2


@pytest.mark.django_db(transaction=True)
def test_import_that_breaks_anywhere_stored_nothing(tmp_path):
    write_files(tmp_path)
    before, ends = everything_stored(), []

    def run():
        try:
            call_command("import_original", str(tmp_path), stdout=StringIO())
        except (CommandError, OperationalError):
            return "broken"
        return "done"

    while end := broken(run, broken_at=len(ends) + 1):
        ends.append(end)
        assert everything_stored() == before

    assert len(ends) > 7
    assert everything_stored() != before
