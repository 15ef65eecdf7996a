"""システム状態: what an operator looks at, judged by one table of limits."""

import datetime
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from chat import model_care
from chat.models import ChatExchange
from dashboard import status, trends
from dashboard.statistics.chat_use import ChatUse, chat_use_by_day
from dashboard.statistics.people import start_of
from dashboard.status import DOWN, OK, WARNING, ok_unless, spoken
from wealthai import backups, gauges, measuring, metrics, probes, timers
from wealthai.probes import Finding

# From the first on somebody should look; from the second on, something is broken.
LIMITS = {
    "page_seconds": (status.SLOW_PAGE_SECONDS, 5.0),
    "error_rate": (status.ERROR_RATE, status.BROKEN_ERROR_RATE),
    "first_token_seconds": (10.0, 60.0),
    "throttled_share": (0.01, 0.1),
    "slots_share": (0.8, 1.0),
    "pool_waiting": (1, 20),
    "disk_used": (0.8, 0.9),
}
ORDERS = {"slow": "遅い順", "count": "件数順", "errors": "エラーの多い順"}
FROM_MODEL_CARE = {model_care.OK: OK, model_care.WARNING: WARNING, model_care.ERROR: DOWN}


def judged(name, value):
    look, broken = LIMITS[name]
    if value is None or value < look:
        return OK
    return DOWN if value >= broken else WARNING


def live():
    """metrics.totals(), or None where the folder of the measurements is missing."""
    try:
        return metrics.totals()
    except metrics.NoFolderError:
        return None


@dataclass(frozen=True)
class Seen:
    """Answers of one view in one stretch of time."""

    count: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None

    @property
    def error_rate(self):
        return self.errors / self.count if self.count else 0.0

    @property
    def error_percent(self):
        return self.error_rate * 100

    @property
    def milliseconds(self):
        return [one and one * 1000 for one in (self.p50, self.p95, self.p99)]


def seen(figures):
    buckets = metrics.together(figures.get("seconds", {}))
    shares = (metrics.quantile(buckets, share) for share in (0.5, 0.95, 0.99))
    return Seen(int(buckets[float("inf")]), int(figures.get("errors", 0)), *shares)


@dataclass(frozen=True)
class View:
    name: str
    day: Seen
    since_start: Seen

    @property
    def state(self):
        """Judged by the day, once enough was asked; streams and files have no limit."""
        if self.name in metrics.NOT_PAGES or self.day.count < status.ENOUGH_REQUESTS:
            return OK
        states = judged("page_seconds", self.day.p95), judged("error_rate", self.day.error_rate)
        return worst(states)


def views(live, day, order):
    started, today = (live or {}).get("views", {}), day.get("views", {})
    found = [
        View(name, seen(today.get(name, {})), seen(started.get(name, {})))
        for name in sorted(started.keys() | today.keys())
    ]
    keys = {
        "count": lambda view: view.day.count or view.since_start.count,
        "errors": lambda view: view.day.errors or view.since_start.errors,
    }
    slowest = lambda view: view.day.p95 or view.since_start.p95 or 0  # noqa: E731
    return sorted(found, key=keys.get(order, slowest), reverse=True)


def worst(states):
    return max(states, key=(OK, WARNING, DOWN).index)


@dataclass(frozen=True)
class Group:
    title: str
    findings: list


def groups(live, day, now):
    figures = trends.total(day)
    return [
        Group("AI", [*ai(figures), stream_slots(live, day)]),
        Group("データベース", [status.database(), pool(live, day), database_size()]),
        Group("保全", [*backup_file(), *timed(now), *servers(now), *disks()]),
    ]


def ai(figures):
    first = seen({"seconds": figures.get("first_token", {})})
    text = "24時間の計測はまだありません"
    if first.count:
        text = f"中央値 {spoken(first.p50)}・95パーセント点 {spoken(first.p95)}・99パーセント点 {spoken(first.p99)}"
    yield from probes.findings().values()
    yield from model_ends()
    yield Finding("最初の文字まで", judged("first_token_seconds", first.p95), text)
    calls = figures.get("calls", {})
    total, throttled = int(sum(calls.values())), int(calls.get("throttled", 0))
    state = judged("throttled_share", throttled / total if total else 0)
    failed = total - int(calls.get("ok", 0))
    text = f"24時間で {total:,}回・失敗 {failed:,}回（うち混雑 {throttled:,}回）"
    yield Finding("モデルの呼び出し", state, text)
    yield cost()


def model_ends():
    for finding in model_care.about(settings.BEDROCK_MODEL_ID, timezone.localdate(), ""):
        if finding.key == "model":
            yield Finding("モデルの提供期限", FROM_MODEL_CARE[finding.state], finding.text)


def cost():
    today = timezone.localdate()
    rows = ChatExchange.objects.filter(created_at__gte=start_of(today.replace(day=1)))
    by_day = chat_use_by_day(rows)
    now, month = by_day.get(today, ChatUse()), sum(by_day.values(), ChatUse())
    text = (
        f"今日 {now.cost:,.0f}円・今月 {month.cost:,.0f}円"
        f"（今日のトークン 入力 {now.tokens_in:,}・出力 {now.tokens_out:,}）"
    )
    return Finding("費用", OK, text)


def stream_slots(live, day):
    if live is None:
        return unknown("回答の枠")
    used, slots = int(live["streams"]), int(live["stream_slots"])
    text = f"作成中 {used:,}/{slots:,}"
    if day:
        text += f"・24時間の最多 {trends.most(day, 'streams'):,.0f}"
    return Finding("回答の枠", judged("slots_share", used / slots if slots else 0), text)


def pool(live, day):
    if live is None:
        return unknown("接続（全プロセス）")
    if not live["pool"]:
        return Finding("接続（全プロセス）", OK, "組込みのデータベースには接続の数がありません")
    size, used, waiting = (int(live["pool"].get(name, 0)) for name in ("size", "used", "waiting"))
    text = f"開いている接続 {size}・使用中 {used}・空き待ち {waiting}件"
    if day:
        text += f"（24時間の最多 {trends.most(day, 'waiting'):,.0f}件）"
    return Finding("接続（全プロセス）", judged("pool_waiting", waiting), text)


def known_without_database(live):
    """What this server's own files tell; the day's history is in the database."""
    away = Finding("データベース", DOWN, "接続できません。止まっているか、接続がすべて使用中です")
    figures = metrics.request_figures() if live else None
    requests = [status.response_time(figures), status.error_rate(figures)] if live else []
    return [away, workers(live), *requests, stream_slots(live, []), pool(live, [])]


def workers(live):
    """Each brings the same number of slots."""
    if live is None:
        return unknown("ワーカー")
    count = int(live["stream_slots"]) // settings.CHAT_MAX_STREAMS
    return Finding("ワーカー", OK if count else DOWN, f"{count}個が動いています")


def unknown(label):
    return Finding(label, WARNING, "計測のフォルダーがないため、分かりません")


def database_size():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        size = cursor.fetchone()[0]
    return Finding("大きさ", OK, f"{size / 2**20:,.0f} MB")


def backup_file():
    """The file itself, because one may also be made or deleted by hand. Where the folder is closed to the
    web, as `deploy/install` makes it, the timer's own finding is what can be told."""
    folder = Path(settings.BACKUP_DIR)
    if is_closed(folder):
        return
    files = backups.backups_in(folder)
    if not files:
        yield Finding("最新のバックアップ", WARNING, "このサーバーから読める場所にありません")
        return
    about = files[-1].stat()
    made = datetime.datetime.fromtimestamp(about.st_mtime, datetime.UTC)
    text = f"{spoken_time(made)}・{about.st_size / 2**20:,.1f} MB・{len(files)}個"
    yield Finding("最新のバックアップ", OK, text)


def is_closed(folder):
    try:
        os.listdir(folder)
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def timed(now):
    for state in timers.states():
        yield Finding(state.timer.label, timer_state(state, now), timer_text(state, now))


def servers(now):
    """Of several, those that the timer's one row cannot tell apart."""
    last = measuring.last_by_server(now)
    if len(last) < 2:
        return
    for name, at in last.items():
        is_late = now - at > measuring.PATIENCE
        parts = [f"最後の計測 {spoken_time(at)}", *(["予定を過ぎています"] if is_late else [])]
        yield Finding(f"計測（{name}）", ok_unless(is_late), "・".join(parts))


def timer_state(state, now):
    if state.has_failed:
        return DOWN
    return ok_unless(state.is_overdue(now))


def timer_text(state, now):
    if state.run is None:
        return "まだ実行されていません"
    parts = [f"最後の成功 {spoken_time(state.last_success)}"]
    if state.has_failed:
        parts.append(f"{spoken_time(state.run.finished_at)} に失敗（{state.run.error}）")
    elif state.run.finished_at is None:
        parts.append(f"{spoken_time(state.run.started_at)} に始まり、終わっていません")
    elif state.run.seconds is not None:
        parts.append(f"所要 {spoken(state.run.seconds)}")
    if state.is_overdue(now):
        parts.append("予定を過ぎています")
    return "・".join(parts)


def disks():
    labels = {
        "backup": "バックアップのディスク",
        "program": "プログラムのディスク",
        "database": "データベースのディスク",
        "measurements": "計測のディスク",
    }
    for name, folder in gauges.folders().items():
        free = gauges.free_share(folder)
        yield Finding(labels[name], judged("disk_used", 1 - free), f"空き {free:.0%}")


def spoken_time(moment):
    return f"{timezone.localtime(moment):%m/%d %H:%M}" if moment else "なし"
