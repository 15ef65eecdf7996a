"""Migrations that begin to keep what was not kept before: each row there is gets a first trace."""

from importlib import import_module

from django.apps import apps

from customers.models import EconomicEvent

events = import_module("customers.migrations.0011_event_history")


def test_events_of_before_get_a_first_history_row(db):
    event = EconomicEvent(title="総選挙", event_date="2026-10-25", affected_sectors=["建設"])
    EconomicEvent.objects.without_history().bulk_create([event])

    events.start(apps, None)

    first = EconomicEvent.history.get()
    assert (first.history_type, first.title, first.affected_sectors) == ("+", "総選挙", ["建設"])
    assert (first.source, first.history_user) == ("system", None)
