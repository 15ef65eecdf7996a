from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from wealthai import timers
from wealthai.models import TimerRun
from wealthai.timers import State, Timer, timed_run

DAILY = Timer("daily", "毎日", timedelta(hours=26))
NOW = timezone.now()


def fail():
    with timed_run("tidy"):
        raise LookupError("a name that must not be kept")


def state(**values):
    return State(DAILY, TimerRun(name="daily", started_at=NOW, **values))


def test_run_is_recorded_with_its_end_and_duration(db):
    with timed_run("tidy"):
        pass

    run = TimerRun.objects.get()

    assert run.started_at < run.finished_at == run.succeeded_at
    assert (run.name, run.error, run.seconds >= 0) == ("tidy", "", True)


def test_failure_is_recorded_by_its_kind_and_goes_on(db):
    with timed_run("tidy"):
        pass
    success = TimerRun.objects.get().succeeded_at

    with pytest.raises(LookupError):
        fail()

    run = TimerRun.objects.get()
    assert (run.error, run.succeeded_at) == ("LookupError", success)
    assert run.finished_at > success


def test_success_after_a_failure_has_no_error(db):
    with pytest.raises(LookupError):
        fail()

    call_command("tidy", verbosity=0)

    assert TimerRun.objects.get().error == ""


def test_run_that_has_not_ended_has_no_end_and_the_success_before(db):
    with timed_run("tidy"):
        pass

    with timed_run("tidy"):
        run = TimerRun.objects.get()

    assert (run.finished_at, run.succeeded_at is None) == (None, False)


@pytest.mark.parametrize(("hours", "overdue"), [(25, False), (27, True)])
def test_timer_is_overdue_by_the_age_of_its_last_success(hours, overdue):
    found = state(succeeded_at=NOW - timedelta(hours=hours))

    assert found.is_overdue(NOW) == overdue


def test_timer_that_never_succeeded_is_overdue_unless_run_by_hand():
    by_hand = State(Timer("import", "取り込み"), None)

    assert [State(DAILY, None).is_overdue(NOW), by_hand.is_overdue(NOW)] == [True, False]


def test_every_timer_has_its_state(db):
    assert [state.timer for state in timers.states()] == list(timers.TIMERS)


def test_backup_that_fails_is_recorded_and_making_a_key_is_no_backup(db, settings, tmp_path):
    settings.BACKUP_RECIPIENTS = []
    call_command("backup", "--make-key", str(tmp_path / "key"), verbosity=0)
    assert not TimerRun.objects.exists()

    with pytest.raises(CommandError):
        call_command("backup")

    assert TimerRun.objects.get().error == "BackupError"
