"""The last 24 hours of this system in half hours, from the rows of `manage.py measure`."""

import datetime
from dataclasses import dataclass, field

from dashboard import charts as drawing
from wealthai import measuring, metrics
from wealthai.models import Measurement

STEP = datetime.timedelta(minutes=30)
STEPS = 48
MOMENTARY = ("pool", "streams", "stream_slots", "database_ms")  # no sums: the most of each


@dataclass
class HalfHour:
    """What all servers counted in it, and the most of what they saw at a moment."""

    start: datetime.datetime
    figures: dict = field(default_factory=dict)
    most: dict = field(default_factory=dict)

    def add(self, figures):
        at = {name: figures.pop(name) for name in MOMENTARY if name in figures}
        at |= at.pop("pool", {})
        self.most |= {name: max(value, self.most.get(name, 0)) for name, value in at.items()}
        measuring.more(self.figures, figures)


@dataclass(frozen=True)
class Chart:
    title: str
    unit: str
    flaw: str  # what the upper part of a bar is; "" where it has none
    peak: float
    bars: list


def last_day(now):
    first = now - STEP * STEPS
    found = [HalfHour(first + STEP * place) for place in range(STEPS)]
    rows = Measurement.objects.filter(at__gt=first, at__lte=now).order_by("at")
    for at, figures in rows.values_list("at", "figures"):
        found[min((at - first) // STEP, STEPS - 1)].add(figures)
    return found


def total(day):
    found = {}
    for one in day:
        measuring.more(found, one.figures)
    return found


def most(day, name):
    return max((one.most.get(name, 0) for one in day), default=0)


def charts(day):
    return [
        chart(day, "画面とAPIの応答", "件", "サーバーエラー", requests),
        chart(day, "応答時間（95パーセント点）", "ミリ秒", "", response_ms),
        chart(day, "AIの呼び出し", "件", "失敗", calls),
        chart(day, "AIの最初の文字まで（95パーセント点）", "ミリ秒", "", first_token_ms),
        chart(day, "作成中の回答（最多）", "件", "", lambda one: (one.most.get("streams", 0), 0)),
        chart(day, "データベースの応答（最長）", "ミリ秒", "", lambda one: (database_ms(one), 0)),
        chart(day, "データベースの接続（最多）", "本", "空き待ち", connections),
    ]


def chart(day, title, unit, flaw, measured):
    points = [(one.start, *measured(one)) for one in day]
    peak = max(value for _, value, _ in points)
    drawn = drawing.bars([((at, value, bad), value, bad) for at, value, bad in points])
    return Chart(title, unit, flaw, peak, drawn)


def pages(figures):
    """Of what people wait for: {view: seen}."""
    seen = figures.get("views", {})
    return {view: one for view, one in seen.items() if view not in metrics.NOT_PAGES}


def requests(one):
    found = pages(one.figures).values()
    return (
        sum(sum(seen.get("seconds", {}).values()) for seen in found),
        sum(seen.get("errors", 0) for seen in found),
    )


def response_ms(one):
    seconds = {}
    for seen in pages(one.figures).values():
        measuring.more(seconds, seen.get("seconds", {}))
    return in_ms(seconds), 0


def calls(one):
    found = one.figures.get("calls", {})
    return sum(found.values()), sum(found.values()) - found.get("ok", 0)


def first_token_ms(one):
    return in_ms(one.figures.get("first_token", {})), 0


def database_ms(one):
    return round(one.most.get("database_ms", 0), 1)


def connections(one):
    return one.most.get("used", 0), one.most.get("waiting", 0)


def in_ms(counts):
    return round((metrics.quantile(metrics.together(counts), 0.95) or 0) * 1000)
