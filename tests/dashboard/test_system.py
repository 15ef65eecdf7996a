import os
import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from customers.roles import Role
from dashboard import system, trends
from tests.factories import AdviserFactory
from wealthai import metrics
from wealthai.models import Measurement, TimerRun

NOW = timezone.now()
VIEW = "customers:list"


def measurement(minutes, **figures):
    return Measurement.objects.create(
        node="one", at=NOW - timedelta(minutes=minutes), figures=figures
    )


def answers(count, errors=0, bound="0.1"):
    return {VIEW: {"seconds": {bound: count}, "errors": errors}}


@pytest.fixture
def operator(client, db):
    person = AdviserFactory(rep_code="AD001", is_staff=True, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return client


def state_of(name, values):
    [found] = system.views(None, {"views": {name: values}}, "slow")
    return found.state


def test_page_is_for_administrators(operator):
    response = operator.get(reverse("dashboard:system"))

    assert response.status_code == 200
    assert [group.title for group in response.context["groups"]] == ["AI", "データベース", "保全"]


def test_page_is_refused_to_an_adviser_and_not_linked(page):
    assert page.get(reverse("dashboard:system")).status_code == 403
    assert reverse("dashboard:system") not in page.get("/").content.decode()


def test_start_page_links_there_for_an_administrator(operator):
    assert f'href="{reverse("dashboard:system")}"' in operator.get("/").content.decode()


def test_page_says_that_nothing_was_measured_and_the_folder_is_gone(operator, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/nowhere")

    text = operator.get(reverse("dashboard:system")).content.decode()

    assert "計測のフォルダーがありません" in text
    assert "この24時間の計測がありません" in text


def test_page_takes_as_many_queries_with_a_day_of_measurements(
    operator, django_assert_max_num_queries
):
    for minutes in range(0, 1440, 60):
        measurement(minutes, views=answers(3), pool={"used": 2})

    with django_assert_max_num_queries(20):
        operator.get(reverse("dashboard:system"))


def test_day_adds_up_counts_and_keeps_the_most_of_a_moment(db):
    measurement(5, views=answers(3), pool={"used": 2, "waiting": 0})
    measurement(6, views=answers(4, errors=1), pool={"used": 5, "waiting": 1})
    measurement(60 * 25, views=answers(9))

    day = trends.last_day(NOW)

    assert trends.requests(day[-1]) == (7, 1)
    assert trends.connections(day[-1]) == (5, 1)
    assert sum(trends.requests(one)[0] for one in day) == 7


def test_most_of_a_moment_outlives_a_restart(db):
    measurement(6, pool={"used": 5, "waiting": 3})
    measurement(5, pool={})

    assert trends.connections(trends.last_day(NOW)[-1]) == (5, 3)


def test_charts_show_half_hours_with_their_values(db):
    measurement(1, views=answers(3))

    chart = trends.charts(trends.last_day(NOW))[0]

    assert (len(chart.bars), chart.peak, chart.bars[-1].height) == (48, 3, 100)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"seconds": {"0.1": 100}, "errors": 0}, "ok"),
        ({"seconds": {"2.0": 100}, "errors": 0}, "warning"),
        ({"seconds": {"10.0": 100}, "errors": 0}, "down"),
        ({"seconds": {"0.1": 100}, "errors": 2}, "warning"),
        ({"seconds": {"0.1": 100}, "errors": 10}, "down"),
        ({"seconds": {"10.0": 3}, "errors": 3}, "ok"),
    ],
)
def test_view_is_judged_by_time_and_errors_once_it_was_asked_enough(values, state):
    assert state_of(VIEW, values) == state


def test_stream_is_not_judged_by_its_time():
    assert state_of(metrics.STREAM, {"seconds": {"120.0": 100}, "errors": 0}) == "ok"


def test_views_are_sorted_by_time_count_or_errors():
    day = {
        "slow": {"seconds": {"10.0": 1}, "errors": 0},
        "often": {"seconds": {"0.1": 9}, "errors": 0},
        "broken": {"seconds": {"0.2": 2}, "errors": 2},
    }

    first = [system.views(None, {"views": day}, order)[0].name for order in system.ORDERS]

    assert first == ["slow", "often", "broken"]


def timer(name):
    found = {one.label: one for one in system.timed(NOW)}
    return found[name]


def test_timer_that_failed_is_broken_and_names_the_kind(db):
    TimerRun.objects.create(
        name="backup", started_at=NOW, finished_at=NOW, succeeded_at=NOW, error="BackupError"
    )

    found = timer("バックアップ")

    assert (found.state, "に失敗（BackupError）" in found.text) == ("down", True)


def test_timer_whose_run_was_killed_needs_a_look_once_overdue(db):
    ago = NOW - timedelta(hours=27)
    TimerRun.objects.create(name="backup", started_at=NOW, succeeded_at=ago)

    found = timer("バックアップ")

    assert found.state == "warning"
    assert found.text.endswith("に始まり、終わっていません・予定を過ぎています")


def test_server_of_two_that_measures_nothing_any_more_needs_a_look(db):
    for node, minutes in (("crm1", 1), ("crm2", 6), ("gone", 24 * 60)):
        Measurement.objects.create(node=node, at=NOW - timedelta(minutes=minutes), figures={})

    found = {one.label: one.state for one in system.servers(NOW)}

    assert found == {"計測（crm1）": "ok", "計測（crm2）": "warning"}


def test_only_server_is_judged_by_its_timer(db):
    Measurement.objects.create(node="crm1", at=NOW, figures={})

    assert list(system.servers(NOW)) == []


@pytest.fixture
def closed(tmp_path, settings):
    """The folder of backups, which belongs to another account."""
    settings.BACKUP_DIR = str(tmp_path / "backups")
    root = os.geteuid() == 0
    tmp_path.chmod(0)
    os.seteuid(65534 if root else os.geteuid())
    yield
    os.seteuid(0 if root else os.geteuid())
    tmp_path.chmod(0o700)


def test_backups_of_another_account_are_left_to_their_timer(closed):
    assert list(system.backup_file()) == []


def test_folder_without_a_backup_needs_a_look(tmp_path, settings):
    settings.BACKUP_DIR = str(tmp_path / "backups")

    [found] = system.backup_file()

    assert (found.label, found.state) == ("最新のバックアップ", "warning")


@pytest.mark.parametrize(
    ("name", "value", "state"),
    [("disk_used", 0.79, "ok"), ("disk_used", 0.85, "warning"), ("disk_used", 0.91, "down")],
)
def test_limits_tell_a_look_from_a_fault(name, value, state):
    assert system.judged(name, value) == state


def test_throttled_calls_need_a_look(db):
    [calls] = [
        one
        for one in system.ai({"calls": {"ok": 95, "throttled": 5}})
        if one.label == "モデルの呼び出し"
    ]

    assert (calls.state, calls.text) == ("warning", "24時間で 100回・失敗 5回（うち混雑 5回）")


def test_page_without_a_database_says_what_is_still_known(operator):
    def away(execute, sql, params, many, context):
        raise OperationalError

    operator.raise_request_exception = False
    with connection.execute_wrapper(away):
        response = operator.get(reverse("dashboard:system"))

    labels = re.findall(r'state-label">(.*?)<', response.content.decode())
    assert (response.status_code, response["Retry-After"], labels[0]) == (503, "5", "データベース")
    assert "いまは読めません" in response.content.decode()


def test_page_without_a_database_shows_the_workers_files(operator, tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    live = system.live()

    labels = [finding.label for finding in system.known_without_database(live)]

    assert labels == [
        "データベース", "ワーカー", "応答時間", "サーバーエラー", "回答の枠", "接続（全プロセス）",
    ]  # fmt: skip
