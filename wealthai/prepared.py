"""A query that every request asks: its SQL is made once per process, not each time.

For most queries making the SQL takes longer than the database takes to answer.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connections
from django.db.models import QuerySet

from wealthai.database import array_parameter, planned_once

SAMPLE_KEY = 1_900_000_000
SAMPLE_MOMENT = datetime(1900, 1, 1, tzinfo=UTC)
SAMPLE_DAY = date(1900, 1, 1)
REACH = 1000
SAMPLE_TEXT = "a value that stands for parameter"


@dataclass(frozen=True)
class Viewer:
    """What `visible_to` asks of a person."""

    pk: int
    branch: str
    sees_firm: bool
    sees_branch: bool


class Prepared:
    """`build` makes the queryset for its parameters: keys, texts, moments, days, lists (as OneOf takes
    them), persons for `visible_to`.

    Everything else in it must be the same each time: moments of time are the database's `Now()`.
    Where a parameter changes the SQL itself, as None and the scope of a person do, it is made for each.
    """

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self.build = build
        self.statements: dict[tuple[Any, ...], Statement] = {}

    def rows(self, *values: Any) -> list[Any]:
        shape = tuple(map(_shape_of, values))
        if shape not in self.statements:
            self.statements[shape] = Statement(self.build, values)
        return self.statements[shape].rows(values)


class Statement:
    """The SQL for parameters of one shape."""

    def __init__(self, build: Callable[..., QuerySet], values: Sequence[Any]) -> None:
        samples = [_sample_of(value, place) for place, value in enumerate(values)]
        self.queryset = build(*samples)
        self.compiler = self.queryset.query.get_compiler(self.queryset.db)
        self.sql, self.parameters = self.compiler.as_sql()
        self.converters = self.compiler.get_converters([one for one, *_ in self.compiler.select])
        self.places = self._places_of(samples)

    def _places_of(self, samples: Sequence[Any]) -> dict[int, int]:
        """{number of a parameter in the SQL: which of the values it is}. Raises ValueError where a value
        would not stand there as it is given: the SQL would find what belongs to the sample."""
        flat = self._flat(samples)
        places = {n: flat.index(one) for n, one in enumerate(self.parameters) if one in flat}
        changed = [one for n, one in enumerate(self.parameters) if n not in places]
        if any(map(_is_of_a_sample, changed)):
            raise ValueError(f"parameters that are changed on their way: {changed}")
        used = set(places.values())
        for sample in samples:
            is_free = sample is None or getattr(sample, "sees_firm", False)
            if not is_free and not any(flat.index(part) in used for part in self._flat([sample])):
                raise ValueError(f"not a parameter: {sample}")
        return places

    def rows(self, values: Sequence[Any]) -> list[Any]:
        given, parameters = self._flat(values), list(self.parameters)
        for number, place in self.places.items():
            parameters[number] = given[place]
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[self.queryset.db]  # each thread has its own
        compiler.as_sql = lambda: (self.sql, parameters)
        compiler.get_converters = lambda columns: self.converters
        query = copy.copy(self.queryset.query)
        query.get_compiler = lambda using: compiler
        read = SimpleNamespace(**vars(self.queryset) | {"query": query, "db": self.queryset.db})
        with planned_once(compiler.connection):
            return list(self.queryset._iterable_class(read))

    def _flat(self, values: Sequence[Any]) -> list[Any]:
        """What stands in the statement for them."""
        flat: list[Any] = []
        for value in values:
            if hasattr(value, "sees_firm"):
                flat += [value.pk, value.branch]
            elif isinstance(value, list):
                flat.append(array_parameter(value, self.compiler.connection.vendor))
            elif isinstance(value, datetime):
                flat.append(self.compiler.connection.ops.adapt_datetimefield_value(value))
            elif isinstance(value, date):
                flat.append(self.compiler.connection.ops.adapt_datefield_value(value))
            else:
                flat.append(value)
        return flat


def _is_of_a_sample(parameter: Any) -> bool:
    """Also of a key or a day that was reckoned with; on SQLite moments and days are texts."""
    if isinstance(parameter, int):
        return abs(parameter - SAMPLE_KEY) < REACH
    if isinstance(parameter, date):
        return parameter.year == SAMPLE_DAY.year
    return SAMPLE_TEXT in str(parameter) or str(parameter).startswith(f"{SAMPLE_DAY.year}-")


def _shape_of(value: Any) -> Any:
    if hasattr(value, "sees_firm"):
        return value.sees_firm, value.sees_branch
    return type(value)


def _sample_of(value: Any, place: int) -> Any:
    key, text = SAMPLE_KEY + place, f"{SAMPLE_TEXT} {place}"
    if value is None:
        return None
    if hasattr(value, "sees_firm"):
        return Viewer(key, text, value.sees_firm, value.sees_branch)
    if isinstance(value, list):
        return [text]
    if isinstance(value, datetime):
        return SAMPLE_MOMENT + timedelta(days=place)
    if isinstance(value, date):
        return SAMPLE_DAY + timedelta(days=place)
    return key if isinstance(value, int) else text
