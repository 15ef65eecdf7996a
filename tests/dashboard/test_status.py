import pytest
from django.db import connection
from django.utils import timezone

from dashboard import status
from wealthai import probes
from wealthai.metrics import PoolFigures, RequestFigures
from wealthai.probes import Finding


def figures(count=100, errors=0, p50=0.042, p95=0.18):
    return RequestFigures(count, errors, p50, p95, timezone.now())


def test_findings_are_the_database_every_probe_and_the_requests(db):
    others = [finding.label for finding in probes.findings().values()]

    labels = [finding.label for finding in status.findings(figures(), status.database())]

    assert labels == ["データベース", *others, "応答時間", "サーバーエラー"]


def test_database_is_asked_and_named(db):
    finding = status.database()

    assert finding.state == "ok"
    assert finding.text.startswith(connection.display_name)


def test_embedded_database_has_no_pool():
    finding = status.database_finding("SQLite", 0.25, None)

    assert finding == Finding("データベース", "ok", "SQLite（組込み）・応答 0.2ミリ秒")


@pytest.mark.parametrize(
    ("milliseconds", "waiting", "state"), [(1, 0, "ok"), (1, 2, "warning"), (101, 0, "warning")]
)
def test_database_needs_a_look_when_slow_or_waited_for(milliseconds, waiting, state):
    pool = PoolFigures(size=4, most=16, used=3, waiting=waiting)

    finding = status.database_finding("PostgreSQL", milliseconds, pool)

    connections = f"接続 3/16・空き待ち {waiting}件"
    assert (finding.state, finding.text.split("・", 2)[2]) == (state, connections)


def test_response_time_shows_median_and_95th_percentile():
    finding = status.response_time(figures())

    assert finding == Finding("応答時間", "ok", "中央値 42ミリ秒・95パーセント点 180ミリ秒")


def test_response_time_over_a_second_needs_a_look():
    finding = status.response_time(figures(p95=1.25))

    assert (finding.state, finding.text[-4:]) == ("warning", "1.2秒")


def test_response_time_is_not_judged_by_the_first_requests():
    finding = status.response_time(figures(count=3, p95=1.25))

    assert (finding.state, finding.text.split("・")[0]) == ("ok", "起動後まだ3件")


def test_error_among_the_first_requests_only_needs_a_look():
    assert status.error_rate(figures(count=3, errors=1)).state == "warning"


def test_response_time_before_the_first_request_is_unknown():
    finding = status.response_time(figures(count=0, p50=None, p95=None))

    assert finding.text == "起動後の計測はまだありません"


@pytest.mark.parametrize(
    ("errors", "state", "text"),
    [
        (0, "ok", "0.0%（1,000件中 0件）"),
        (9, "ok", "0.9%（1,000件中 9件）"),
        (10, "warning", "1.0%（1,000件中 10件）"),
        (100, "down", "10.0%（1,000件中 100件）"),
    ],
)
def test_error_rate_is_judged_by_its_share(errors, state, text):
    finding = status.error_rate(figures(count=1000, errors=errors))

    assert (finding.state, finding.text) == (state, text)
