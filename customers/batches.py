"""Acts on many records: written as one, shown as one, and undone as one (see ChangeBatch).

Undoing restores what the act changed and nothing else, by the rules of restoring one customer
(reverting.py): a later decision stays, even one for the same value, and so does what is archived or
done by now. What stays is named with the reason. The undoing is an act itself, and is done once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from customers.foreign_writes import catch_up
from customers.models import Adviser, Customer, Task
from customers.reverting import may_give_away, who_get_back
from wealthai.history import SILENT, Change, in_words
from wealthai.models import ChangeBatch
from wealthai.tracking import start_history, update_many
from wealthai.writing import Source, writing

MODELS = (Customer, Task)  # what such an act may change


# For what reason a row is left as it is.
OUT_OF_SIGHT = "担当外か削除済み"
CHANGED_SINCE = "その後に変更"
ARCHIVED = "保管済み"
DONE = "完了済み"
NO_RIGHT = "担当者を変える権限なし"
ADVISER_LEFT = "元の担当者が退職か他支店"
CUSTOMER_STAYS = "顧客の担当が戻らない"


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
    """One row of an act. `row` is None where the person may not see it (any more).

    `why` says for what reason undoing would leave the row as it is.
    """

    row: models.Model | None
    old: dict[str, Any]  # by attribute, of what the act changed
    new: dict[str, Any]
    changes: list[Change]
    why: str = ""

    @property
    def customer(self):
        return self.row.customer if isinstance(self.row, Task) else self.row

    @property
    def task_title(self):
        return f"タスク「{self.row.title}」" if isinstance(self.row, Task) else ""

    @property
    def is_restored(self) -> bool:
        return self.row is not None and self.holds(self.old)

    @property
    def is_left(self) -> bool:
        return bool(self.why)

    @property
    def is_undoable(self) -> bool:
        return not (self.is_restored or self.is_left)

    def holds(self, values: Mapping[str, Any]) -> bool:
        return all(getattr(self.row, name) == value for name, value in values.items())


def lines_of(batch, user, *, lock=False) -> list[Line]:
    """Customers first; within them by their keys."""
    customers, tasks = (_lines(model, batch, user, lock) for model in MODELS)
    return with_reasons(customers, tasks, user)


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
    lines = [
        (record, line_of(current.get(getattr(record, key)), before[record.before], record, names))
        for record in after
        if record.before
    ]
    touched = _touched_since(model, key, lines)
    return [
        replace(line, why=CHANGED_SINCE) if record.pk in touched else line for record, line in lines
    ]


def _earlier(model, key):
    """The history rows before the one outside, the newest first."""
    same_time = Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
    earlier = Q(history_date__lt=OuterRef("history_date")) | same_time
    rows = model.history.filter(earlier, **{key: OuterRef(key)})
    return rows.order_by("-history_date", "-history_id")


def _touched_since(model, key, lines) -> set[int]:
    """The history rows of an act whose fields a later row, or another system, has changed.

    Also where the value is the act's again by now: that was somebody's decision.
    """
    if not lines:
        return set()
    touched = {record.pk for record, line in lines if line.row and not line.holds(line.new)}
    made = {getattr(record, key): (record, line) for record, line in lines}
    names = {name for _, line in lines for name in line.new}
    since = min(record.history_date for record, _ in lines)
    later = model.history.filter(**{f"{key}__in": made}, history_date__gte=since)
    for row in later.order_by().values("history_date", "history_id", key, *names):
        record, line = made[row[key]]
        is_later = (row["history_date"], row["history_id"]) > (record.history_date, record.pk)
        if is_later and any(row[name] != value for name, value in line.new.items()):
            touched.add(record.pk)
    return touched


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


def with_reasons(customers: list[Line], tasks: list[Line], user) -> list[Line]:
    """The lines with the reason for which they would be left alone, where there is one."""
    reps = {line.old["sales_rep_id"] for line in customers if "sales_rep_id" in line.old}
    welcome = who_get_back(reps, user)
    customers = [replace(line, why=why_left(line, user, welcome)) for line in customers]
    # A task does not go back to somebody who may not see its customer.
    staying = {line.row.pk for line in customers if line.is_left and line.row}
    tasks = [replace(line, why=why_task_is_left(line, staying)) for line in tasks]
    return customers + tasks


def why_left(line, user, welcome) -> str:
    if line.row is None:
        return OUT_OF_SIGHT
    if line.is_restored:
        return ""
    if line.customer.archived_at:
        return ARCHIVED
    if line.why:
        return line.why
    if "sales_rep_id" in line.old and not may_give_away(user):
        return NO_RIGHT
    is_refused = "sales_rep_id" in line.old and line.old["sales_rep_id"] not in welcome
    return ADVISER_LEFT if is_refused else ""


def why_task_is_left(line, staying) -> str:
    if line.row and not line.is_restored and line.row.done_at:
        return DONE
    if line.row and not line.is_restored and line.row.customer_id in staying:
        return CUSTOMER_STAYS
    return why_left(line, None, ())


def undo(batch, *, user, reason) -> tuple[ChangeBatch, list[Line]]:
    """Restores what is still as `batch` made it; returns the new batch and the lines left alone.

    Raises NotUndoable where it was undone before or nothing can be restored.
    """
    catch_up(wait=True)  # what stood before is known from the history, so it must be complete
    with transaction.atomic():
        # Two who undo it at once meet at its rows: to lock the batch, one would need to change it.
        lines = lines_of(batch, user, lock=True)
        if ChangeBatch.objects.filter(undoes=batch).exists():
            raise NotUndoable("この変更はすでに取り消されています。")
        restored = [line for line in lines if line.is_undoable]
        left = [line for line in lines if line.is_left]
        if not restored:
            raise NotUndoable(f"元に戻せる行がありません（{counted(left)}）。")
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


def counted(left) -> str:
    return "、".join(
        f"{why} {count:,}件" for why, count in Counter(one.why for one in left).items()
    )


def summary_of(batch, restored, left) -> str:
    """What was left is named as far as there is room: this is the record of it."""
    text = f"{batch} の取り消し（{len(restored):,}件を戻しました）"
    if left:
        text += f"。残した{len(left):,}件: {'、'.join(named(left))}"
    limit = ChangeBatch._meta.get_field("summary").max_length
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def named(left):
    """Each customer once with the first reason; those out of sight are not named."""
    codes: dict[str, str] = {}
    for line in left:
        codes.setdefault(line.customer.code if line.row else OUT_OF_SIGHT, line.why)
    return [f"{code}（{why}）" if code != why else code for code, why in codes.items()]
