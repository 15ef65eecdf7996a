"""A page of many hits without all of them: the part of the caller's order where they must stand.

- Where the search has just gathered its hits in that order, the page is the first of them.
- Walked: where a few rows of the order fill the page sooner than the index has gathered the hits,
  those rows are compared one by one.
- Else the order is cut where, after the sample, the page ends, and the database intersects that
  stretch with the index before it reads a row.
- Where hits stand elsewhere (渡辺 by kana, numbers that were given on one day by the day of change)
  all hits are sorted, and only the page's are read whole.
"""

import operator
from collections.abc import Iterator
from functools import cached_property
from math import sqrt

from django.db.models import Q

from customers.search_hits import FIRST, Sought
from customers.search_index import index_of
from customers.search_sample import Way
from wealthai.keyset import RowComparison

COMPARED = 7  # a row compared costs as much as so many entries of the index
LISTED = 16  # and a hit listed as much as so many rows of a stretch
MARGIN = 1.8  # hits that stand as densely as anywhere stand a little less so here
FAR = 4  # times the rows between two hits: where none is within, they do not stand everywhere


def walked(queryset):
    """The rows of a sliced, sorted search, or None where it is for the index to list them."""
    if not is_first_rows(queryset.query):
        return None
    if rows := gathered(queryset):
        return rows
    sought = next(filter(None, map(sought_of, queryset.query.where.children)), None)
    return Walk(queryset, sought).rows() if sought else None


def gathered(queryset):
    """Read by the keys that the search has listed; None where they are not those of this page."""
    query, first = queryset.query, getattr(queryset.query, "first_hits", None)
    if first is None or query.order_by != FIRST or not first.hold(query.high_mark):
        return None
    if not same(query.where.children, first.conditions):
        return None
    page = queryset._chain()
    page.query.where.children = query.where.children[:-1]
    return read_whole(page, first.keys[: query.high_mark])


class Walk:
    """Through the hits in the caller's order, as far as the page wants."""

    def __init__(self, queryset, sought: Sought):
        self.queryset, self.sought, self.question = queryset, sought, sought.question
        self.sample = self.question.sample
        self.wanted = queryset.query.high_mark
        self.between = 1 / sought.share  # rows of the table from one hit to the next
        self.affordable = LISTED / self.between * self.sample.table_rows
        self.found = []  # in the stretch that was read last

    def rows(self):
        if self.is_near and self.wanted * self.between * COMPARED < self.entries:
            return rows_of(self.narrowed(Sought(self.question, compared=True)))
        for reach in self.reaches():
            edge = self.sample.edge(self.way, reach) if reach <= self.affordable else None
            self.found = rows_of(self.stretch(edge)) if edge is not None else []
            if len(self.found) == self.wanted:
                return self.found
        return self.listed()

    @cached_property
    def way(self) -> Way | None:
        """The order, where the sample knows it."""
        first = self.queryset.query.order_by[0]
        column = first.removeprefix("-") if isinstance(first, str) else ""
        if column not in self.sample.columns or self.sample.table_rows <= 0:
            return None
        return Way(column, first != column, start_of(self.queryset.query))

    @cached_property
    def hits(self) -> list:
        """The values of the sample's hits, in the order in which they are met."""
        return self.sample.of_hits(self.question.matching, self.way) if self.way else []

    @cached_property
    def is_near(self) -> bool:
        """Whether hits stand where the page begins, as far as the sample can tell."""
        if not self.hits:
            return self.way is None
        far = max(FAR * self.between * self.sample.stands_for, self.entries / COMPARED)
        return self.sample.rows_until(self.hits[0], self.way) <= far

    @property
    def entries(self) -> float:
        """How many the index would have to go through."""
        return self.question.rarest.frequency * max(self.sample.table_rows, 0)

    def reaches(self) -> Iterator[float]:
        """In how many rows of the table the page should stand: if hits are everywhere alike, if
        they are as they were found to be there, and if they are where the sample has them."""
        if not self.hits:
            return
        if self.is_near:
            even = MARGIN * self.wanted * self.between
            yield even
            if len(self.found) > self.wanted / 2:
                yield even * MARGIN * self.wanted / len(self.found)
        expected = self.wanted / self.sample.stands_for
        place = int(expected + 2 * sqrt(expected))  # fewer hits stand before it once in fifty times
        for hit in self.hits[place : place + 1]:
            yield self.sample.rows_until(hit, self.way)

    def stretch(self, edge):
        """The caller's rows up to `edge`."""
        comparison = "gte" if self.way.descending else "lte"
        stretch = self.narrowed(Sought(self.question, beside=True))
        stretch.query.add_q(Q(**{f"{self.way.column}__{comparison}": edge}))
        return stretch

    def listed(self):
        """All hits are sorted by what the order needs alone: what else a row leads to is read for
        the page. None where the caller's own query does the same."""
        asked = self.narrowed(Sought(self.question)) if self.sought.compared else self.queryset
        if self.queryset.query.select_related:
            return read_whole(self.narrowed(), rows_of(asked.values_list("pk", flat=True)))
        return rows_of(asked) if self.sought.compared else None

    def narrowed(self, *soughts: Sought):
        """The caller's rows, by other searches instead of this one."""
        rows = self.queryset._chain()
        rows.query.where.children = [
            one for one in rows.query.where.children if sought_of(one) is not self.sought
        ]
        for sought in soughts:
            rows.query.add_q(Q(sought))
        return rows


def read_whole(page, keys):
    """The rows of these keys; None where one of them has changed meanwhile."""
    page.query.add_q(Q(pk__in=index_of(page.db).listed(keys)))
    rows = rows_of(page)
    return rows if len(rows) == len(keys) else None


def same(some, others):
    return len(some) == len(others) and all(map(operator.is_, some, others))


def rows_of(queryset):
    """Read from the database, without coming here again."""
    return list(queryset._iterable_class(queryset))


def sought_of(condition):
    """Django compares a condition with True."""
    left = getattr(condition, "lhs", None)
    return left if isinstance(left, Sought) else None


def is_first_rows(query):
    plain = not (query.distinct or query.group_by or query.combinator)
    return (
        plain
        and query.standard_ordering
        and query.order_by
        and query.low_mark == 0
        and query.high_mark is not None
    )


def start_of(query):
    """The value behind which the page begins (wealthai/keyset.py), None for the first."""
    for condition in query.where.children:
        left = getattr(condition, "lhs", None)
        if isinstance(left, RowComparison):
            return left.start
    return None
