"""The life of one answer, outside the browser's request.

queued → streaming → done | interrupted | stopped | failed. One thread per answer writes it; one
poller thread per process saves what grew, renews the leases of its rows and reads the stop flags,
so that a stop works from every process and only a row whose process is gone is reaped. A process that
was only away, and has lost its row, ends its call when it looks next (chat/keeping.py). Readers follow
a `Run` of their own process without the database, or poll the row of another's.
"""

import contextvars
import itertools
import logging
import threading
import time

from django.conf import settings
from django.db import connection
from django.utils import timezone

from chat import (
    assistant,
    bedrock,
    blocks,
    budgets,
    figures,
    keeping,
    turn,
    withdrawal,
    wording,
)
from chat.models import ChatExchange
from wealthai import metrics

logger = logging.getLogger(__name__)

TICK = 0.5
LEAVING_SECONDS = 10  # as long as gunicorn lets a process leave
LOOK_EVERY = 10  # ticks: whether those who asked may still see what is written for them

Status = ChatExchange.Status

_lock = threading.Lock()
_runs: dict[int, "Run"] = {}
_reserved = 0
_writing = 0  # threads; one may outlive its run, reading records nobody wants any more
_poller: threading.Thread | None = None
_draining = False


class Busy(Exception):
    """No place for another answer in this process; ask again in a few seconds."""


class Run:
    """An answer being written in this process: its text so far, and how it ended."""

    def __init__(self, chat_id):
        self.chat_id = chat_id
        self.text = ""
        self.saved_length = self.saved_steps = 0
        self.turn = None
        self.outcome = None  # (status, error kind, provider's error name) once it has ended
        self.ended_at = self.latency_ms = None
        self.closed = False  # the outcome is in the database, as far as it could be stored
        self.changed = threading.Condition()
        self._line = None
        self._started = time.monotonic()

    # --- for the thread that writes (assistant.Listener) ---

    def wanted_after(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.outcome, timeout=seconds)
            return self.outcome is None

    def calls(self, line):
        with self.changed:
            self._line = line
            ended = self.outcome is not None
        if ended:
            line.cut()

    def add(self, text):
        with self.changed:
            if self.outcome is None and text:
                self.text += text
                self.changed.notify_all()

    # --- for anybody ---

    def end(self, status, kind=None, provider=None):
        """End the answer as `status`, once: whoever comes first decides, and saves it."""
        with self.changed:
            if self.outcome is not None:
                return
            self.outcome = (status, kind, provider)
            self.ended_at = timezone.now()
            self.latency_ms = round((time.monotonic() - self._started) * 1000)
            self.changed.notify_all()
            line = self._line
        if line and status != Status.DONE:
            line.cut()
        try:
            keeping.keep_outcome(self)
        finally:  # else its readers would wait for ever, and its lease be renewed as long
            self._close()

    def _close(self):
        with _lock:
            _runs.pop(self.chat_id, None)
            metrics.STREAMS.set(len(_runs))
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def stop(self):
        self.end(Status.STOPPED)

    def wait_beyond(self, offset, seconds):
        """Wait for text after `offset`; returns it ("" on time-out) and whether all is saved."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.text) > offset or self.closed, timeout=seconds)
            return self.text[offset:], self.closed

    def wait_closed(self, seconds):
        with self.changed:
            return self.changed.wait_for(lambda: self.closed, timeout=seconds)

    def overdue(self):
        return time.monotonic() - self._started > settings.CHAT_ANSWER_SECONDS


# --- starting and finding runs --------------------------------------------------------------


def reserve():
    """Take a place for one answer, before anything is saved or paid. Raises Busy."""
    global _reserved
    with _lock:
        if _draining or _writing + _reserved >= settings.CHAT_MAX_STREAMS:
            raise Busy
        _reserved += 1


def release():
    """Give a reserved place back that `start` will not use."""
    global _reserved
    with _lock:
        _reserved -= 1


def start(chat_id):
    """Write the answer of the saved row `chat_id` in a thread, in the reserved place."""
    global _reserved, _writing, _poller
    run = Run(chat_id)
    with _lock:
        _reserved -= 1
        _writing += 1
        _runs[chat_id] = run
        metrics.STREAMS.set(len(_runs))
        if _poller is None:
            _poller = threading.Thread(target=_poll, name="chat-poller", daemon=True)
            _poller.start()
    asked_by = contextvars.copy_context()  # its log lines carry the number of the request
    writer = threading.Thread(
        target=asked_by.run, args=[_write, run], name=f"chat-{chat_id}", daemon=True
    )
    writer.start()
    return run


def live(chat_id):
    """The run of this process for that row, or None."""
    with _lock:
        return _runs.get(chat_id)


def stop(chat_id):
    """Stop an answer wherever it is written: here at once, elsewhere within a tick."""
    ChatExchange.objects.running().filter(pk=chat_id).update(stop_requested=True)
    if run := live(chat_id):
        run.stop()


def wait(chat_id, seconds):
    """Wait for an answer to end, wherever it is written, holding no database connection."""
    connection.close()
    if run := live(chat_id):
        run.wait_closed(seconds)
        return
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap_lost()
        running = ChatExchange.objects.running().filter(pk=chat_id).exists()
        connection.close()
        if not running:
            return
        time.sleep(TICK)


def drain():
    """From a signal handler: this process is going away (gunicorn.conf.py)."""
    global _draining
    _draining = True


def leave():
    """Last act of a process: save the answers that no reader waits for (gunicorn.conf.py)."""
    drain()
    with _lock:
        runs = list(_runs.values())
    for run in runs:
        run.end(Status.INTERRUPTED, "restarted")
    for run in runs:  # another thread may be at it, and end with this process
        run.wait_closed(LEAVING_SECONDS)


def is_draining():
    return _draining


def reap_lost():
    """Mark rows whose process is gone as interrupted; called by whoever looks next. That may be a
    process that the database was kept from, before its poller could renew its own."""
    lost = ChatExchange.objects.lost()
    if lost.exists():
        with _lock:
            own = list(_runs)
        keeping.renewed(own)
        lost.end_as_lost()


# --- the two kinds of threads ---------------------------------------------------------------


def _write(run):
    global _writing
    try:
        _answer(run)
    except bedrock.BedrockError as error:
        if run.outcome is None:  # else it was told to stop, and this is only the echo
            metrics.BEDROCK_CALLS.labels(error.kind).inc()
        run.end(unfinished(run), error.kind, error.provider)
    except (turn.NotSent, budgets.Refused) as error:
        run.end(unfinished(run), error.kind)
    except Exception:  # the top of a thread: nobody above could tell the adviser
        logger.exception("chat %s failed", run.chat_id)
        run.end(unfinished(run), "internal")
    finally:
        connection.close()
        with _lock:
            _writing -= 1
        figures.say(run)


def unfinished(run):
    """The status of an answer that breaks off now: what came of it stands."""
    return Status.INTERRUPTED if run.text else Status.FAILED


def _answer(run):
    exchange = turn.read(run.chat_id)
    if not settings.AI_ENABLED:
        run.end(Status.FAILED, "disabled")
        return
    run.turn = turn.prepare(exchange)
    for text in assistant.answer(run.turn, run):
        run.add(text)
    _count_and_end(run)


def _count_and_end(run):
    if run.turn.finished is None:  # stopped before the model was asked
        return
    figures.count(run.turn)
    # When nothing was said at last, it is no answer, unless its end says why.
    said = blocks.text_of(run.turn.finished.content)
    if said.strip() or run.turn.finished.stop_reason in wording.ENDINGS:
        run.end(Status.DONE)
    else:
        run.end(unfinished(run), "empty")


def _poll():
    global _poller
    for tick in itertools.count(1):
        time.sleep(TICK)
        with _lock:
            runs = list(_runs.values())
            if not runs:
                _poller = None
                return
        try:
            _tend(runs)
            if tick % LOOK_EVERY == 0:
                _end_withdrawn(runs)
        except Exception:  # without this thread no lease, stop or time limit works any more
            logger.exception("chat rows not tended")
        finally:
            connection.close()


def _tend(runs):
    """End what must end; renew the leases and save what grew of the rest."""
    for run in runs:
        if _draining:
            run.end(Status.INTERRUPTED, "restarted")
        elif run.overdue():
            run.end(unfinished(run), "timeout")
    to_stop = keeping.renewed([run.chat_id for run in runs])
    open_runs = [run for run in runs if run.outcome is None]
    for run in open_runs:
        if run.chat_id not in to_stop:  # somebody took this process for gone, and ended the row
            run.end(Status.INTERRUPTED, "lost")
        elif to_stop[run.chat_id]:
            run.stop()
    keeping.keep_grown([run for run in open_runs if run.outcome is None])


def _end_withdrawn(runs):
    open_runs = {run.chat_id: run for run in runs if run.outcome is None}
    for chat_id, kind in withdrawal.withdrawn(open_runs).items():
        open_runs[chat_id].end(unfinished(open_runs[chat_id]), kind)
