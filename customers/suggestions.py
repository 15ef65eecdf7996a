"""The few customers whom somebody who is still typing may mean."""

from dataclasses import dataclass

from django.db.models import Case, Value, When

from customers.folding import fold
from customers.search import is_answerable, words_of
from customers.search_hits import Hits
from customers.search_index import SEPARATOR

LIMIT = 10


@dataclass
class Suggestions:
    customers: list
    are_more: bool = False


def suggested(customers, text):
    """Exact names first, then names, kana and the rest that begin with `text`, then what matches."""
    words = words_of(text) if is_answerable(text) else []
    if not words:
        return Suggestions([])
    beginning = SEPARATOR + fold(text)
    rows = ranked(customers, [(beginning,)], beginning)
    if len(rows) <= LIMIT:
        others = customers.exclude(pk__in=[row.pk for row in rows])
        rows += ranked(others, words, beginning)
    return Suggestions(rows[:LIMIT], are_more=len(rows) > LIMIT)


def ranked(customers, words, beginning):
    """One more than LIMIT says that there are more."""
    hits = Hits(customers, words)
    # Of very many the ones last worked on: to rank them all would take longer than to type on.
    order = [rank(beginning), "kana_key", "pk"] if hits.are_few else ["-updated_at", "-pk"]
    return list(hits.found().order_by(*order)[: LIMIT + 1])


def rank(beginning):
    return Case(
        When(search_key__startswith=beginning + SEPARATOR, then=Value(0)),
        When(search_key__startswith=beginning, then=Value(1)),
        default=Value(2),
    )
