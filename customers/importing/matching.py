"""Which row of a file is which row of the database. No database."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Stored:
    pk: int
    values: Values | None  # None: imported once and deleted since
    imported_key: tuple[Hashable, ...] | None = None  # as it was in the file back then


def hashable(value: Any) -> Hashable:
    """`value` for comparison; what a form saves as an empty text and a file as NULL is equal."""
    if isinstance(value, list):
        return tuple(value)
    return None if value == "" else value


def identity(values: Values, attnames: Sequence[str]) -> tuple[Hashable, ...]:
    return tuple(hashable(values[attname]) for attname in attnames)


def pair(
    rows: Sequence[Values], stored: Sequence[Stored], key: Sequence[str]
) -> list[Stored | None]:
    """For each row of the file the stored one it is, or None for a new one.

    Each stored one is given away once, so two equal rows need two equal stored ones. What equals
    in every value goes first, then what has the same key, then what had it when it was imported:
    a holding whose quantity somebody corrected since is still the imported one.
    """
    everything = list(rows[0]) if rows else []
    pairs: list[Stored | None] = [None] * len(rows)
    taken: set[int] = set()

    def by(attnames: Sequence[str]) -> Callable[[Stored], Hashable]:
        return lambda one: None if one.values is None else identity(one.values, attnames)

    passes = [(everything, by(everything)), (key, by(key)), (key, lambda one: one.imported_key)]
    for attnames, identify in passes:
        waiting: dict[Hashable, deque[Stored]] = defaultdict(deque)
        for one in stored:
            if one.pk not in taken:
                waiting[identify(one)].append(one)
        for index, row in enumerate(rows):
            if pairs[index] is None and (queue := waiting.get(identity(row, attnames))):
                pairs[index] = found = queue.popleft()
                taken.add(found.pk)
    return pairs


def differences(row: Values, stored: Values) -> list[str]:
    """The attributes in which the file says something else than the database."""
    return [name for name in row if hashable(row[name]) != hashable(stored[name])]
