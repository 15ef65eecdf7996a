"""Checked rows into the database: everything in one transaction, or nothing.

What is there already stays as it is. Where it differs from the file, somebody may have changed it
since, so the file wins only when `update` says so. Rows are told apart by what they are now and
by what they were when this command brought them in (their history says so): a changed row is not
added again, and a deleted one stays deleted.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from customers.follow_ups import plan
from customers.importing.conflicts import check_conflicts, check_twin_codes
from customers.importing.matching import Stored, Values, differences, identity, pair
from customers.importing.original_files import CUSTOMERS, REPS
from customers.importing.problems import BrokenFilesError
from customers.importing.rows import FileSpec, ParsedFile, Row
from customers.models import Customer, SalesNote
from customers.people import join
from customers.roles import Role
from customers.search_index import loading
from wealthai.ahead import made_ahead
from wealthai.database import exclusive_transaction
from wealthai.terminal import Tick, quiet
from wealthai.tracking import create_many, update_many
from wealthai.writing import Source, writing

LOCK = "import_original"
REASON = "取込: import_original"
READ_CHUNK = 500  # values in one IN (…): SQLite takes 999 parameters
WRITE_CHUNK = 5000
Item = TypeVar("Item")
Change = dict[str, Any]  # new values by attribute


@dataclass
class Outcome:
    """What became of one file's rows."""

    label: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted_since: int = 0
    differing: list[str] = field(default_factory=list)  # left alone, each in words

    @property
    def counts(self) -> tuple[int, ...]:
        """Rows in all, then created, updated, unchanged, differing, deleted since."""
        parts = (
            self.created,
            self.updated,
            self.unchanged,
            len(self.differing),
            self.deleted_since,
        )
        return (sum(parts), *parts)


def store(
    files: Sequence[ParsedFile],
    *,
    update: bool = False,
    dry_run: bool = False,
    tick: Tick = quiet,
) -> list[Outcome]:
    """Raises BrokenFilesError when rows collide with others in the database, BusyError when an
    import is running already; either way nothing is changed."""
    outcomes = []
    pks: dict[str, list[int]] = {}  # by file, for each of its rows
    with exclusive_transaction(LOCK), writing(source=Source.IMPORT, reason=REASON), loading():
        for file in files:
            writer = _Writer(file, _resolved(file, pks), update, tick)
            outcomes.append(writer.write())
            pks[file.spec.name] = writer.pks
        transaction.set_rollback(dry_run)
    return outcomes


def _resolved(file: ParsedFile, pks: dict[str, list[int]]) -> list[dict[str, Any]]:
    references = {c.attname: pks[c.refers_to] for c in file.spec.columns if c.refers_to}
    return [
        {
            name: references[name][value - 1] if name in references and value else value
            for name, value in row.values.items()
        }
        for row in file.rows
    ]


class _Writer:
    """The rows of one file on their way into its table."""

    def __init__(
        self, file: ParsedFile, rows: list[dict[str, Any]], update: bool, tick: Tick
    ) -> None:
        self.spec: FileSpec = file.spec
        self.lines: list[Row] = file.rows
        self.rows = rows
        self.update = update and file.spec.may_update
        self.tick = tick
        self.pks: list[int] = []

    def write(self) -> Outcome:
        outcome = Outcome(self.spec.label)
        pairs = pair(self.rows, stored_rows(self.spec, self.rows), self.spec.key)
        problems = []
        if self.spec.name == REPS:
            problems = check_twin_codes(self.lines, pairs)
        if self.spec.name == CUSTOMERS:
            problems = check_conflicts(self.lines, pairs, self.update)
        if problems:
            raise BrokenFilesError(problems)
        changes = self._count(pairs, outcome)
        if self.update:
            self._update(changes)
        created = self._create([row for row, one in zip(self.rows, pairs, strict=True) if not one])
        outcome.created = len(created)
        new_pks = iter([instance.pk for instance in created])
        self.pks = [one.pk if one else next(new_pks) for one in pairs]
        return outcome

    def _count(self, pairs: Sequence[Stored | None], outcome: Outcome) -> dict[int, Change]:
        """Fills in `outcome`; returns what differs, by primary key."""
        changes = {}
        for row, one in zip(self.rows, pairs, strict=True):
            if one is None:
                continue
            if one.values is None:
                outcome.deleted_since += 1
            elif names := differences(row, one.values):
                changes[one.pk] = {name: row[name] for name in names}
                if not self.update:
                    outcome.differing.append(self._in_words(row, one, names))
            else:
                outcome.unchanged += 1
        if self.update:
            outcome.updated = len(changes)
        return changes

    def _in_words(self, row: Values, one: Stored, names: Sequence[str]) -> str:
        what = row[self.spec.key[0]] if self.spec.has_code else f"ID {one.pk}"
        fields = (str(self.spec.model_field(name).verbose_name) for name in names)
        return f"{self.spec.label} {what}: {'、'.join(fields)}"

    def _update(self, changes: dict[int, Change]) -> None:
        model = self.spec.model
        if model is Customer:
            _free_emails([pk for pk, change in changes.items() if "email" in change])
        now = {"updated_at": timezone.now()} if hasattr(model, "updated_at") else {}
        pks = sorted(changes)
        for done, chunk in enumerate(chunks(pks, READ_CHUNK)):
            instances = list(model._default_manager.select_for_update().filter(pk__in=chunk))
            for instance in instances:
                for name, value in (changes[instance.pk] | now).items():
                    setattr(instance, name, value)
            names = {name for pk in chunk for name in changes[pk]} | now.keys()
            fields = sorted(name.removesuffix("_id") for name in names)
            update_many(model, instances, fields)
            self.tick(f"{self.spec.label}の更新", done * READ_CHUNK + len(chunk), len(pks))

    def _create(self, rows: Sequence[dict[str, Any]]) -> list[Any]:
        model = self.spec.model
        created: list[Any] = []
        for instances in made_ahead(instances_of(model, rows)):
            if self.spec.name == REPS:
                _make_advisers(instances)
            create_many(model, instances)
            created += instances
            self.tick(f"{self.spec.label}の登録", len(created), len(rows))
        if self.spec.name == REPS:
            join(created)
        if model is SalesNote:
            plan(created)
        return created


def instances_of(
    model: type[models.Model], rows: Sequence[dict[str, Any]]
) -> Iterator[list[models.Model]]:
    """Unsaved, as many at a time as are written at a time."""
    for chunk in chunks(rows, WRITE_CHUNK):
        yield [model(**row) for row in chunk]


def _free_emails(pks: Sequence[int]) -> None:
    """Two customers may swap addresses in the file; row by row that would collide."""
    for chunk in chunks(pks, READ_CHUNK):
        Customer.objects.filter(pk__in=chunk).without_history().update(email=None)


def _make_advisers(people: Sequence[Any]) -> None:
    for person in people:
        person.role_names = Role.ADVISER.value


def stored_rows(spec: FileSpec, rows: Sequence[Values]) -> list[Stored]:
    """What the database has for the keys of `rows`, now and at the time it was imported."""
    if not rows:
        return []
    anchor, names = spec.key[0], ["pk", *rows[0]]
    manager = spec.model._default_manager
    current: dict[int, Values] = {}
    imported: dict[int, tuple[Hashable, ...]] = {}
    for chunk in chunks(sorted({row[anchor] for row in rows}), READ_CHUNK):
        where = {f"{anchor}__in": chunk}
        current |= {row["pk"]: row for row in manager.filter(**where).values(*names)}
        imported |= _imported_keys(spec, where)
    for chunk in chunks(sorted(imported.keys() - current.keys()), READ_CHUNK):
        current |= {row["pk"]: row for row in manager.filter(pk__in=chunk).values(*names)}
    # A deleted customer or product comes back: the file's other rows belong to it.
    pks = current.keys() if spec.has_code else current.keys() | imported.keys()
    return [Stored(pk, current.get(pk), imported.get(pk)) for pk in sorted(pks)]


def _imported_keys(spec: FileSpec, where: dict[str, Any]) -> dict[int, tuple[Hashable, ...]]:
    model: Any = spec.model  # tracked, as the seven all are
    imports = model.history.filter(history_type="+", history_change_reason=REASON, **where)
    assert spec.model._meta.pk is not None
    pk = spec.model._meta.pk.attname
    return {row[pk]: identity(row, spec.key) for row in imports.values(pk, *spec.key)}


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
