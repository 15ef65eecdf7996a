"""Customers picked by chance: what a search expects of the table before it asks it.

Each process reads a sample once a minute, so a search pays nothing for it. It only decides by which
way the hits are gathered; which they are does not depend on it.
"""

import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from django.db import connections
from django.db.models.expressions import RawSQL

SIZE, SOME = 4000, 1000
SECONDS = 60
# Columns by which lists are sorted: of these it is known where a part of the table begins.
SORTED = (
    "updated_at",
    "kana_key",
    "birth_date",
    "yen_assets",
    "last_contact_at",
    "annual_income",
    "net_worth",
)
# Single rows from anywhere: rows that lie together were brought in together and are alike.
PLACES = """
    SELECT (SELECT customer_id FROM customers WHERE customer_id >= place ORDER BY customer_id LIMIT 1)
    FROM (SELECT {number} AS place
          FROM customers, (SELECT max(customer_id) AS most FROM customers) AS last
          LIMIT %s) AS places"""
NUMBER = {
    "postgresql": "(random() * most)::integer",
    "sqlite": "abs(random() %% (most + 1))",
}
ROWS = {
    "postgresql": "SELECT reltuples FROM pg_class WHERE oid = 'customers'::regclass",
    "sqlite": "SELECT count(*) FROM customers",
}
ROW = 130  # reading a row costs as much as so many entries of the index
_samples: dict[tuple[str, str], tuple[float, "Sample"]] = {}  # by database; until when, what


@dataclass
class Sample:
    """`table_rows`: how many rows there are, about; below 0 where nobody has counted yet."""

    keys: list[str]
    columns: dict[str, list] = field(default_factory=dict)  # the values, sorted
    table_rows: float = -1
    plans: dict = field(default_factory=dict)  # what the planner said meanwhile
    _frequencies: dict[str, float] = field(default_factory=dict)

    @property
    def least(self) -> float:
        """The share that one key stands for."""
        return 1 / max(len(self.keys), 1)

    def frequency(self, text) -> float:
        """In which part of the keys `text` stands, 0 to 1, roughly: a fourth of them is asked."""
        if text not in self._frequencies:
            some = self.keys[:SOME]
            self._frequencies[text] = len(having([text], some)) / max(len(some), 1)
        return self._frequencies[text]

    def worth_asking(self, parts: list["Part"]) -> list["Part"]:
        """Those of `parts` that spare more reading of rows than the index has to go through."""
        chosen, left = [], self.keys
        for part in sorted(parts, key=lambda part: part.frequency):
            rest = having(part.texts, left)
            spared = (len(left) - len(rest)) / max(len(self.keys), 1)
            if not chosen or spared * ROW > part.frequency:
                chosen.append(part)
                left = rest
        return chosen

    def share(self, words) -> float:
        """The part of the customers, 0 to 1, in whose key each of `words` stands."""
        keys = self.keys
        for word in words:
            keys = having(word, keys)
        return len(keys) / len(self.keys) if self.keys else 0

    def edge(self, column, descending, start, count):
        """The value up to which about `count` rows of the table stand, in the order of `column`
        from `start` on (None: its beginning); None where that cannot be told."""
        values = self.columns.get(column)
        if not values or self.table_rows <= 0:
            return None
        steps = round(count / self.table_rows * len(self.keys))
        if descending:
            place = (len(values) if start is None else bisect_right(values, start)) - 1 - steps
            return values[place] if place >= 0 else None
        place = (0 if start is None else bisect_left(values, start)) + steps
        return values[place] if place < len(values) else None


class Part(NamedTuple):
    """Something that the index can be asked: which keys have one of `texts` in them."""

    texts: Sequence[str]
    query: str
    frequency: float


def having(texts, keys):
    """Those of `keys` in which one of `texts` stands."""
    found = [[key for key in keys if text in key] for text in texts]
    return found[0] if len(found) == 1 else list(dict.fromkeys(chain(*found)))


def sample_of(model, alias) -> Sample:
    """The sample of the customers in this database; `model` is Customer."""
    database = (alias, str(connections[alias].settings_dict["NAME"]))
    until, sample = _samples.get(database, (0, None))
    if sample is None or until < time.monotonic():
        sample = read(model, alias)
        _samples[database] = (time.monotonic() + SECONDS, sample)
    return sample


def read(model, alias):
    vendor = connections[alias].vendor
    places = RawSQL(PLACES.format(number=NUMBER[vendor]), [SIZE])  # noqa: S611
    found = model._default_manager.using(alias).filter(pk__in=places, search_key__isnull=False)
    rows = list(found.values_list(RawSQL(ROWS[vendor], []), "search_key", *SORTED))  # noqa: S611
    if not rows:
        return Sample([])
    counts, keys, *columns = zip(*rows, strict=True)
    values = [sorted(value for value in column if value is not None) for column in columns]
    return Sample(list(keys), dict(zip(SORTED, values, strict=True)), counts[0])


def forget():
    _samples.clear()
