"""Tables whose every change is kept: history rows, and a guard against writes that leave none.

Django's bulk statements pass by `save()` and so by the history. On a tracked table they raise; the
two ways to write many rows, `create_many` and `update_many`, keep the history in the same
transaction. `without_history()` lifts the guard where the history is written by other means; a test
lists the places that may.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from operator import attrgetter

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, models, transaction
from django.dispatch import Signal
from django.utils import timezone
from simple_history.manager import HistoricalQuerySet, HistoryManager
from simple_history.models import HistoricalRecords

from wealthai import copying
from wealthai.copying import BATCH
from wealthai.evidence import WrittenOnceQuerySet
from wealthai.models import HistoryRow, TimestampedModel
from wealthai.writing import Source, current, writing

# What a row's `pre_save` and `post_save` receivers do, once for many rows: sender is the model,
# `rows` its rows, `names` the fields that are changed in them.
many_saving = Signal()
many_saved = Signal()
SEARCHED = 200  # saves that may lie between opening a form and saving it
FIRST_RECORD = "SQL: 履歴のない行の最初の記録"
_recorded: ContextVar[bool] = ContextVar("recorded", default=False)


class SilentWriteError(Exception):
    """A statement that would change tracked rows without a trace."""


class HistoryQuerySet(WrittenOnceQuerySet, HistoricalQuerySet):
    """What `Model.history` answers."""


class TrackedManager(HistoryManager):
    """`Model.history`."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        """Once: the library makes the class anew whenever a history is looked at."""
        return super().from_queryset(queryset_class, class_name)


class TrackedRecords(HistoricalRecords):
    """History rows that also say the way (source), the reason and the batch."""

    def __init__(self, **options):
        super().__init__(
            bases=[HistoryRow],
            history_manager=TrackedManager,
            historical_queryset=HistoryQuerySet,
            **options,
        )

    def get_change_reason_for_object(self, instance, history_type, using):
        return getattr(instance, "_change_reason", None) or current().reason or None

    def get_history_user(self, instance):
        user = super().get_history_user(instance)
        if user is None and current().user_id:
            return get_user_model()(pk=current().user_id)
        return user

    def _get_history_user_fields(self):
        """Whoever changed something stays; the library would empty the name in the evidence."""
        fields = super()._get_history_user_fields()
        fields["history_user"].remote_field.on_delete = models.PROTECT
        return fields

    def finalize(self, sender, **kwargs):
        super().finalize(sender, **kwargs)
        if sender is self.cls:
            sender.tracked = self

    def add_extra_methods(self, cls):
        """The library's own way round the history is closed."""
        cls.save_without_historical_record = refuse_silence

    def post_save(self, instance, created, using=None, **kwargs):
        """Also for `loaddata` (raw), which is one more way to write."""
        vars(instance).pop("skip_history_when_saving", None)
        super().post_save(instance, created, using=using, **kwargs | {"raw": False})


def refuse_silence(row, *args, **kwargs):
    raise SilentWriteError(f"{type(row).__name__} is saved with its history: use save().")


class TrackedQuerySet(models.QuerySet):
    _silent = False

    def without_history(self):
        """For derived columns, and for writers who keep the history themselves."""
        unguarded = self._chain()
        unguarded._silent = True
        return unguarded

    def _clone(self):
        clone = super()._clone()
        clone._silent = self._silent
        return clone

    def _check(self, statement, names=()):
        derived = getattr(self.model, "DERIVED", frozenset())
        if self._silent or _recorded.get() or (names and derived.issuperset(names)):
            return
        raise SilentWriteError(
            f"{self.model.__name__}.objects.{statement}() would leave no history:"
            " use save(), create_many() or update_many()."
        )

    def update(self, **values):
        self._check("update", values)
        return super().update(**values)

    update.alters_data = True

    def bulk_create(self, objs, batch_size=None, **conflicts):
        """By COPY where there is one; that takes values only, no expressions."""
        self._check("bulk_create")
        if conflicts or connections[self.db].vendor != "postgresql":
            return super().bulk_create(objs, batch_size, **conflicts)
        objs = list(objs)
        copying.insert(self.model, objs)
        return objs

    def bulk_update(self, objs, fields, *args, **kwargs):
        self._check("bulk_update", fields)
        return super().bulk_update(objs, fields, *args, **kwargs)

    def _raw_delete(self, using):
        self._check("_raw_delete")
        return super()._raw_delete(using)


class TrackedModel(TimestampedModel):
    """A row whose changes are kept and compared.

    `DERIVED` names columns that are computed from others (an index of this very row, figures of
    other tables): no history, no version, no guard. `DERIVED_FROM` says which of them follow which
    fields of the row itself; their `pre_save` computes them, in that order.
    """

    DERIVED: frozenset[str] = frozenset()
    DERIVED_FROM: dict[str, frozenset[str]] = {}

    # Also for what Django takes the base manager for, as `adviser.customers.add(customer)`.
    objects = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args, **kwargs):
        if kwargs.get("update_fields") is not None:
            names = set(kwargs["update_fields"])
            kwargs["update_fields"] = names | {"updated_at", *derived_from(type(self), names)}
        return super().save(*args, **kwargs)

    def version(self):
        """Changes whenever any column of the stored row does, whoever wrote it.

        Only meaningful for a row as loaded: call it before assigning new values.
        """
        return version_of(self, type(self))


def version_of(row, model):
    """The version of a row of `model`, or of the state that a row of its history table keeps."""
    tracked = model.history.model.tracked_fields
    values = {field.attname: getattr(row, field.attname) for field in tracked}
    return hashlib.sha256(json.dumps(values, default=stable_text).encode()).hexdigest()


def record_of(row, version):
    """The history row of the state of `row` that had this `version`.

    None for a state that only another system's SQL wrote, or that lies far back.
    """
    records = row.history.select_related("history_user")[:SEARCHED] if version else []
    return next((one for one in records if version_of(one, type(row)) == version), None)


def stable_text(value):
    """The same text whatever time zone or driver the database's value came through."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.UTC)
    return str(value) if isinstance(value, Decimal) else value.isoformat()


@contextmanager
def recorded():
    """Inside, bulk statements are let through: their caller writes the history rows."""
    token = _recorded.set(True)
    try:
        yield
    finally:
        _recorded.reset(token)


def create_many(
    model: type[models.Model], rows: Iterable[models.Model], *, backdated: bool = False
) -> list[models.Model]:
    """Inserts `rows` with a history row each, in one transaction; returns them with their keys.
    `backdated` ones were last changed when they were created.

    `_history_date` and `_history_user` on a row say when and who, as with `save()`.
    """
    rows = list(rows)
    if not rows:
        return rows
    with transaction.atomic(), recorded():
        rows = model._default_manager.bulk_create(rows, batch_size=BATCH)
        if backdated:
            stored = model._default_manager.filter(pk__in=[row.pk for row in rows])
            stored.update(updated_at=models.F("created_at"))
            for row in rows:
                row.updated_at = row.created_at
        write_history(model, rows, "+")
        many_saved.send(sender=model, rows=rows, names=frozenset())
    return rows


def update_many(
    model: type[models.Model], rows: Sequence[models.Model], fields: Iterable[str]
) -> None:
    """Writes `fields` of `rows` with a history row each, in one transaction.

    The time of change is set on rows without one of their own (`_history_date`); derived columns
    follow what they are derived from.
    """
    rows, names = list(rows), set(fields)
    for name in derived_from(model, names):
        column = model._meta.get_field(name)
        for row in rows:
            column.pre_save(row, add=False)
        names.add(name)
    if "updated_at" not in names and hasattr(model, "updated_at"):
        names.add("updated_at")
        for row in rows:
            row.updated_at = timezone.now()
    with transaction.atomic(), recorded():
        many_saving.send(sender=model, rows=rows, names=names)
        copying.update(model, rows, sorted(names))
        write_history(model, rows, "~")
        many_saved.send(sender=model, rows=rows, names=names)


def refresh_derived(rows: Sequence[models.Model]) -> int:
    """Computes anew what follows from the rows themselves; returns how many were out of date.

    For rows that another system wrote. They are locked by the caller, so that nobody changes one
    between its being read and written.
    """
    if not rows:
        return 0
    model = type(rows[0])
    names = list(model.DERIVED_FROM)
    before = [[getattr(row, name) for name in names] for row in rows]
    for row in rows:
        for name in names:
            model._meta.get_field(name).pre_save(row, add=False)
    stale = [
        row
        for row, old in zip(rows, before, strict=True)
        if old != [getattr(row, name) for name in names]
    ]
    copying.update(model, stale, names)
    return len(stale)


def start_history(model: type[models.Model], pks: Iterable[int]) -> list[models.Model]:
    """Rows that have no history yet get a first one, which shows them as they are now."""
    key = model._meta.pk.attname
    known = model.history.filter(**{key: models.OuterRef("pk")})
    rows = list(model._default_manager.filter(~models.Exists(known), pk__in=pks))
    for row in rows:
        row._history_user = None
        row._history_date = getattr(row, "updated_at", row.created_at)
    with writing(source=Source.SQL, reason=FIRST_RECORD, batch_id=None, user_id=None):
        write_history(model, rows, "+")
    return rows


def tracked_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if hasattr(model, "tracked")]


def derived_from(model, names):
    """The derived columns that depend on any of the fields `names`, in the order to compute them."""
    sources = getattr(model, "DERIVED_FROM", {})
    return [derived for derived, origins in sources.items() if origins & names]


def write_history(model, rows, kind):
    """One history row each; `kind` is django-simple-history's mark: + ~ -."""
    history, records, now = model.history.model, model.tracked, timezone.now()
    names = [field.attname for field in history.tracked_fields]
    columns = ("history_date", "history_type", "history_user_id", "history_change_reason")
    values_of = attrgetter(*names)

    def author_of(row):
        return getattr(records.get_history_user(row), "pk", None)

    def reason_of(row):
        return records.get_change_reason_for_object(row, kind, None)

    anyone = model()  # asked once for all rows that say nothing of their own
    author, reason = author_of(anyone), reason_of(anyone)
    lines = (
        (
            own.get("_history_date", now),
            kind,
            author_of(row) if "_history_user" in own else author,
            reason_of(row) if "_change_reason" in own else reason,
            *values_of(row),
        )
        for row, own in ((row, vars(row)) for row in rows)
    )
    copying.insert_values(history, [*columns, *names], lines)
