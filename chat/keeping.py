"""What is kept of an answer in its row: while it grows, and how it ended.

Every write asks that the row still runs, and a row that has ended never runs again. So a process that
was away beyond its lease, whose row somebody has ended meanwhile, changes nothing there any more: but
for a whole answer that only the absent database kept from its row.
"""

import itertools
import logging
import time
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chat.models import COST_AS_RESERVED, ChatExchange
from wealthai.database import ValueOf

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
RENEWED_AFTER = timedelta(seconds=5)  # hundreds of rows are not written anew in each tick
LONGEST_PAUSE = 5  # seconds


def running(chat_ids):
    return ChatExchange.objects.running().filter(pk__in=chat_ids)


def renewed(chat_ids):
    """{chat id: whether it is to stop} of the rows that still run, their leases renewed where that is
    due: also of those whose answer has ended and waits for the database."""
    now = timezone.now()
    rows = list(running(chat_ids).values_list("pk", "stop_requested", "lease_expires_at"))
    due = [pk for pk, _, until in rows if until is None or until < now + LEASE - RENEWED_AFTER]
    if due:
        running(due).update(lease_expires_at=now + LEASE)
    return {pk: is_to_stop for pk, is_to_stop, _ in rows}


def keep_grown(runs):
    """Store what grew of the answers since the last time: their text, and the steps that ended."""
    grown, kept = {}, []
    with transaction.atomic():
        for run in runs:
            text, steps = run.text, len(run.turn.trace) if run.turn else 0
            if steps > run.saved_steps:
                running([run.chat_id]).update(response=text, **_learned(run.turn))
            elif len(text) > run.saved_length:
                grown[run.chat_id] = text
            kept.append((run, len(text), steps))
        if grown:  # of hundreds in each tick
            running(grown).update(response=ValueOf("chat_id", grown))
    for run, length, steps in kept:
        run.saved_length, run.saved_steps = length, steps


def keep_outcome(run):
    """Store how the answer ended; it is only here, so an absent database is waited for, as long as
    this process lives: who waits keeps its place, so that not more and more do."""
    for attempt in itertools.count(1):
        try:
            if not _store(run):
                logger.warning("chat %s: the row had ended before its answer", run.chat_id)
        except (OperationalError, InterfaceError):
            logger.exception("chat %s: outcome not saved yet", run.chat_id)
            connection.close()
            time.sleep(min(attempt, LONGEST_PAUSE))
        else:
            return


def _store(run):
    row = running([run.chat_id])
    try:
        outcome = _outcome(run)
        return row.update(**outcome) or _given_up(run).update(**outcome)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # something that was learned on the way; the words are what was paid for
        logger.exception("chat %s: only the words of the answer can be stored", run.chat_id)
        return row.update(**_words(run))


def _given_up(run):
    """The row, where that happened only after the answer had ended, while the database was away, and
    nobody has asked on since: what came next would not know of it."""
    later = ChatExchange.objects.filter(conversation=OuterRef("conversation"), pk__gt=run.chat_id)
    lost = ChatExchange.objects.filter(error_kind="lost", finished_at__gt=run.ended_at)
    return lost.filter(~Exists(later), pk=run.chat_id)


def _words(run):
    status = ChatExchange.Status.INTERRUPTED if run.text else ChatExchange.Status.FAILED
    return _ended(run, status, "internal") | COST_AS_RESERVED


def _outcome(run):
    status, kind, provider = run.outcome
    fields = _ended(run, status, kind) | {"provider_error": provider}
    if run.turn:
        fields |= _learned(run.turn) | run.turn.account.cost() | _checked(run)
    return fields


def _ended(run, status, kind):
    return {
        "status": status,
        "response": run.text,
        "error_kind": kind,
        "finished_at": run.ended_at,
        "lease_expires_at": None,
        "latency_ms": run.latency_ms,
    }


def _checked(run):
    """A check that breaks leaves no verdict; the answer, which is paid, is not lost over it."""
    try:
        return run.turn.grounds.columns(run.text)
    except Exception:
        logger.exception("chat %s: figures not checked", run.chat_id)
        return {}


def _learned(turn):
    """What the turn has found out so far, as columns of the row."""
    return turn.account.counts() | {
        "stop_reason": turn.finished and turn.finished.stop_reason,
        "first_token_ms": turn.first_token_ms,
        "masked_fields": turn.masker.ledger(),
        "tool_trace": list(turn.trace),
        "citations": turn.grounds.citations(),
    }
