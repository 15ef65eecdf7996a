"""Counting no further than anybody reads: an exact count of a million rows costs a walk over them.

Even the count up to the cap costs more than the page beside it, and the sets over the cap are those
that everybody asks for: that a set is over is remembered a few seconds. Counts never are.
"""

import time

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections

REMEMBERED_SECONDS = 10
MOST_REMEMBERED = 10_000
_over_the_cap: dict[tuple[str, str], float] = {}  # which set, until when


def capped_count(queryset, cap=None):
    """How many there are; one more than the cap stands for any larger number.

    A queryset whose making counted its rows says so as `known_count`, one whose making showed that
    there are more than a cap by `is_known_over(cap)`; what is derived from it does not, and is
    counted.
    """
    return capped_counts([queryset], [cap or settings.API_COUNT_CAP])[0]


def capped_counts(querysets, caps):
    """The same for several querysets, each with its cap, in one query or none."""
    counts, asked = [], []
    for place, (queryset, cap) in enumerate(zip(querysets, caps, strict=True)):
        if (known := getattr(queryset, "known_count", None)) is not None:
            counts.append(min(known, cap + 1))
            continue
        if hasattr(queryset, "is_known_over") and queryset.is_known_over(cap):
            counts.append(cap + 1)
            continue
        statement = counted(queryset, cap)
        counts.append(cap + 1 if statement and is_over(statement) else 0)
        if statement and not counts[place]:
            asked.append((place, statement))
    if asked:
        found = run(connections[querysets[0].db], [statement for _, statement in asked])
        for (place, statement), count in zip(asked, found, strict=True):
            counts[place] = count
            if count > caps[place]:
                remember(statement)
    return counts


def counted(queryset, cap):
    """SQL that counts as far as needed, and its parameters; None for what is surely nothing."""
    rows = queryset.order_by().values("pk")[: cap + 1]
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return f"(SELECT COUNT(*) FROM ({sql}) AS counted)", parameters  # noqa: S608


def run(connection, statements):
    parameters = [value for _, values in statements for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sql for sql, _ in statements)}", parameters)
        return cursor.fetchone()


def is_over(statement):
    return _over_the_cap.get(key_of(statement), 0) > time.monotonic()


def remember(statement):
    if len(_over_the_cap) >= MOST_REMEMBERED:
        forget()
    _over_the_cap[key_of(statement)] = time.monotonic() + REMEMBERED_SECONDS


def key_of(statement):
    sql, parameters = statement
    return sql, repr(parameters)


def forget():
    _over_the_cap.clear()


def count_words(count, cap=None, unit="名"):
    cap = cap or settings.API_COUNT_CAP
    return f"{cap:,}{unit}以上" if count > cap else f"{count:,}{unit}"
