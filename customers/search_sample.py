"""Customers picked by chance: what a search expects of the table before it asks it.

Each process reads a sample once a minute, so a search pays nothing for it. It decides by which way
the hits are gathered, and may say that there are surely more than anybody counts; which they are
does not depend on it.
"""

import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from math import log
from typing import NamedTuple

from django.db import connections
from django.db.models import Max
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
ROWS_AT = """
    SELECT (SELECT customer_id FROM customers WHERE customer_id >= {place}
            ORDER BY customer_id LIMIT 1)
    FROM {places}"""
PLACES = {
    "postgresql": {"place": "place", "places": "unnest(%s::integer[]) AS place"},
    "sqlite": {"place": "place.value", "places": "json_each(%s) AS place"},
}
ROWS = {
    "postgresql": "SELECT reltuples FROM pg_class WHERE oid = 'customers'::regclass",
    "sqlite": "SELECT count(*) FROM customers",
}
SURE = log(1e-12)  # so seldom may chance make a sample claim too much
ROW = 100  # reading a row costs as much as so many entries of the index
_samples: dict[tuple[str, str], tuple[float, "Sample"]] = {}  # by database; until when, what


@dataclass
class Sample:
    """Of the customers in business. `drawn` numbers were drawn out of `numbers`, each as likely as
    any other, and led to rows; `beside` of these have a number that was not drawn itself.

    `table_rows`: how many rows there are, about; below 0 where nobody has counted yet.
    """

    keys: list[str]
    columns: dict[str, list] = field(default_factory=dict)  # of each key the value, or None
    table_rows: float = -1
    drawn: int = 0
    numbers: int = 0
    beside: int = 0
    plans: dict = field(default_factory=dict)  # what the planner said meanwhile
    _frequencies: dict[str, float] = field(default_factory=dict)
    _sorted: dict[str, list] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)

    @property
    def stands_for(self) -> float:
        """How many rows of the table there are to each key."""
        return self.table_rows / max(len(self.keys), 1)

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

    def worth_asking(self, parts: list["Part"]) -> tuple[list["Part"], list[str]]:
        """Those of `parts` that spare more reading of rows than the index has to go through, and
        the keys to which they lead."""
        chosen, left = [], self.keys
        for part in sorted(parts, key=lambda part: part.frequency):
            rest = having(part.texts, left)
            spared = (len(left) - len(rest)) / max(len(self.keys), 1)
            if not chosen or spared * ROW > part.frequency:
                chosen.append(part)
                left = rest
        return chosen, left

    def matching(self, words, keys=None) -> list[str]:
        """Those of `keys` (None: all) in which each of `words` stands."""
        keys = self.keys if keys is None else keys
        for word in words:
            keys = having(word, keys)
        return keys

    def is_surely_over(self, cap, hits) -> bool:
        """Whether more than `cap` customers in business are hits, `hits` of the sample being some.

        Were there only `cap`, that many would be drawn less often than once in 10^12 samples
        (Chernoff's bound, which holds for drawing without putting back: Hoeffding 1963, section 6).
        """
        seen, expected = hits - self.beside, self.drawn * cap / max(self.numbers, 1)
        return seen > expected > 0 and seen - expected - seen * log(seen / expected) < SURE

    def edge(self, way: "Way", rows):
        """The value up to which about so many rows of the table stand on this way; None where that
        cannot be told."""
        values, steps = self.on(way), round(rows / self.stands_for)
        return values[steps] if steps < len(values) else None

    def rows_until(self, edge, way: "Way") -> float:
        """About how many rows of the table stand on this way up to `edge`."""
        rest = self.on(way._replace(start=edge))
        return (len(self.on(way)) - len(rest)) * self.stands_for

    def on(self, way: "Way") -> list:
        """The values of the keys, in the order in which they are met."""
        if way.column not in self._sorted:
            values = [value for value in self.columns[way.column] if value is not None]
            self._sorted[way.column] = sorted(values)
        return way.through(self._sorted[way.column])

    def of_hits(self, keys: list[str], way: "Way") -> list:
        """The same of these keys alone."""
        if not self._places:
            self._places.update(zip(self.keys, count(), strict=False))
        column = self.columns[way.column]
        values = [column[self._places[key]] for key in keys]
        return way.through(sorted(value for value in values if value is not None))


class Way(NamedTuple):
    """Through the customers in the order of a column, from the value `start` on (None: all)."""

    column: str
    descending: bool
    start: object = None

    def through(self, values: list) -> list:
        if self.descending:
            end = None if self.start is None else bisect_right(values, self.start)
            return values[:end][::-1]
        return values[0 if self.start is None else bisect_left(values, self.start) :]


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
    vendor, rows = connections[alias].vendor, model._default_manager.using(alias)
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    places = random.sample(range(1, last + 1), min(SIZE, last))
    found = rows.filter(
        pk__in=RawSQL(ROWS_AT.format(**PLACES[vendor]), [array(vendor, places)]),  # noqa: S611
        search_key__isnull=False,
        archived_at=None,
    )
    columns = "pk", "search_key", *SORTED
    read = list(found.values_list(RawSQL(ROWS[vendor], []), *columns))  # noqa: S611
    if not read:
        return Sample([])
    counts, pks, keys, *columns = zip(*read, strict=True)
    return Sample(
        list(keys),
        dict(zip(SORTED, map(list, columns), strict=True)),
        counts[0],
        drawn=len(places),
        numbers=last,
        beside=len(set(pks) - set(places)),
    )


def array(vendor, numbers):
    return numbers if vendor == "postgresql" else str(numbers)


def forget():
    _samples.clear()
