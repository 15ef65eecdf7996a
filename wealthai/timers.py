"""What runs by itself, and how its last run went: for /status and /metrics."""

import contextlib
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from wealthai.models import TimerRun


@dataclass(frozen=True)
class Timer:
    """`patience` is the age of the last success from which on it is overdue; None: run by hand."""

    name: str
    label: str
    patience: timedelta | None = None


DAILY = timedelta(hours=26)
TIMERS = (
    Timer("backup", "バックアップ", DAILY),
    Timer("verify_backup", "バックアップの検証", timedelta(days=8)),
    Timer("catch_up", "他システムの書込の取り込み", timedelta(minutes=10)),
    Timer("measure", "計測", timedelta(minutes=5)),
    Timer("tidy", "期限切れの削除", DAILY),
    Timer("check_ai", "AIの点検", DAILY),
    Timer("import_original", "元データの取り込み"),
)


@contextlib.contextmanager
def timed_run(name):
    """Around one run, or as a decorator: when it began, how it ended, how long it took."""
    started, clock = timezone.now(), time.monotonic()
    note(name, started_at=started, finished_at=None)
    try:
        yield
    except BaseException as error:
        note(name, **ending(clock), error=type(error).__name__)
        raise
    end = ending(clock)
    note(name, **end, succeeded_at=end["finished_at"], error="")


def ending(clock):
    return {"finished_at": timezone.now(), "seconds": round(time.monotonic() - clock, 3)}


def note(name, **values):
    """Never the reason why a run fails: before an update the table may not be there yet."""
    with contextlib.suppress(DatabaseError):
        first = {"started_at": timezone.now()} | values
        TimerRun.objects.update_or_create(name=name, defaults=values, create_defaults=first)


@dataclass(frozen=True)
class State:
    """One timer and its last run, None before the first."""

    timer: Timer
    run: TimerRun | None

    @property
    def has_failed(self):
        return bool(self.run and self.run.error)

    @property
    def last_success(self):
        return self.run and self.run.succeeded_at

    def is_overdue(self, now):
        if self.timer.patience is None:
            return False
        return self.last_success is None or now - self.last_success > self.timer.patience


def states():
    runs = TimerRun.objects.in_bulk()
    return [State(timer, runs.get(timer.name)) for timer in TIMERS]
