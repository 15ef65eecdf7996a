"""What the two databases do differently, and give alike."""

import datetime

import pytest
from django.db import connection

from customers.models import Customer

MOMENT = datetime.datetime(2026, 3, 5, 8, 30, 15, 123456, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    "moment",
    [MOMENT, MOMENT.replace(microsecond=0), datetime.datetime.min.replace(tzinfo=datetime.UTC)],
    ids=["whole", "without fraction", "earliest"],
)
def test_moment_is_read_as_it_was_written(ito, moment):
    Customer.objects.without_history().filter(pk=ito.pk).update(created_at=moment)

    read = Customer.objects.values_list("created_at", flat=True).get(pk=ito.pk)

    assert (read, read.tzinfo) == (moment, datetime.UTC)


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_moment_is_the_same_in_every_time_zone_of_the_session(zone):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL TIME ZONE '{zone}'")
        cursor.execute("SELECT '2026-03-05 08:30:15.123456+00'::timestamptz")
        assert cursor.fetchone() == (MOMENT,)
