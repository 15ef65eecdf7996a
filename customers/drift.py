"""Rows against their history, one by one: the slow way to find what left no trace.

For a dump that was restored, triggers that were off, TRUNCATE, and SQLite, where there are none.
Each row is locked while it is compared, so nobody's work is in the way and no change is seen twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models, transaction

from customers import foreign_writes
from customers.figures import refresh, stale_figures
from customers.follow_ups import plan_unplanned
from customers.models import Customer, ForeignWrite, SalesNote
from wealthai.database import exclusive_transaction
from wealthai.terminal import Tick, quiet
from wealthai.tracking import refresh_derived, start_history, tracked_models, write_history
from wealthai.writing import Source, writing

CHUNK = 1000
REASON = "SQL: 突き合わせで見つかった変更"


@dataclass
class Found:
    unknown: int = 0  # no history at all
    differing: int = 0  # stored otherwise than the newest history row says
    vanished: int = 0  # gone without a trace
    unfindable: int = 0  # the search key or the place in 五十音 was out of date
    figures: int = 0


def mend(tick: Tick = quiet) -> Found:
    """Brings history, search and figures of every tracked row up to what is stored."""
    found = Found()
    with writing(source=Source.SQL, reason=REASON):
        for model in tracked_models():
            for rows in _locked_chunks(model, tick):
                _mend_history(model, rows, found)
                if model is Customer:
                    _mend_derived(rows, found)
            found.vanished += _record_vanished(model)
    return found


def _locked_chunks(model: type[models.Model], tick: Tick) -> Iterator[list[models.Model]]:
    """All rows by their keys, each chunk in a transaction of its own."""
    following = model._default_manager.select_for_update().order_by("pk")
    total, done = following.count(), 0
    while True:
        with transaction.atomic():
            rows = list(following[:CHUNK])
            if not rows:
                return
            yield rows
        following, done = following.filter(pk__gt=rows[-1].pk), done + len(rows)
        tick(f"{model._meta.verbose_name}の突き合わせ", done, max(total, done))


def _mend_history(model: type[models.Model], rows: Sequence[models.Model], found: Found) -> None:
    """What the queue still holds is left to it: it knows who and when."""
    queued = _queued(model)
    settled = {row.pk: row for row in rows if row.pk not in queued}
    unknown = start_history(model, settled)
    found.unknown += len(unknown)
    newest = newest_history(model, settled)
    gone = [row for pk, row in settled.items() if newest[pk].history_type == "-"]
    differing = [
        row
        for pk, row in settled.items()
        if newest[pk].history_type != "-" and differs(row, newest[pk])
    ]
    write_history(model, gone, "+")
    write_history(model, differing, "~")
    found.differing += len(gone) + len(differing)
    if model is SalesNote:
        moved = [row for row in differing if row.follow_up_date != newest[row.pk].follow_up_date]
        plan_unplanned([note.pk for note in [*unknown, *gone, *moved]])


def _mend_derived(customers: Sequence[models.Model], found: Found) -> None:
    found.unfindable += refresh_derived(customers)
    stale = stale_figures([customer.pk for customer in customers])
    refresh(stale)
    found.figures += len(stale)


def _record_vanished(model: type[models.Model]) -> int:
    history, key = model.history, model._meta.pk.attname
    with exclusive_transaction(foreign_writes.LOCK, wait=True):
        stored = model._default_manager.filter(pk=models.OuterRef(key))
        gone = history.filter(~models.Exists(stored)).order_by().values_list(key, flat=True)
        newest = newest_history(model, set(gone) - _queued(model))
        vanished = [row for row in newest.values() if row.history_type != "-"]
        write_history(model, vanished, "-")
    return len(vanished)


def _queued(model: type[models.Model]) -> set[int]:
    waiting = ForeignWrite.objects.filter(table=model._meta.db_table)
    return set(waiting.order_by().values_list("row_id", flat=True))


def newest_history(model, pks):
    """{key: newest history row}."""
    key, found = model._meta.pk.attname, {}
    pks = list(pks)
    for start in range(0, len(pks), CHUNK):
        rows = model.history.filter(**{f"{key}__in": pks[start : start + CHUNK]})
        later = model.history.filter(**{key: models.OuterRef(key)})
        newest = later.order_by("-history_date", "-history_id").values("history_id")[:1]
        rows = rows.filter(history_id=models.Subquery(newest))
        found |= {getattr(row, key): row for row in rows}
    return found


def differs(row, record):
    names = [field.attname for field in record.tracked_fields]
    return any(getattr(row, name) != getattr(record, name) for name in names)
