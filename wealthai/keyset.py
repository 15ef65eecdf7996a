"""Walking a sorted list page by page: every page costs the same, however deep, and rows added
meanwhile shift nothing.

An order is one column and the primary key, so it has no ties; rows without a value come last in
both directions. They are a stretch of their own: one index on (column, key) then serves both
directions, which an ORDER BY … NULLS LAST would not let it. A position is signed: nobody else can
make one, so its values need no checking.
"""

import json
from dataclasses import dataclass, field
from functools import reduce

from django.core import signing
from django.db import models
from django.db.models import F, Func, Q, Value


class StaleError(Exception):
    """A position that was not made here, or for another order."""


@dataclass(frozen=True)
class Order:
    """`column` is a field, an annotation or the path to a column of a joined row.

    `missing` is what is NULL where there is no value; None where there always is one.
    """

    column: str
    descending: bool
    type: models.Field
    missing: str | None = None

    @classmethod
    def of(cls, model, ordering):
        """By one field of `model` or of a row that it leads to: `-birth_date`, `sales_rep__name`."""
        names, fields = ordering.removeprefix("-").split("__"), []
        for name in names:
            fields.append(model._meta.get_field(name))
            model = fields[-1].related_model
        # By a foreign key itself, not by the order of the table that it leads to.
        column = "__".join([*names[:-1], fields[-1].attname])
        type_ = getattr(fields[-1], "target_field", fields[-1])
        missing = column if any(field.null for field in fields) else None
        return cls(column, ordering.startswith("-"), type_, missing)

    def value_of(self, row):
        if isinstance(row, dict):
            return row[self.column]
        return reduce(lambda obj, name: obj and getattr(obj, name), self.column.split("__"), row)


class Position:
    """Where a page starts: behind (or, backwards, before) one row of the order called `name`.

    `passed` is how many rows stand before that page, where somebody counted.
    """

    SALT = "wealthai.keyset"

    def __init__(self, name, backwards, value, pk, passed=None):
        self.name, self.backwards, self.value, self.pk = name, backwards, value, pk
        self.passed = passed

    def pack(self):
        parts = [self.name, self.backwards, self.value, self.pk, self.passed]
        return signing.dumps(parts, salt=self.SALT, serializer=Packer)

    @classmethod
    def unpack(cls, text, name):
        try:
            position = cls(*signing.loads(text, salt=cls.SALT, serializer=Packer))
        except signing.BadSignature as error:
            raise StaleError from error
        if position.name != name:
            raise StaleError
        return position


class Packer:
    """JSON that knows dates; the column's own type reads them back."""

    def dumps(self, obj):
        return json.dumps(obj, default=str, separators=(",", ":")).encode()

    def loads(self, data):
        return json.loads(data.decode())


class RowComparison(Func):
    """`(column, key) > (value, key)` as the databases compare rows: an index starts right there."""

    arg_joiner = ", "
    output_field = models.BooleanField()

    def __init__(self, left, operator, right, **kwargs):
        super().__init__(*left, *right, **kwargs)
        self.operator = operator

    @property
    def start(self):
        """The `value` of the comparison, as its column holds it."""
        value = self.source_expressions[len(self.source_expressions) // 2]
        return value.output_field.to_python(value.value)

    def as_sql(self, compiler, connection, **context):
        parts, parameters = [], []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            parameters += values
        half = len(parts) // 2
        left, right = ", ".join(parts[:half]), ", ".join(parts[half:])
        return f"({left}) {self.operator} ({right})", parameters


@dataclass
class Page:
    keyset: "Keyset"
    rows: list = field(default_factory=list)
    has_previous: bool = False
    has_next: bool = False
    passed: int | None = None

    @property
    def range(self):
        """Numbers of the first and the last row, where they are known."""
        return None if self.passed is None else (self.passed + 1, self.passed + len(self.rows))

    @property
    def next(self):
        passed = None if self.passed is None else self.passed + len(self.rows)
        return self.has_next and self.rows and self.position(self.rows[-1], False, passed)

    @property
    def previous(self):
        return self.has_previous and self.rows and self.position(self.rows[0], True, self.passed)

    def position(self, row, backwards, passed):
        pk = row[self.keyset.pk] if isinstance(row, dict) else row.pk
        value = self.keyset.order.value_of(row)
        return Position(self.keyset.name, backwards, value, pk, passed).pack()


class Keyset:
    def __init__(self, name, order, model):
        """`name` is what the address calls the order."""
        self.name, self.order, self.model = name, order, model
        self.pk = model._meta.pk.name

    def page(self, queryset, size, start=None, count=None):
        """The page of `size` rows at `start` (a Position; None for the first page).

        With a `count` that fits on the page it takes one query, else one or, where the rows
        without a value begin, two.
        """
        if count == 0:
            return Page(self, passed=0)
        if start is None and count is not None and count <= size:
            return Page(self, list(self.sorted(queryset)[:size]), passed=0)
        backwards = bool(start and start.backwards)
        rows = []
        for stretch in self.stretches(queryset, start, backwards):
            rows += stretch[: size + 1 - len(rows)]
            if len(rows) > size:
                break
        more, rows = len(rows) > size, rows[:size]
        return Page(
            self,
            rows[::-1] if backwards else rows,
            has_previous=more if backwards else start is not None,
            has_next=backwards or more,
            passed=self.passed(start, len(rows), more),
        )

    def page_at(self, queryset, size, text, count=None):
        """The page at the packed position `text`; the first where no page starts there any more."""
        try:
            start = Position.unpack(text, self.name) if text else None
        except StaleError:
            start = None
        page = self.page(queryset, size, start, count)
        return page if page.rows or start is None else self.page(queryset, size, None, count)

    def sorted(self, queryset):
        """All of it in this order, in one query (an export walks it once)."""
        missing = self.order.missing and {"nulls_last": True}
        direction = "desc" if self.order.descending else "asc"
        column = getattr(F(self.order.column), direction)(**missing or {})
        return queryset.order_by(column, getattr(F(self.pk), direction)())

    def stretches(self, queryset, start, backwards):
        """Sorted parts of the list, the nearest first, from `start` on."""
        column, missing = self.order.column, self.order.missing
        descending = self.order.descending != backwards
        down = "-" if descending else ""
        valued = queryset.filter(**{f"{column}__isnull": False}) if missing else queryset
        valued = valued.order_by(*(f"{down}{name}" for name in dict.fromkeys([column, self.pk])))
        bare = queryset.filter(**{f"{missing}__isnull": True}) if missing else None
        bare = bare.order_by(f"{down}{self.pk}") if missing else None
        if start and start.value is None and missing:
            bare = bare.filter(**{f"{self.pk}__{'lt' if descending else 'gt'}": start.pk})
            return [bare, valued] if backwards else [bare]
        if start:
            valued = valued.filter(self.beyond(start, descending))
        return [valued, bare] if missing and not backwards else [valued]

    def beyond(self, start, descending):
        right = [
            Value(start.value, output_field=self.order.type),
            Value(start.pk, output_field=self.model._meta.pk),
        ]
        if self.order.column == self.pk:
            return Q(**{f"{self.pk}__{'lt' if descending else 'gt'}": start.pk})
        left = [F(self.order.column), F(self.pk)]
        beyond = RowComparison(left, "<" if descending else ">", right)
        if "__" not in self.order.column:
            return beyond
        # Two tables have no index in common: the joined one's is told where to start.
        return Q(beyond, **{f"{self.order.column}__{'lte' if descending else 'gte'}": start.value})

    def passed(self, start, count, more):
        if start is None:
            return 0
        if not start.backwards or start.passed is None:
            return start.passed
        # Going back one may find more or fewer rows than were counted on the way out.
        return max(start.passed - count, 0) if more else 0
