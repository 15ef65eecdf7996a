"""Measurements that add up over worker processes (prometheus_client, multiprocess mode).

gunicorn.conf.py sets PROMETHEUS_MULTIPROC_DIR and METRICS_SLOT before anything is imported. Each
worker writes the files of its slot; a command that knows the folder only reads. Without a folder
(tests) the figures are this process's own.
"""

import datetime
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connection
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.utils import floatToGoString

from wealthai import tallies

SLOT = os.environ.get("METRICS_SLOT")
# Before the first measurement is made: the library would name the files by process.
values.ValueClass = values.MultiProcessValue(lambda: SLOT) if SLOT else values.MutexValue

BUCKETS = (
    0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 120,
)  # fmt: skip

# Counted under these names and left out of request_figures(): nobody waits for a page there.
# Files and probes are answered in no time and would hide slow pages, an answer of the AI takes
# as long as the model does, and a path that nobody serves is a scanner's question.
STATIC, STREAM, ANSWER, UNKNOWN = "static", "stream", "answer", "unknown"
NOT_PAGES = {STATIC, STREAM, ANSWER, UNKNOWN, "healthz", "readyz", "metrics"}
BROKEN = "broken"  # not even the error page could be made; counts as an error

REQUEST_SECONDS = Histogram(
    "wealthai_request_seconds", "Time until the response starts", ["view"], buckets=BUCKETS
)
REQUESTS = Counter("wealthai_requests", "Answered requests", ["view", "status"])
BEDROCK_SECONDS = Histogram(
    "wealthai_bedrock_first_token_seconds", "Time to the model's first text", buckets=BUCKETS
)
BEDROCK_CALLS = Counter("wealthai_bedrock_calls", "Calls of the model", ["outcome"])
# A series that begins with its first event has no increase that could raise an alarm.
BEDROCK_CALLS.labels("throttled")
TOKENS = Counter("wealthai_bedrock_tokens", "Tokens of the model", ["kind"])
STREAMS = Gauge("wealthai_streams", "Answers being written", multiprocess_mode="livesum")
STREAM_SLOTS = Gauge(
    "wealthai_stream_slots", "Answers that may be written at once", multiprocess_mode="livesum"
)
STREAM_SLOTS.set(settings.CHAT_MAX_STREAMS)
POOL = Gauge(
    "wealthai_database_pool", "Connections of the pool", ["state"], multiprocess_mode="livesum"
)
# Of the server, not of this worker: what the slot's last worker counted counts too.
STARTED = Gauge("wealthai_start_time_seconds", "Start of the server", multiprocess_mode="min")
STARTED.set(float(os.environ.get("METRICS_SINCE", time.time())))


@dataclass(frozen=True)
class RequestFigures:
    """Pages and API calls that all workers answered `since` the server started.

    Without NOT_PAGES. p50 and p95 are seconds, None before the first request.
    """

    count: int
    errors: int
    p50: float | None
    p95: float | None
    since: datetime.datetime

    @property
    def error_rate(self):
        return self.errors / self.count if self.count else 0.0


@cache
def children(view, status):
    """Looking them up anew costs each request more than counting it."""
    return REQUEST_SECONDS.labels(view), REQUESTS.labels(view, str(status))


def observe_request(view, status, seconds):
    times, answers = children(view, status)
    times.observe(seconds)
    answers.inc()


@dataclass(frozen=True)
class PoolFigures:
    """Connections to the database that this process holds."""

    size: int
    most: int
    used: int
    waiting: int

    @property
    def is_spent(self):
        return self.used >= self.most


def pool_figures():
    """None on SQLite, which is part of the process and has no pool."""
    pool = connection.pool if connection.vendor == "postgresql" else None
    if pool is None:
        return None
    stats = pool.get_stats()
    return PoolFigures(
        size=stats["pool_size"],
        most=stats["pool_max"],
        used=stats["pool_size"] - stats["pool_available"],
        waiting=stats["requests_waiting"],
    )


_written = None


def observe_pool(**kwargs):
    """As a request comes, or nobody would be seen to wait while none ends; and after Django gave its
    connection back, or an idle worker would show one in use."""
    global _written
    pool = pool_figures()
    if pool and pool != _written:
        _written = pool
        POOL.labels("size").set(pool.size)
        POOL.labels("used").set(pool.used)
        POOL.labels("waiting").set(pool.waiting)


for moment in (request_started, request_finished):
    moment.connect(observe_pool, dispatch_uid="wealthai.observe_pool")


class NoFolderError(Exception):
    """The folder of the measurements is not there: no server runs, or it has another one."""


def measured():
    """[(kind, samples)] over all workers (wealthai/tallies.py), or of this process alone."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return [(family.type, family.samples) for family in REGISTRY.collect()]
    if not Path(folder).is_dir():
        raise NoFolderError(
            f"計測のフォルダー {folder} がありません。サーバーが動いているか、"
            "PROMETHEUS_MULTIPROC_DIR が同じかを確かめてください。"
        )
    return tallies.read(folder)


def exposition():
    """In Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    return tallies.exposition(measured()).encode()


def samples():
    """(name, labels, value) of every measurement, one pass over the files."""
    return [(one.name, one.labels, one.value) for _, found in measured() for one in found]


def quantile(buckets, share):
    """The value below which `share` of the observations lie, linear within a bucket.

    `buckets` maps upper bounds to cumulative counts. None without observations.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0
    if not total:
        return None
    rank, below, lower = share * total, 0, 0.0
    for upper in bounds:
        if buckets[upper] >= rank:
            if upper == float("inf"):
                return lower
            width = buckets[upper] - below
            return lower + (upper - lower) * ((rank - below) / width if width else 1)
        below, lower = buckets[upper], upper
    return lower


def totals():
    """All that the workers counted `since` the server started, as JSON could keep it.

    Views and waiting times by upper bound of the bucket, each with what lies in that bucket alone.
    """
    found = {"since": 0, "views": {}, "calls": {}, "first_token": {}, "tokens": {}}
    found |= {"pool": {}, "streams": 0, "stream_slots": 0}
    for name, labels, value in samples():
        if name == "wealthai_request_seconds_bucket":
            seen_of(found, labels["view"])["seconds"][labels["le"]] = value
        elif name == "wealthai_requests_total":
            if labels["status"].startswith("5"):
                seen_of(found, labels["view"])["errors"] += value
        elif name == "wealthai_bedrock_first_token_seconds_bucket":
            found["first_token"][labels["le"]] = value
        elif name in ONE_LABEL:
            key, label = ONE_LABEL[name]
            found[key][labels[label]] = value
        elif name in NO_LABEL:
            found[NO_LABEL[name]] = value
    for seen in found["views"].values():
        seen["seconds"] = apart(seen["seconds"])
    return found | {"first_token": apart(found["first_token"])}


ONE_LABEL = {
    "wealthai_bedrock_calls_total": ("calls", "outcome"),
    "wealthai_bedrock_tokens_total": ("tokens", "kind"),
    "wealthai_database_pool": ("pool", "state"),
}
NO_LABEL = {
    "wealthai_start_time_seconds": "since",
    "wealthai_streams": "streams",
    "wealthai_stream_slots": "stream_slots",
}
GAUGES = ("pool", "streams", "stream_slots")  # of this moment; the others only grow


def seen_of(found, view):
    return found["views"].setdefault(view, {"seconds": {}, "errors": 0})


def apart(buckets):
    """Cumulative counts by bound become those of each bucket, without the empty ones."""
    bounds = sorted(buckets, key=float)
    below = [0, *(buckets[bound] for bound in bounds)]
    counts = {bound: buckets[bound] - under for bound, under in zip(bounds, below, strict=False)}
    return {bound: count for bound, count in counts.items() if count}


def together(counts):
    """The way back, for quantile(): every bound, so that what lies between two is known."""
    total, found = 0, {}
    for bound in (*BUCKETS, float("inf")):
        total += counts.get(floatToGoString(bound), 0)
        found[bound] = total
    return found


def request_figures():
    buckets, count, errors, since = {}, 0, 0, time.time()
    for name, labels, value in samples():
        if name == "wealthai_start_time_seconds":
            since = value
        elif labels.get("view") in NOT_PAGES:
            continue
        elif name == "wealthai_request_seconds_bucket":
            bound = float(labels["le"])
            buckets[bound] = buckets.get(bound, 0) + value
        elif name == "wealthai_requests_total":
            count += value
            errors += value if labels["status"].startswith("5") else 0
    return RequestFigures(
        count=int(count),
        errors=int(errors),
        p50=quantile(buckets, 0.5),
        p95=quantile(buckets, 0.95),
        since=datetime.datetime.fromtimestamp(since, datetime.UTC),
    )
