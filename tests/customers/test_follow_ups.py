"""Next contacts that another system noted become tasks."""

import datetime

import pytest
from django.core.management import call_command

from customers.follow_ups import tasks_of
from customers.models import Task
from tests.customers.original import write_files
from tests.factories import SalesNoteFactory

DAY = datetime.date(2026, 12, 1)


@pytest.fixture
def folder(db, tmp_path):
    call_command("import_original", str(write_files(tmp_path)), verbosity=0)
    return tmp_path


def test_imported_note_with_a_day_becomes_a_task_of_its_writer(folder):
    task = Task.objects.get()

    assert (task.note.follow_up_date, task.assignee) == (task.due_date, task.note.sales_rep)
    assert (task.title, task.customer) == (
        f"次の対応　{task.note.subject}",
        task.note.customer,
    )
    assert task.history.get().source == "import"


def test_importing_again_adds_no_task(folder):
    call_command("import_original", str(folder), verbosity=0)

    assert Task.objects.count() == 1


def test_note_without_a_writer_goes_to_the_customers_adviser(ito, tanaka):
    note = SalesNoteFactory(customer=ito, content="一行目\n二行目", follow_up_date=DAY)

    [task] = tasks_of([note, SalesNoteFactory(customer=ito)])

    assert (task.assignee_id, task.title) == (tanaka.pk, "次の対応　一行目")
