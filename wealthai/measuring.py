"""A row a minute of what this server did: the history behind /status."""

import platform
import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from wealthai import metrics
from wealthai.models import Measurement

KEPT = timedelta(days=8)
PATIENCE = timedelta(minutes=5)  # the age of the last row from which on it is overdue
REMEMBERED = timedelta(days=1)  # a server that was taken away
_others = []


def beside(act):
    """`act` takes nothing and is done with each measurement; registered in `AppConfig.ready()`."""
    if act not in _others:
        _others.append(act)


def do_others():
    for act in _others:
        act()


def measure():
    """Returns the new row; the first one after a start of the server counts from that start."""
    totals = metrics.totals()
    gauges = {name: totals.pop(name) for name in metrics.GAUGES}
    node = platform.node()
    with transaction.atomic():
        # Of what was counted over a longer gap nobody knows the day.
        since = timezone.now() - REMEMBERED
        last = Measurement.objects.filter(node=node, at__gt=since).exclude(totals=None).first()
        figures = difference(totals, last.totals) if last else {}
        Measurement.objects.filter(node=node).exclude(totals=None).update(totals=None)
        figures |= gauges | {"database_ms": database_ms()}
        return Measurement.objects.create(node=node, figures=figures, totals=totals)


def difference(now, before):
    """What was counted since; all of `now` where the server was started anew meanwhile."""
    if now["since"] != before["since"]:
        before = {}
    return {name: less(now[name], before.get(name)) for name in now if name != "since"}


def less(now, before):
    """`now` minus `before`, through all levels, without what did not change."""
    if not isinstance(now, dict):
        return now - (before or 0)
    found = {key: less(value, (before or {}).get(key)) for key, value in now.items()}
    return {key: value for key, value in found.items() if value}


def more(into, figures):
    """Adds `figures` to `into`, through all levels."""
    for key, value in figures.items():
        if isinstance(value, dict):
            more(into.setdefault(key, {}), value)
        else:
            into[key] = into.get(key, 0) + value
    return into


def database_ms():
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return round((time.perf_counter() - started) * 1000, 3)


def last_by_server(now):
    """{name: when it last measured} of those that did within a day."""
    rows = Measurement.objects.filter(at__gt=now - REMEMBERED, at__lte=now)
    return dict(rows.order_by("node").values_list("node").annotate(Max("at")))


def forget_old(now):
    Measurement.objects.filter(at__lt=now - KEPT).delete()
