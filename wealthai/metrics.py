"""Measurements that add up over worker processes (prometheus_client, multiprocess mode).

gunicorn.conf.py sets PROMETHEUS_MULTIPROC_DIR before anything is imported; without it (tests,
commands) the figures are this process's own.
"""

import os
from dataclasses import dataclass

from django.db import connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

BUCKETS = (
    0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30, 120,
)  # fmt: skip

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


@dataclass(frozen=True)
class RequestFigures:
    """What all workers answered since the server started; seconds are None before any request."""

    count: int
    errors: int
    p50: float | None
    p95: float | None

    @property
    def error_rate(self):
        return self.errors / self.count if self.count else 0.0


def observe_request(view, status, seconds):
    REQUEST_SECONDS.labels(view).observe(seconds)
    REQUESTS.labels(view, str(status)).inc()
    pool = getattr(connection, "pool", None) if connection.vendor == "postgresql" else None
    if pool:
        stats = pool.get_stats()
        POOL.labels("size").set(stats["pool_size"])
        POOL.labels("used").set(stats["pool_size"] - stats["pool_available"])
        POOL.labels("waiting").set(stats["requests_waiting"])


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
    buckets, count, errors = {}, 0, 0
    for name, labels, value in samples():
        if name == "wealthai_request_seconds_bucket":
            bound = float(labels["le"])
            buckets[bound] = buckets.get(bound, 0) + value
        elif name == "wealthai_requests_total":
            count += value
            errors += value if labels["status"].startswith("5") else 0
    return RequestFigures(int(count), int(errors), quantile(buckets, 0.5), quantile(buckets, 0.95))
