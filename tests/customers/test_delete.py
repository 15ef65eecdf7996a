"""Deleting a record: what was decided on is what is deleted, with a reason for the history."""

import pytest
from django.urls import reverse

from customers.models import CashInflow
from tests.customers.test_two_editors import change
from tests.factories import CashInflowFactory, HoldingFactory


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


@pytest.fixture
def inflow(ito):
    return CashInflowFactory(customer=ito, predicted_amount=1_000_000)


def delete(row, kind="inflow"):
    return reverse(f"customers:{kind}-delete", args=[row.pk])


def opened(client, row, kind="inflow"):
    """What the dialog sends when nothing is typed in it."""
    return {"version": client.get(delete(row, kind)).context["form"]["version"].value()}


def test_reason_of_a_deletion_is_in_the_history(desk, office, inflow):
    desk.post(delete(inflow), opened(desk, inflow) | {"change_reason": "二重の登録"})

    last = CashInflow.history.first()
    assert (last.history_type, last.history_user) == ("-", office)
    assert (last.source, last.history_change_reason) == ("page", "二重の登録")


def test_reason_may_be_left_out(desk, ito):
    holding = HoldingFactory(customer=ito)

    desk.post(delete(holding, "holding"), opened(desk, holding, "holding"))

    assert holding.history.first().history_change_reason is None


def test_row_that_a_colleague_changed_is_shown_and_not_deleted(desk, suzuki, inflow):
    sent = opened(desk, inflow) | {"change_reason": "二重の登録"}
    change(inflow, by=suzuki, predicted_amount=5)

    form = desk.post(delete(inflow), sent).context["form"]

    assert [(one.label, one.old, one.new) for one in form.changes] == [
        ("予測金額（円）", "1,000,000", "5")
    ]
    assert "鈴木一郎さんが先に更新しました。まだ削除していません" in form.non_field_errors()[0]
    assert (form["change_reason"].value(), CashInflow.objects.count()) == ("二重の登録", 1)


def test_row_that_was_on_screen_in_no_recorded_state_shows_its_last_change(desk, suzuki, inflow):
    change(inflow, by=suzuki, predicted_amount=5)

    form = desk.post(delete(inflow), {"version": "x"}).context["form"]

    assert [(one.old, one.new) for one in form.changes] == [("1,000,000", "5")]


def test_pressing_again_deletes_what_is_shown_then(desk, inflow):
    sent = opened(desk, inflow)
    change(inflow, predicted_amount=5)
    form = desk.post(delete(inflow), sent).context["form"]

    desk.post(delete(inflow), sent | {"version": form["version"].value()})

    assert CashInflow.objects.count() == 0


@pytest.mark.parametrize("version", ["", "x"])
def test_nothing_is_deleted_unseen(desk, inflow, version):
    desk.post(delete(inflow), {"version": version})

    assert CashInflow.objects.count() == 1


def test_reason_that_cannot_be_stored_deletes_nothing(desk, inflow):
    form = desk.post(delete(inflow), opened(desk, inflow) | {"change_reason": "あ" * 101}).context[
        "form"
    ]

    assert (list(form.errors), CashInflow.objects.count()) == (["change_reason"], 1)
