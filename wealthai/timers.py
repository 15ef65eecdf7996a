"""What runs by itself, and how its last run went: for /status and /metrics."""

import contextlib
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import DatabaseError
from django.utils import timezone

from wealthai import measuring
from wealthai.database import short_wait
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
    Timer("measure", "計測", measuring.PATIENCE),
    Timer("tidy", "期限切れの削除", DAILY),
    Timer("check_ai", "AIの点検", DAILY),
    Timer("import_original", "元データの取り込み"),
)


@contextlib.contextmanager
def timed_run(name):
    """Around one run, or as a decorator: when it began, how it ended, how long it took."""
    note(name, started_at=timezone.now(), finished_at=None)
    with contextlib.ExitStack() as stack:
        stack.push(partial(note_end, name, time.monotonic()))
        yield


def note_end(name, started, kind, *_):
    """As the end of a `with`; `kind` is the class of what broke it, None where nothing did."""
    now = timezone.now()
    end = {"finished_at": now, "seconds": round(time.monotonic() - started, 3)}
    if kind is None:
        end["succeeded_at"] = now
    note(name, **end, error=kind.__name__ if kind else "")


def note(name, **values):
    """Never the reason why a run fails, or is long refused: before an update the table may not be there
    yet, and on SQLite an import keeps all others from writing."""
    with contextlib.suppress(DatabaseError), short_wait():
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
