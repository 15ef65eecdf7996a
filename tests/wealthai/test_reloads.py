"""A real gunicorn that is reloaded: its measurements go on, and its files grow no more."""

import os
import signal
import time

import pytest

from tests.server import Server

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RELOADS, ASKED = 3, 5
COUNT = 'wealthai_requests_total{status="200",view="account_login"}'


def metrics_of(server):
    lines = server.get("/metrics").read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def reload(server):
    """Returns when all workers are new ones."""
    old = set(server.workers())
    os.kill(server.process.pid, signal.SIGHUP)
    deadline = time.monotonic() + 30
    while old & set(server.workers()) or len(server.workers()) < len(old):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def reloaded(tmp_path):
    """The measurements of a server before and after its reloads, and the slots in its folder."""
    with Server(PROMETHEUS_MULTIPROC_DIR=str(tmp_path), BEDROCK_ENDPOINT_URL="") as server:
        before = metrics_of(server)
        for _ in range(RELOADS):
            for _ in range(ASKED):
                server.get("/accounts/login").read()
            reload(server)
        slots = {file.stem.rpartition("_")[2] for file in tmp_path.glob("*.db")}
        yield before, metrics_of(server), slots


def test_reloads_lose_no_count_and_leave_no_files_behind(reloaded):
    before, after, slots = reloaded

    assert float(after[COUNT]) - float(before.get(COUNT, 0)) == RELOADS * ASKED
    assert after["wealthai_start_time_seconds"] == before["wealthai_start_time_seconds"]
    assert slots <= {"1", "2", "3", "4"}
