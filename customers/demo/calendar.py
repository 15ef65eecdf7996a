"""Days and hours of the demo, all counted back from the day it is made on."""

import datetime

from django.utils import timezone


def weekday(day):
    """`day`, or the Friday before it."""
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def working_time(rng, day):
    """Some minute between nine and five of `day`, or of the Friday before it."""
    minute = int(8 * 60 * rng.random())
    nine = datetime.datetime.combine(weekday(day), datetime.time(9))
    return timezone.make_aware(nine + datetime.timedelta(minutes=minute))


def days_known(customer, today):
    """For how long the firm has known `customer`."""
    return (today - timezone.localdate(customer.created_at)).days
