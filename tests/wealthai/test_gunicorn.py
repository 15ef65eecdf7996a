"""gunicorn.conf.py keeps what streamed answers need."""

import json
import re
import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def conf(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "metrics"))
    monkeypatch.delenv("WEB_THREADS", raising=False)
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_workers_are_threads_that_nothing_recycles(conf):
    kept = {name: conf[name] for name in ("worker_class", "max_requests", "preload_app")}

    assert kept == {"worker_class": "gthread", "max_requests": 0, "preload_app": False}


def test_threads_are_those_that_the_settings_count_on(conf):
    assert conf["threads"] == settings.WEB_THREADS


def test_every_setting_is_one_that_gunicorn_knows(conf):
    known = set(Config().settings)
    ours = {name for name in conf if name.islower() and not name.startswith("_")}

    assert ours - known == {
        "answering", "clear_folder", "contextlib", "drain_and_exit", "gc", "importlib", "is_waited_for",
        "itertools", "leave", "load_once", "logs", "os", "partial", "re", "runtime", "tempfile", "threading",
        "time",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "logged"),
    [
        ("/customers/17?q=%E4%BD%90", "/customers/17"),
        ("/nowhere/%E4%BD%90%E8%97%A4?q=%E4%BD%90", "/nowhere/…"),
        ("/nowhere/%0Aforged", "/nowhere/…"),
        ("/nowhere/\xe4", "/nowhere/…"),
    ],
    ids=range(4),
)
def test_log_shows_the_path_as_far_as_it_can_be_ours(conf, db, sent, logged, capsys):
    response = Client().get(sent)
    environ = response.wsgi_request.environ | {"RAW_URI": sent}
    answer = SimpleNamespace(
        status="404 Not Found", sent=0, headers=[("X-Request-ID", "abc-12345")]
    )
    config = Config()
    config.set("accesslog", "-")

    conf["Logger"](config).access(answer, None, environ, timedelta(milliseconds=12))

    line = json.loads(capsys.readouterr().out)
    told = {name: line[name] for name in ("request_id", "path", "status", "milliseconds")}
    assert told == {"request_id": "abc-12345", "path": logged, "status": 404, "milliseconds": 12}


def test_old_worker_that_waits_for_a_new_one_still_has_time_to_end_its_answers(conf):
    assert conf["NEW_WORKER_SECONDS"] + 1 < conf["graceful_timeout"]


@pytest.mark.parametrize(
    ("answering", "waiting"),
    [((1, 2), [1, 2, 3, 4]), ((1, 2, 3), [1, 2, 3, 4]), ((1, 2, 3, 5), [])],
    ids=["none", "one of a reload before", "one of this reload"],
)
def test_workers_that_a_reload_replaces_wait_until_a_new_one_answers(conf, answering, waiting):
    workers = [SimpleNamespace(age=age) for age in range(1, 7)]
    conf["METRICS"].mkdir()
    conf["on_reload"](SimpleNamespace(worker_age=4))
    for age in answering:
        conf["answering"](workers[age - 1]).touch()

    assert [one.age for one in workers if conf["is_waited_for"](one)] == waiting


def test_nobody_is_waited_for_without_a_reload(conf):
    assert not conf["is_waited_for"](SimpleNamespace(age=1))


def test_systemd_waits_longer_than_gunicorn_needs_to_end_its_answers(conf):
    unit = (ROOT / "deploy/wealthai-crm.service").read_text()

    patience = int(re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE).group(1))

    assert conf["graceful_timeout"] < patience


@pytest.mark.parametrize(("taken", "slot"), [([], 1), ([1, 2], 3), ([2, 3], 1)])
def test_new_worker_gets_the_lowest_free_slot(conf, taken, slot):
    workers = {pid: SimpleNamespace(slot=one) for pid, one in enumerate(taken)}
    worker = SimpleNamespace()

    conf["pre_fork"](SimpleNamespace(WORKERS=workers), worker)

    assert worker.slot == slot


def test_clearing_the_measurements_leaves_other_files(conf, tmp_path):
    conf["on_starting"](None)
    (tmp_path / "metrics/counter_1.db").touch()
    (tmp_path / "metrics/precious.txt").touch()

    conf["on_exit"](None)

    assert [path.name for path in (tmp_path / "metrics").iterdir()] == ["precious.txt"]
