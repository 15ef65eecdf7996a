"""Customers picked by chance: what a search expects of the table before it asks it.

Each process reads a sample once a minute, so a search pays nothing for it. It only decides by which
way the hits are gathered; which they are does not depend on it.
"""

import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from django.db import connections
from django.db.models.expressions import RawSQL

from customers.grams import whole_grams

SIZE = 2000
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
_samples: dict[tuple[str, str], tuple[float, "Sample"]] = {}  # by database; until when, what


@dataclass
class Sample:
    """`table_rows`: how many rows there are, about; below 0 where nobody has counted yet."""

    keys: list[str]
    columns: dict[str, list] = field(default_factory=dict)  # the values, sorted
    table_rows: float = -1
    _frequencies: dict[str, int] = field(default_factory=dict)

    def frequency(self, text) -> int:
        """In how many of the sampled keys `text` stands."""
        if text not in self._frequencies:
            self._frequencies[text] = sum(text in key for key in self.keys)
        return self._frequencies[text]

    def rarest(self, spelling):
        return min(whole_grams(spelling), key=self.frequency)

    def telling(self, spelling):
        """The fewest of its grams that leave hardly more customers than `spelling` itself does."""
        enough = 2 * self.frequency(spelling) + 2
        chosen, keys = [], self.keys
        for gram in sorted(dict.fromkeys(whole_grams(spelling)), key=self.frequency):
            chosen.append(gram)
            keys = [key for key in keys if gram in key]
            if self.keys and len(keys) <= enough:
                break
        return chosen

    def share(self, words) -> float:
        """The part of the customers, 0 to 1, in whose key each of `words` stands."""
        hits = sum(
            all(any(spelling in key for spelling in word) for word in words) for key in self.keys
        )
        return hits / len(self.keys) if self.keys else 0

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
