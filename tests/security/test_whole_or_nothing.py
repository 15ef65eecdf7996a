"""A business step that breaks at any of its statements leaves nothing half done (ASVS 2.3.3)."""

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from tests.factories import TaskFactory
from wealthai.database import READS
from wealthai.models import RateBucket

STEPS = {
    "customer": ("customers:create", {"kind": "individual", "name": "大野達也"}),
    "note-with-task": (
        "customers:note-create",
        {"note_type": "visit", "content": "円債に関心", "title": "電話", "due_date": "2027-01-15"},
    ),
}


def everything_stored():
    """But for the attempts, which count."""
    models = set(apps.get_models(include_auto_created=True)) - {RateBucket}
    return {model: list(model._base_manager.order_by("pk").values()) for model in models}


def posted(client, url, data, broken_at):
    """What comes of the form when its write number `broken_at` fails; None where it has fewer."""
    writes = []

    def fail(execute, sql, params, many, context):
        if not READS.match(sql) and "rate_buckets" not in sql:
            writes.append(sql)
            if len(writes) == broken_at:
                raise OperationalError("The database went away.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        status = client.post(url, data).status_code
    return status if len(writes) >= broken_at else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "data"), STEPS.values(), ids=STEPS)
def test_step_that_breaks_anywhere_changed_nothing(office, ito, name, data):
    client = Client(raise_request_exception=False)
    client.force_login(office)
    TaskFactory(customer=ito)
    url = reverse(name, args=[] if name == "customers:create" else [ito.pk])
    before, statuses = everything_stored(), []

    while status := posted(client, url, data, broken_at=len(statuses) + 1):
        statuses.append(status)
        if status == 503:
            assert everything_stored() == before

    assert statuses.count(503) >= 2
