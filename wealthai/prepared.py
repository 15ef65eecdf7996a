"""A query that every request asks: its SQL is made once per process, not each time.

For a query with a subquery or two, making the SQL takes longer than the database takes to answer.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

SAMPLE = "a value that stands for the parameter"


class Prepared:
    """`build` makes the queryset for one text parameter.

    Everything else in it must be the same each time: moments of time are the database's `Now()`.
    Annotations are as the driver hands them over, without conversion.
    """

    def __init__(self, build: Callable[[str], QuerySet]) -> None:
        self.build = build

    @cached_property
    def statement(self) -> tuple[type, str, tuple[Any, ...]]:
        queryset = self.build(SAMPLE)
        return queryset.model, *queryset.query.sql_with_params()

    def rows(self, value: str) -> list[Any]:
        model, statement, sample = self.statement
        parameters = [value if parameter == SAMPLE else parameter for parameter in sample]
        return list(model._default_manager.raw(statement, parameters))
