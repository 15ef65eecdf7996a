"""Migrations that begin to keep what was not kept before: each row there is gets a first trace."""

from importlib import import_module

from django.apps import apps

from customers.models import Adviser, EconomicEvent
from wealthai.tracking import recorded

roles = import_module("customers.migrations.0012_role_names")
events = import_module("customers.migrations.0011_event_history")


def test_events_of_before_get_a_first_history_row(db):
    event = EconomicEvent(title="総選挙", event_date="2026-10-25", affected_sectors=["建設"])
    EconomicEvent.objects.without_history().bulk_create([event])

    events.start(apps, None)

    first = EconomicEvent.history.get()
    assert (first.history_type, first.title, first.affected_sectors) == ("+", "総選挙", ["建設"])
    assert (first.source, first.history_user) == ("system", None)


def test_roles_of_before_are_named_by_the_migration_itself(tanaka, office):
    with recorded():  # migrations know no guard
        Adviser.objects.update(role_names="")
        roles.fill(apps, None)

    assert sorted(Adviser.objects.values_list("role_names", flat=True)) == ["事務", "担当者"]
    newest = tanaka.history.first()
    assert (newest.role_names, newest.history_change_reason) == ("担当者", "役割の記録を開始")
