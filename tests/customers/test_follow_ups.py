"""What was noted for a day becomes a task, by whatever way the note came."""

import datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from customers.drift import mend
from customers.follow_ups import tasks_of
from customers.foreign_writes import catch_up
from customers.models import SalesNote, Task
from tests.customers.original import write_files
from tests.customers.test_admin_conflict import filled
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


def test_note_without_a_line_still_names_the_task(ito):
    note = SalesNoteFactory(customer=ito, content="\n", follow_up_date=DAY)

    assert [task.title for task in tasks_of([note])] == ["次の対応"]


# --- Back office ------------------------------------------------------------------------------


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


def test_day_noted_in_the_back_office_becomes_a_task_of_the_writer(desk, office, ito):
    note = {"note_type": "visit", "priority": "normal", "content": "円債", "customer": ito.pk}
    desk.post(reverse("admin:customers_salesnote_add"), note | {"follow_up_date": "2026/12/01"})

    task = Task.objects.get()
    assert (task.title, task.due_date, task.assignee) == ("次の対応　円債", DAY, office)
    assert task.history.get().source == "admin"


def test_day_noted_below_a_customer_becomes_a_task(desk, office, ito):
    address = reverse("admin:customers_customer_change", args=[ito.pk])
    row = {
        "note_type": "visit",
        "subject": "償還",
        "content": "円債",
        "follow_up_date": "2026/12/1",
    }
    sent = filled(desk.get(address)) | {f"notes-0-{name}": text for name, text in row.items()}
    desk.post(address, sent | {"notes-TOTAL_FORMS": "1"})

    assert Task.objects.values_list("title", "due_date", "assignee").get() == (
        "次の対応　償還",
        DAY,
        office.pk,
    )


# --- What another system wrote ----------------------------------------------------------------


def unseen(customer, **fields):
    """A note that no history knows."""
    note = SalesNote(customer=customer, content="円債", **fields)
    [note] = SalesNote.objects.without_history().bulk_create([note])
    return note


def test_note_found_by_comparing_becomes_a_task_once(ito, tanaka):
    unseen(ito, follow_up_date=DAY)

    mend()
    mend()

    task = Task.objects.get()
    assert (task.due_date, task.assignee, task.history.get().source) == (DAY, tanaka, "sql")


def test_day_set_afterwards_becomes_a_task_and_other_changes_make_none(ito):
    old = SalesNoteFactory(customer=ito, follow_up_date=DAY)
    Task.objects.get().delete()
    later = SalesNoteFactory(customer=ito)
    SalesNote.objects.without_history().filter(pk=old.pk).update(subject="件名")
    SalesNote.objects.without_history().filter(pk=later.pk).update(follow_up_date=DAY)

    mend()

    assert Task.objects.get().note == later


@pytest.mark.postgres
def test_note_inserted_by_sql_becomes_a_task_within_the_minute(sql, ito, tanaka):
    insert = "INSERT INTO sales_notes (customer_id, content, follow_up_date) VALUES (%s, %s, %s)"
    sql(insert, ito.pk, "円債", DAY)
    sql(insert, ito.pk, "", "12000-01-01")
    sql("UPDATE sales_notes SET subject = '償還'")

    catch_up()

    task = Task.objects.get()
    assert (task.title, task.due_date, task.assignee) == ("次の対応　償還", DAY, tanaka)
    assert task.history.get().history_change_reason == "SQL: メモの次回対応日"
