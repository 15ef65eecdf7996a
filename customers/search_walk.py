"""A page of many hits without all of them: the part of the caller's order where they must stand.

- Where the search has just gathered its hits in that order, the page is the first of them.
- Walked: where a few rows of the order fill the page sooner than the index has gathered the hits,
  those rows are compared one by one.
- Else the order is cut where, after the sample, the page ends, and the database intersects that
  stretch with the index before it reads a row. Where hits stand elsewhere (渡辺 by kana), the
  stretch does not fill the page, and all hits are listed and sorted.
"""

import operator

from django.db.models import Q

from customers.search_index import FIRST, Sought, stands_in_key
from customers.search_sample import SORTED
from wealthai.keyset import RowComparison

COMPARED = 7  # a row compared costs as much as so many entries of the index
LISTED = 16  # and a hit listed as much as so many rows of a stretch
MARGINS = 1.4, 5  # the sample may have been lucky: then a longer stretch


def walked(queryset):
    """The rows of a sliced, sorted search, or None where it is for the index to list them."""
    if not is_first_rows(queryset.query):
        return None
    if rows := gathered(queryset):
        return rows
    sought = next(filter(None, map(sought_of, queryset.query.where.children)), None)
    if sought is None:
        return None
    if is_walked(queryset, sought):
        return rows_of(compared(queryset, sought))
    for margin in MARGINS:
        stretch = stretch_of(queryset, sought, margin)
        if stretch is None:
            return None
        rows = rows_of(stretch)
        if len(rows) == queryset.query.high_mark:
            return rows
    return None


def gathered(queryset):
    """Read by the keys that the search has listed; None where they are not those of this page."""
    query, first = queryset.query, getattr(queryset.query, "first_hits", None)
    if first is None or query.order_by != FIRST or not same(query.where.children, first.conditions):
        return None
    keys = first.keys[: query.high_mark]
    page = queryset._chain()
    page.query.where.children = query.where.children[:-1]
    page.query.add_q(Q(pk__in=keys))
    rows = rows_of(page)
    return rows if len(rows) == len(keys) else None


def same(some, others):
    return len(some) == len(others) and all(map(operator.is_, some, others))


def is_walked(queryset, sought):
    rows = queryset.query.high_mark / max(sought.share, sought.sample.least)
    entries = sought.rarest.frequency * max(sought.sample.table_rows, 0)
    return rows * COMPARED < entries


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


def without(queryset, sought):
    """`queryset` not narrowed by the search."""
    wider = queryset._chain()
    wider.query.where.children = [
        condition for condition in wider.query.where.children if sought_of(condition) is not sought
    ]
    return wider


def compared(queryset, sought):
    """`queryset` without the index."""
    rows = without(queryset, sought)
    for word in sought.words:
        rows.query.add_q(stands_in_key(word))
    return rows


def stretch_of(queryset, sought, margin):
    """`queryset` up to where its page should end; None where nobody can say."""
    first = queryset.query.order_by[0]
    column = first.removeprefix("-") if isinstance(first, str) else ""
    if column not in SORTED:
        return None
    descending = first.startswith("-")
    share = max(sought.share, sought.sample.least)
    count = margin * queryset.query.high_mark / share
    if count > LISTED * share * sought.sample.table_rows:
        return None
    edge = sought.sample.edge(column, descending, start_of(queryset.query), count)
    if edge is None:
        return None
    hits = Sought(sought.index, sought.words, sought.sample, beside=True)
    stretch = without(queryset, sought)
    stretch.query.add_q(Q(hits, **{f"{column}__{'gte' if descending else 'lte'}": edge}))
    return stretch


def start_of(query):
    """The value behind which the page begins (wealthai/keyset.py), None for the first."""
    for condition in query.where.children:
        left = getattr(condition, "lhs", None)
        if isinstance(left, RowComparison):
            return left.start
    return None
