"""Acts on many records: written as one, shown as one, and undone as one (see ChangeBatch).

Undoing restores what the act changed and nothing else: a row that somebody has edited since keeps
the later edit and is named. The undoing is an act itself, and can be done once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from customers.foreign_writes import catch_up
from customers.models import Adviser, Customer, Task
from wealthai.history import SILENT, Change, in_words
from wealthai.models import ChangeBatch
from wealthai.tracking import start_history, update_many
from wealthai.writing import Source, writing

MODELS = (Customer, Task)  # what such an act may change


class NotUndoable(Exception):
    """Undone already, or nothing is left as the act made it."""


def write_rows(batch, model, changes: Iterable[tuple[models.Model, Mapping[str, Any]]]) -> None:
    """Gives each row its new values (by attribute) as part of `batch`. The rows are locked."""
    changes = list(changes)
    start_history(model, [row.pk for row, _ in changes])
    now, names = timezone.now(), set()
    for row, values in changes:
        row._history_date = now
        for name, value in values.items():
            setattr(row, name, value)
            names.add(model._meta.get_field(name).name)
    reason = {"source": Source.BULK, "reason": batch.reason, "batch_id": batch.pk}
    with writing(**reason, user_id=batch.user_id):
        update_many(model, [row for row, _ in changes], names)


# --- What an act did --------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One row of an act. `row` is None where the person may not see it (any more)."""

    row: models.Model | None
    old: dict[str, Any]  # by attribute, of what the act changed
    new: dict[str, Any]
    changes: list[Change]

    @property
    def customer(self):
        return self.row.customer if isinstance(self.row, Task) else self.row

    @property
    def task_title(self):
        return f"タスク「{self.row.title}」" if isinstance(self.row, Task) else ""

    @property
    def is_as_made(self) -> bool:
        return self.row is not None and self.holds(self.new)

    @property
    def is_restored(self) -> bool:
        return self.row is not None and self.holds(self.old)

    @property
    def is_left(self) -> bool:
        return not (self.is_as_made or self.is_restored)

    def holds(self, values: Mapping[str, Any]) -> bool:
        return all(getattr(self.row, name) == value for name, value in values.items())


def lines_of(batch, user, *, lock=False) -> list[Line]:
    """Customers first; within them by their keys."""
    return [line for model in MODELS for line in _lines(model, batch, user, lock)]


def _lines(model, batch, user, lock) -> list[Line]:
    key = model._meta.pk.attname
    after = list(
        model.history.filter(batch=batch, history_type="~")
        .annotate(before=Subquery(_earlier(model, key).values("history_id")[:1]))
        .order_by(key, "history_id")
    )
    before = model.history.in_bulk([record.before for record in after if record.before])
    rows = model.objects.visible_to(user)
    rows = rows.select_for_update(of=["self"]) if lock else rows
    rows = rows.select_related("customer") if model is Task else rows
    chosen = rows.filter(pk__in=[getattr(record, key) for record in after]).order_by("pk")
    current = {row.pk: row for row in chosen}
    names = names_of(after, before.values())
    return [
        line_of(current.get(getattr(record, key)), before[record.before], record, names)
        for record in after
        if record.before
    ]


def _earlier(model, key):
    """The history rows before the one outside, the newest first."""
    same_time = Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
    earlier = Q(history_date__lt=OuterRef("history_date")) | same_time
    rows = model.history.filter(earlier, **{key: OuterRef(key)})
    return rows.order_by("-history_date", "-history_id")


def line_of(row, before, after, names) -> Line:
    fields = [
        field
        for field in after.tracked_fields
        if field.name not in SILENT
        and getattr(before, field.attname) != getattr(after, field.attname)
    ]
    old, new = (
        {field.attname: getattr(record, field.attname) for field in fields}
        for record in (before, after)
    )
    changes = [
        Change(
            str(field.verbose_name),
            in_words(field, old[field.attname], names),
            in_words(field, new[field.attname], names),
            field.name,
        )
        for field in fields
    ]
    return Line(row, old, new, changes)


def names_of(*records):
    """The names of the people in these history rows: no secret to whoever sees the customer."""
    columns = {"sales_rep": "sales_rep_id", "assignee": "assignee_id"}
    ids = {
        (name, getattr(record, attribute))
        for several in records
        for record in several
        for name, attribute in columns.items()
        if getattr(record, attribute, None)
    }
    people = Adviser.objects.in_bulk({pk for _, pk in ids})
    return {(name, pk): people[pk].name for name, pk in ids if pk in people}


# --- Undoing ----------------------------------------------------------------------------------


def may_undo(user, batch) -> bool:
    """Whoever did it, and those who correct every record (事務, 管理者)."""
    return (
        batch.kind != ChangeBatch.Kind.UNDO
        and user.has_perm("customers.change_customer")
        and (batch.user_id == user.pk or user.sees_firm)
    )


def undo(batch, *, user, reason) -> tuple[ChangeBatch, list[Line]]:
    """Restores what is still as `batch` made it; returns the new batch and the lines left alone.

    Raises NotUndoable where it was undone before or nothing can be restored.
    """
    catch_up(wait=True)  # what stood before is known from the history, so it must be complete
    with transaction.atomic():
        batch = ChangeBatch.objects.select_for_update().get(pk=batch.pk)
        if ChangeBatch.objects.filter(undoes=batch).exists():
            raise NotUndoable("この変更はすでに取り消されています。")
        lines = lines_of(batch, user, lock=True)
        restored = [line for line in lines if line.is_as_made]
        left = [line for line in lines if line.is_left]
        if not restored:
            raise NotUndoable("元に戻せる行がありません。すべて、その後に変更されています。")
        undoing = ChangeBatch.objects.create(
            kind=ChangeBatch.Kind.UNDO,
            user=user,
            reason=reason,
            summary=summary_of(batch, restored, left),
            undoes=batch,
        )
        # Tasks first: those of a customer who goes back would follow him by themselves.
        for model in reversed(MODELS):
            changes = [(line.row, line.old) for line in restored if isinstance(line.row, model)]
            write_rows(undoing, model, changes)
    return undoing, left


def summary_of(batch, restored, left) -> str:
    """What was left is named as far as there is room: this is the record of it."""
    text = f"{batch} の取り消し（{len(restored):,}件を戻しました）"
    if left:
        codes = dict.fromkeys(line.customer.code for line in left if line.row)
        text += f"。残した{len(left):,}件: {'、'.join(codes) or '担当外の顧客'}"
    limit = ChangeBatch._meta.get_field("summary").max_length
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
