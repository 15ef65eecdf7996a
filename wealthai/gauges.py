"""What /metrics looks up while it is asked: the database, timers, disks, and what upper apps know.

None of it is counted by a worker, so it must not add up over them. An upper app registers a source
in `AppConfig.ready()`.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily

from wealthai import measuring, metrics, timers

HERE = ("", "localhost", "127.0.0.1", "::1")
POSTGRES = (Path("/var/lib/postgresql"), Path("/var/lib/pgsql"))  # Debian's, and Red Hat's
_sources: list[Callable[[], Iterable[GaugeMetricFamily]]] = []


def register(source):
    """`source` takes nothing, asks the database and yields gauges; what fails with it is left out."""
    _sources.append(source)
    return source


class AtScrape:
    def collect(self):
        yield from disks()
        yield from asked()


def asked():
    """Nothing while no connection is free, which the gauges of the pool tell: one would be waited for
    longer than Prometheus waits for all of this."""
    pool = metrics.pool_figures()
    if pool and pool.is_spent:
        return
    found, is_up = [], 1
    try:
        for source in _sources:
            found += source()
    except DatabaseError:
        is_up = 0
    yield from found
    yield GaugeMetricFamily("wealthai_database_up", "Whether the database answers", is_up)


def registry():
    found = CollectorRegistry(auto_describe=False)
    found.register(AtScrape())
    return found


@register
def database():
    seconds = measuring.database_ms() / 1000
    yield GaugeMetricFamily("wealthai_database_seconds", "Time of SELECT 1", seconds)


@register
def runs():
    success = GaugeMetricFamily(
        "wealthai_timer_last_success_timestamp_seconds", "End of the last success", labels=["timer"]
    )
    failed = GaugeMetricFamily("wealthai_timer_failed", "1: the last run failed", labels=["timer"])
    patience = GaugeMetricFamily(
        "wealthai_timer_patience_seconds", "Age from which on it is overdue", labels=["timer"]
    )
    for state in timers.states():
        name = [state.timer.name]
        failed.add_metric(name, int(state.has_failed))
        success.add_metric(name, state.last_success.timestamp() if state.last_success else 0)
        if state.timer.patience:
            patience.add_metric(name, state.timer.patience.total_seconds())
    yield from (success, failed, patience)


@register
def measured():
    """Of each server, which the one timer of that name cannot tell apart."""
    last = GaugeMetricFamily(
        "wealthai_measured_timestamp_seconds", "Last measurement of a server", labels=["server"]
    )
    for server, at in measuring.last_by_server(timezone.now()).items():
        last.add_metric([server], at.timestamp())
    yield last


def disks():
    free = GaugeMetricFamily("wealthai_disk_free_ratio", "Free share", labels=["folder"])
    for name, folder in folders().items():
        free.add_metric([name], free_share(folder))
    yield free


def folders():
    """On whose disks something is written; a database on another machine is watched there."""
    found = {"backup": Path(settings.BACKUP_DIR), "program": settings.BASE_DIR}
    if database := database_folder(connection):
        found["database"] = database
    if measurements := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        found["measurements"] = Path(measurements)
    return found


def database_folder(connection):
    """Of SQLite's file, or of the fullest disk of a PostgreSQL on this machine; its own folder is closed
    to us, the space of its disk is not."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return Path(at["NAME"]).parent
    if at["HOST"] not in HERE and not at["HOST"].startswith("/"):
        return None
    known = [folder for home in POSTGRES for folder in (home, *home.glob("*/*"))]
    return min(filter(Path.is_dir, known), key=free_share, default=None)


def free_share(folder):
    """Of the disk that holds `folder`, or will hold it once it is made."""
    while not os.path.exists(folder):  # nor where a folder on the way to it is closed
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total
