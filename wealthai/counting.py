"""Counting no further than anybody reads: an exact count of a million rows costs a walk over them."""

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connections


def capped_count(queryset, cap=None):
    """How many there are; one more than the cap stands for any larger number."""
    return queryset.order_by()[: (cap or settings.API_COUNT_CAP) + 1].count()


def capped_counts(querysets, caps):
    """The same for several querysets, each with its cap, in one query."""
    if not querysets:
        return []
    parts, parameters = [], []
    connection = connections[querysets[0].db]
    for queryset, cap in zip(querysets, caps, strict=True):
        rows = queryset.order_by().values("pk")[: cap + 1]
        try:
            sql, values = rows.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            sql, values = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 — compiled by Django
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return list(cursor.fetchone())


def count_words(count, cap=None, unit="名"):
    cap = cap or settings.API_COUNT_CAP
    return f"{cap:,}{unit}以上" if count > cap else f"{count:,}{unit}"
