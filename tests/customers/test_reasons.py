"""Whoever changes a record in a dialog may say why; the history keeps it."""

import pytest
from django.urls import reverse

from customers.models import SalesNote
from tests.customers.trails import told
from tests.factories import CashInflowFactory, HoldingFactory, SalesNoteFactory, TaskFactory

DIALOGS = [
    ("holding", HoldingFactory, {"current_price": "990"}),
    ("inflow", CashInflowFactory, {"predicted_amount": "5"}),
    ("task", TaskFactory, {"title": "面談"}),
]


def change(kind, row):
    return reverse(f"customers:{kind}-update", args=[row.pk])


def shown(page, kind, row):
    form = page.get(change(kind, row)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


@pytest.mark.parametrize(("kind", "factory", "values"), DIALOGS)
def test_reason_of_a_change_is_in_the_history(page, ito, kind, factory, values):
    row = factory(customer=ito)
    typed = shown(page, kind, row) | values | {"change_reason": "本人から電話"}

    page.post(change(kind, row), typed)

    person, way, reason, found = told(row)
    assert (person, way, reason) == ("SR001", "page", "本人から電話")
    assert list(found) == list(values)


@pytest.mark.parametrize(("kind", "factory", "values"), DIALOGS)
def test_reason_may_be_left_out(page, ito, kind, factory, values):
    row = factory(customer=ito)

    page.post(change(kind, row), shown(page, kind, row) | values)

    assert told(row)[2] is None


@pytest.mark.parametrize(("kind", "factory", "values"), DIALOGS)
def test_reason_alone_is_no_change(page, ito, kind, factory, values):
    row = factory(customer=ito)

    page.post(change(kind, row), shown(page, kind, row) | {"change_reason": "本人から電話"})

    assert row.history.count() == 1


@pytest.mark.parametrize("kind", ["holding", "inflow", "task"])
def test_nobody_is_asked_why_a_record_is_new(page, ito, kind):
    form = page.get(reverse(f"customers:{kind}-create", args=[ito.pk])).context["form"]

    assert "change_reason" not in form.fields


def test_reason_of_a_correction_is_in_the_history_of_the_new_version(page, ito, tanaka):
    note = SalesNoteFactory(customer=ito, sales_rep=tanaka, note_type="visit")
    typed = {"note_type": "visit", "content": "次女に贈与", "seen": note.pk}
    url = reverse("customers:note-correct", args=[note.pk])

    page.post(url, typed | {"change_reason": "聞き違い"})

    version = SalesNote.objects.get(corrects=note)
    assert version.history.get().history_change_reason == "聞き違い"


def test_reason_that_is_too_long_is_refused_and_kept(page, ito):
    row = HoldingFactory(customer=ito)
    typed = shown(page, "holding", row) | {"change_reason": "あ" * 101}

    form = page.post(change("holding", row), typed).context["form"]

    assert list(form.errors) == ["change_reason"]
    assert form["change_reason"].value() == "あ" * 101
