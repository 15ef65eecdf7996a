"""Measurements that add up over worker processes (prometheus_client, multiprocess mode).

gunicorn.conf.py sets PROMETHEUS_MULTIPROC_DIR and METRICS_SLOT before anything is imported. Each
worker writes the files of its slot; a command that knows the folder only reads. Without a folder
(tests) the figures are this process's own.
"""

import datetime
import os
import time
from dataclasses import dataclass

from django.core.signals import request_finished
from django.db import connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

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
TOKENS = Counter("wealthai_bedrock_tokens", "Tokens of the model", ["kind"])
STREAMS = Gauge("wealthai_streams", "Answers being written", multiprocess_mode="livesum")
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


def observe_request(view, status, seconds):
    REQUEST_SECONDS.labels(view).observe(seconds)
    REQUESTS.labels(view, str(status)).inc()


@dataclass(frozen=True)
class PoolFigures:
    """Connections to the database that this process holds."""

    size: int
    most: int
    used: int
    waiting: int


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


def observe_pool(**kwargs):
    """After Django gave the request's connection back, or an idle worker would show one in use."""
    pool = pool_figures()
    if pool:
        POOL.labels("size").set(pool.size)
        POOL.labels("used").set(pool.used)
        POOL.labels("waiting").set(pool.waiting)


request_finished.connect(observe_pool, dispatch_uid="wealthai.observe_pool")


def registry():
    """The registry that adds up all live processes, or this process's own."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    combined = CollectorRegistry()
    MultiProcessCollector(combined)
    return combined


def samples():
    """(name, labels, value) of every measurement, one pass over the files."""
    return [
        (sample.name, sample.labels, sample.value)
        for family in registry().collect()
        for sample in family.samples
    ]


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
