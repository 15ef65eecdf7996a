from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from wealthai import measuring, metrics
from wealthai.models import Measurement

VIEW = "customers:list"


def totals(since=1.0, **view):
    return {"since": since, "views": {VIEW: view}, "calls": {"ok": 2}}


def test_first_measurement_is_the_base_of_the_next(db):
    first = measuring.measure()
    metrics.observe_request(VIEW, 503, 0.04)
    second = measuring.measure()

    assert "views" not in first.figures
    assert second.figures["views"] == {VIEW: {"seconds": {"0.05": 1}, "errors": 1}}


def test_what_came_in_a_gap_of_days_counts_for_none_of_them(db):
    first = measuring.measure()
    Measurement.objects.update(at=first.at - timedelta(days=2))
    metrics.observe_request(VIEW, 503, 0.04)

    assert "views" not in measuring.measure().figures


def test_only_the_newest_measurement_keeps_the_totals(db):
    measuring.measure()
    newest = measuring.measure()

    assert Measurement.objects.exclude(totals=None).get() == newest


def test_difference_is_what_came_since_and_nothing_that_stayed():
    now, before = totals(errors=3, count=7), totals(errors=3, count=5)

    assert measuring.difference(now, before) == {"views": {VIEW: {"count": 2}}, "calls": {}}


def test_difference_after_a_restart_is_all_that_was_counted_since():
    now, before = totals(since=2.0, count=1), totals(since=1.0, count=5)

    assert measuring.difference(now, before) == {"views": {VIEW: {"count": 1}}, "calls": {"ok": 2}}


def test_more_adds_up_through_all_levels():
    figures = {"views": {VIEW: {"count": 2}}, "streams": 1}

    assert measuring.more({"views": {VIEW: {"count": 3}}}, figures) == {
        "views": {VIEW: {"count": 5}},
        "streams": 1,
    }


def test_buckets_apart_come_together_again():
    counts = metrics.apart({"0.005": 0, "0.01": 2.0, "0.02": 2.0, "+Inf": 5.0})
    buckets = metrics.together(counts)

    assert counts == {"0.01": 2.0, "+Inf": 3.0}
    assert [buckets[bound] for bound in (0.005, 0.01, 120, float("inf"))] == [0, 2, 2, 5]


def test_tidying_forgets_measurements_after_eight_days(db):
    for days in (7, 9):
        at = timezone.now() - timedelta(days=days)
        Measurement.objects.create(node="one", at=at, figures={})

    call_command("tidy", verbosity=0)

    assert Measurement.objects.get().at > timezone.now() - timedelta(days=8)


def test_measuring_without_the_servers_folder_says_so(db, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "nowhere"))

    with pytest.raises(CommandError, match="計測のフォルダー"):
        call_command("measure")


def test_measuring_without_a_named_folder_writes_no_row(db, monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)

    with pytest.raises(CommandError, match="指定されていません"):
        call_command("measure")

    assert not Measurement.objects.exists()
