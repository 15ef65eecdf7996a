"""Whatever the system writes to has a disk that is watched."""

import contextlib
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.signals import request_started
from django.db import connection
from psycopg_pool import PoolTimeout

from dashboard import system
from wealthai import gauges, metrics


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """The home of a PostgreSQL on this machine."""
    (tmp_path / "15" / "main").mkdir(parents=True)
    monkeypatch.setattr(gauges, "POSTGRES", (tmp_path / "absent", tmp_path))
    return tmp_path


def postgres(host):
    return SimpleNamespace(vendor="postgresql", settings_dict={"HOST": host, "NAME": "crm"})


def test_disk_of_measurements_is_watched(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))

    assert gauges.folders()["measurements"] == tmp_path


@pytest.mark.parametrize("host", ["", "localhost", "/run/postgresql"])
def test_disk_of_a_database_on_this_machine_is_watched(cluster, host):
    assert gauges.database_folder(postgres(host)) in (cluster, cluster / "15" / "main")


def test_disk_of_a_database_elsewhere_is_not_ours(cluster):
    assert gauges.database_folder(postgres("db.example.com")) is None


def test_disk_of_a_folder_on_a_closed_way_is_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: 1 / 0)  # raises before Python 3.12

    assert 0 < gauges.free_share(tmp_path / "backups") < 1


def test_disk_of_a_database_file_is_watched():
    sqlite = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": "/srv/data/crm.sqlite3"})

    assert gauges.database_folder(sqlite) == Path("/srv/data")


def test_each_disk_has_a_row_of_the_state(cluster, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setitem(connection.settings_dict, "HOST", "")

    assert [finding.label for finding in system.disks()] == [
        "バックアップのディスク", "プログラムのディスク", "データベースのディスク", "計測のディスク",
    ]  # fmt: skip


# --- The database is at its limit ---------------------------------------------------------------
@pytest.fixture
def spent():
    """The pool without a connection that is free."""
    pool = connection.pool
    held = [pool.getconn() for _ in range(pool.max_size - metrics.pool_figures().used)]
    yield pool
    for each in held:
        pool.putconn(each)


def names():
    return {family.name for family in gauges.AtScrape().collect()}


@pytest.mark.postgres
def test_metrics_wait_for_no_connection(transactional_db, spent, monkeypatch):
    monkeypatch.setattr(spent, "timeout", 0.1)  # else a failure of this would take its time

    assert names() == {"wealthai_disk_free_ratio"}


@pytest.mark.postgres
def test_who_waits_for_a_connection_is_seen_as_the_next_request_comes(transactional_db, spent):
    with contextlib.suppress(PoolTimeout):
        threading.Timer(0.05, request_started.send, [None]).start()
        spent.getconn(timeout=0.2)

    waiting = metrics.REGISTRY.get_sample_value("wealthai_database_pool", {"state": "waiting"})

    assert waiting == 1
