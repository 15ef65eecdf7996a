"""The state of the system for the foot of the start page: measured while the page is made."""

import time

from django.db import connection

from wealthai import metrics, probes
from wealthai.probes import Finding

OK, WARNING, DOWN = "ok", "warning", "down"

# From here on somebody should look; from the second rate on, something is broken.
SLOW_DATABASE_MS = 100
SLOW_PAGE_SECONDS = 1.0
ERROR_RATE = 0.01
BROKEN_ERROR_RATE = 0.1
# Fewer requests say little: the first ones after a start wait for templates and connections.
ENOUGH_REQUESTS = 20


def findings(figures, database):
    """Every Finding of the state strip; `figures` are wealthai.metrics.request_figures()."""
    probed = probes.findings().values()
    return [database, *probed, response_time(figures), error_rate(figures)]


def timed(act):
    """What a small query of the page returns, and what its time says of the database."""
    started = time.perf_counter()
    result = act()
    milliseconds = (time.perf_counter() - started) * 1000
    return result, database_finding(connection.display_name, milliseconds, metrics.pool_figures())


def database():
    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    return timed(ask)[1]


def database_finding(engine, milliseconds, pool):
    """`pool` is None where the database is part of the process."""
    slow = milliseconds > SLOW_DATABASE_MS
    answer = f"応答 {milliseconds:.1f}ミリ秒"
    if pool is None:
        return Finding("データベース", ok_unless(slow), f"{engine}（組込み）・{answer}")
    connections = f"接続 {pool.used}/{pool.most}・空き待ち {pool.waiting}件"
    state = ok_unless(slow or pool.waiting)
    return Finding("データベース", state, f"{engine}・{answer}・{connections}")


def response_time(figures):
    if figures.p95 is None:
        return Finding("応答時間", OK, "起動後の計測はまだありません")
    text = f"中央値 {spoken(figures.p50)}・95パーセント点 {spoken(figures.p95)}"
    if figures.count < ENOUGH_REQUESTS:
        return Finding("応答時間", OK, f"起動後まだ{figures.count}件・{text}")
    return Finding("応答時間", ok_unless(figures.p95 > SLOW_PAGE_SECONDS), text)


def error_rate(figures):
    text = f"{figures.error_rate:.1%}（{figures.count:,}件中 {figures.errors:,}件）"
    many = figures.count >= ENOUGH_REQUESTS
    broken = many and figures.error_rate >= BROKEN_ERROR_RATE
    state = DOWN if broken else ok_unless(figures.error_rate >= ERROR_RATE)
    return Finding("サーバーエラー", state, text)


def ok_unless(needs_a_look):
    return WARNING if needs_a_look else OK


def spoken(seconds):
    return f"{seconds * 1000:.0f}ミリ秒" if seconds < 1 else f"{seconds:.1f}秒"
