"""The index of the customers' search keys, and how a search asks it: on PostgreSQL a GIN index over
the grams of each key, on SQLite an FTS5 table of the same grams.

The database cannot choose well by itself: a page of hits in some order is found soonest by walking
that order where hits are many, and by listing the hits where they are few, and a wrong guess takes
a second. So a search first asks a sample of the customers (customers/search_sample.py) how many
hits there may be:

- Some hundreds at most: up to LISTED of them the search is a list of keys, and counted.
- Some thousands of everybody: the same, but only the first of them are kept, in the order in which
  hits are shown, and there are more than LISTED.
- The caller's own filters leave few rows (an adviser's): those are compared, without any index.
- Everywhere, for what the index would have to gather: the rows are compared, in the order the
  caller walks.
- Else the index is asked inside the caller's query (Sought), which intersects it with an index of
  the caller's filters where these leave fewer rows; a page of it as customers/search_walk.py says.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from math import inf
from operator import attrgetter
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.grams import ending, is_short, whole_grams
from customers.search_sample import Part, Sample, sample_of
from customers.sqlite_index import quoted

SEPARATOR = "\n"  # folded text has no white space
Word = tuple[str, ...]  # spellings, of which one is enough

COMPARED = 3.5  # a row compared as the table has it costs as much as so many entries of the index
BEGUN = 4  # the entries of all grams that begin alike take so many times longer than those of one
LISTED = 1000
FEW = 1.5 * LISTED  # the sample is not exact, and an index asked in vain costs little
GATHERED = 5 * LISTED  # sooner gathered once than counted as far as LISTED and gathered for a page
FIRST = "-updated_at", "-customer_id"  # the order of hits where nobody asks for another
UNCOUNTED = 100_000  # rows of a table of which the database does not know
NARROW = 3000  # rows that are compared sooner than the index is asked
# Of the planner: a row that an index leads to costs a quarter, one of a sort or scan twenty or more.
CHEAP = 16_000


class FirstHits(NamedTuple):
    """The keys of the first hits in the order FIRST, of a query with these conditions."""

    keys: list[int]
    conditions: list


class Hits:
    """Where those of `customers` are in whose key each of `words` stands."""

    def __init__(self, customers, words: list[Word]):
        self.customers, self.words = customers, words
        self.index = INDEXES[connections[customers.db].vendor](customers.db)
        self.sample = sample_of(customers.model, customers.db)
        self.hits = self.sample.hits(words)
        self.share = self.hits / max(len(self.sample.keys), 1)
        self.led_to = self.share * rows_in(self.sample)  # by the index, whatever the filters say
        self.most = GATHERED if self.are_all else FEW
        self.keys = self.first_keys() if self.are_listed else None

    @property
    def are_listed(self) -> bool:
        if self.are_surely_over(LISTED):
            return False
        return self.is_gathered or self.share * self.expected[0] <= FEW

    @cached_property
    def expected(self) -> tuple[float, float]:
        return self.index.expected(self.customers, self.sample)

    @cached_property
    def among_few(self) -> bool:
        rows, cost = self.expected
        return rows <= NARROW and cost <= CHEAP

    @property
    def are_all(self) -> bool:
        """Whether nothing but the archived are left out of `customers`."""
        where = self.customers.query.where
        return not where or where == self.customers.model.objects.active().query.where

    def are_surely_over(self, cap) -> bool:
        return self.are_all and self.sample.is_surely_over(cap, self.hits)

    def first_keys(self) -> list[int]:
        order = FIRST if self.are_sorted else ()
        return list(self.narrowed().order_by(*order).values_list("pk", flat=True)[: LISTED + 1])

    @property
    def are_sorted(self) -> bool:
        return self.is_gathered and self.index.sorts

    @property
    def is_gathered(self) -> bool:
        """Whether the hits come from the index alone, whatever else narrows the customers."""
        return self.led_to <= self.most

    @property
    def are_few(self) -> bool:
        return self.among_few or (self.keys is not None and len(self.keys) <= LISTED)

    def found(self):
        """The customers narrowed to the hits."""
        if self.keys is None or len(self.keys) > LISTED:
            found = self.narrowed()
            found.is_known_over = LISTED.__ge__ if self.keys else self.are_surely_over
        else:
            found = self.customers.filter(pk__in=self.index.listed(self.keys))
            found.known_count = len(self.keys)
        if self.keys and self.are_sorted:
            found.query.first_hits = FirstHits(self.keys, list(found.query.where.children))
        return found

    def narrowed(self):
        if self.is_gathered:
            return self.index.narrowed(self.customers, self.words, self.sample)
        if self.among_few or self.is_everywhere():
            return self.customers.filter(*map(stands_in_key, self.words))
        beside = self.expected[0] < self.led_to
        return self.index.narrowed(self.customers, self.words, self.sample, beside=beside)

    def is_everywhere(self):
        """Whether LISTED hits are found by comparing sooner than the index gathers its entries."""
        compared = LISTED / max(self.share, self.sample.least)
        entries = self.index.rarest(self.words, self.sample).frequency * rows_in(self.sample)
        return compared * COMPARED < entries


def rows_in(sample: Sample) -> float:
    return UNCOUNTED if sample.table_rows < 0 else sample.table_rows


def has_short(words: list[Word]) -> bool:
    return any(is_short(spelling) for word in words for spelling in word)


def stands_in_key(word: Word) -> Q:
    found = Q()
    for spelling in word:
        found |= Q(GreaterThan(StrIndex(F("search_key"), Value(spelling)), 0))
    return found


class Sought(Func):
    """Holds for the hits, which PostgreSQL takes from its index.

    `beside`: another index narrows the rows as well, and the two are intersected.
    """

    output_field = BooleanField()

    def __init__(self, index, words, sample, *, beside=False):
        super().__init__("search_key", "search_grams")
        self.index, self.words, self.sample, self.beside = index, words, sample, beside

    @cached_property
    def share(self) -> float:
        return self.sample.share(self.words)

    def as_sql(self, compiler, connection, **context):
        key, grams = (compiler.compile(column)[0] for column in self.source_expressions)
        compared, spellings = self.index.compared(self.words, key)
        query = self.query()
        return f"(customer_grams({grams}) @@ %s::tsquery AND {compared})", [query, *spellings]

    @cached_property
    def rarest(self) -> Part:
        return self.index.rarest(self.words, self.sample)

    def query(self) -> str:
        # One part is frequent to the planner, who then intersects it with the other index.
        if self.beside:
            return self.rarest.query
        query = self.index.query(self.words, self.sample)
        # Said twice, a part is very rare to the planner, who then lists the hits instead of walking
        # the caller's order and reading the grams of each row it meets.
        return self.index.all_of([query, self.rarest.query])


class Index:
    """What both databases share. `position` is their function for the place of a text in another."""

    position: str
    sorts = False  # whether the planner lists hits and sorts them where they are few

    def __init__(self, alias: str):
        self.alias = alias  # not the connection: a queryset can be copied

    @property
    def connection(self):
        return connections[self.alias]

    def expected(self, customers, sample: Sample) -> tuple[float, float]:
        """How many rows `customers` has, about, and the cost of reading them as the planner sees
        it, where there is one."""
        return rows_in(sample), inf

    def compared(self, words: list[Word], key: str = "search_key") -> tuple[str, list[str]]:
        """SQL that holds where each of `words` stands in the key, and its parameters."""
        parts = [
            "(" + " OR ".join(f"{self.position}({key}, %s) > 0" for _ in word) + ")"
            for word in words
        ]
        return " AND ".join(parts), [spelling for word in words for spelling in word]

    def rows(self, sql: str, parameters: Iterable) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def query(self, words: list[Word], sample: Sample) -> str:
        """`words` as the index is asked for them. It only has to leave few rows to compare. Short
        words, which begin a great many grams, are left out beside longer ones."""
        longer = [word for word in words if not has_short([word])]
        parts = [part for word in longer or words for part in self.parts(word, sample)]
        return self.all_of(part.query for part in sample.worth_asking(parts))

    def parts(self, word: Word, sample: Sample) -> list[Part]:
        """What the index can be asked about `word`; each holds for all keys with the word."""
        if len(word) > 1:
            query = self.any_of(self.query([(spelling,)], sample) for spelling in word)
            return [Part(word, query, sum(map(sample.frequency, word)))]
        (spelling,) = word
        if is_short(spelling):
            return [self.begun(spelling, sample)]
        whole = dict.fromkeys(whole_grams(spelling))
        parts = [Part([gram], self.gram(gram), sample.frequency(gram)) for gram in whole]
        end = ending(spelling)
        return [*parts, self.begun(end, sample)] if end else parts

    def begun(self, text: str, sample: Sample) -> Part:
        return Part([text], self.beginning(text), BEGUN * sample.frequency(text))

    def rarest(self, words: list[Word], sample: Sample) -> Part:
        """The least that the index can be asked so that no hit is left out."""
        return min((self.rarest_of(word, sample) for word in words), key=attrgetter("frequency"))

    def rarest_of(self, word: Word, sample: Sample) -> Part:
        asked = [self.parts((spelling,), sample) for spelling in word]
        parts = [min(some, key=attrgetter("frequency")) for some in asked]
        query = self.any_of(part.query for part in parts)
        return Part(word, query, sum(part.frequency for part in parts))


class PostgresIndex(Index):
    position = "strpos"
    sorts = True

    def expected(self, customers, sample):
        if not customers.query.where:
            return super().expected(customers, sample)
        rows = customers.order_by().values("pk")
        try:
            return self.plan(*rows.query.sql_with_params(), sample.plans)
        except EmptyResultSet:
            return 0, 0

    def plan(self, sql, parameters, known):
        """Asked once for as long as the sample is kept."""
        asked = sql, repr(parameters)
        if asked not in known:
            ((answer,),) = self.rows(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
            plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
            known[asked] = plan["Plan Rows"], plan["Total Cost"]
        return known[asked]

    def listed(self, keys):
        return RawSQL("SELECT unnest(%s::integer[])", [keys])

    def narrowed(self, customers, words, sample, *, beside=False):
        return customers.filter(Sought(self, words, sample, beside=beside))

    def gram(self, gram):
        doubled = gram.replace("\\", "\\\\").replace("'", "''")
        return f"'{doubled}'"

    def beginning(self, spelling):
        return f"{self.gram(spelling)}:*"

    def all_of(self, parts):
        return "(" + " & ".join(parts) + ")"

    def any_of(self, parts):
        return "(" + " | ".join(parts) + ")"


class SqliteIndex(Index):
    position = "instr"
    HITS = "SELECT rowid FROM customer_grams WHERE customer_grams MATCH %s"

    def listed(self, keys):
        return RawSQL("SELECT value FROM json_each(%s)", [str(keys)])

    def narrowed(self, customers, words, sample, *, beside=False):
        hits = RawSQL(self.HITS, [self.query(words, sample)])  # noqa: S611
        return customers.filter(*map(stands_in_key, words), pk__in=hits)

    def gram(self, gram):
        return quoted(gram, '"')

    def beginning(self, spelling):
        return f"{self.gram(spelling)} *"

    def all_of(self, parts):
        return "(" + " AND ".join(parts) + ")"

    def any_of(self, parts):
        return "(" + " OR ".join(parts) + ")"


INDEXES = {"postgresql": PostgresIndex, "sqlite": SqliteIndex}


@contextmanager
def loading(alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """For a transaction that brings in many customers: PostgreSQL gathers their grams in its list
    of what is still to be sorted in, and sorts once at the end, not each 4 MB."""
    connection = connections[alias]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield
        if connection.needs_rollback:  # a dry run: there is nothing to sort
            return
        # Only the index's owner may; for another it is sorted in with the next rows.
        cursor.execute(
            "SELECT gin_clean_pending_list(oid) FROM pg_class"
            " WHERE oid = 'customers_grams'::regclass AND pg_has_role(relowner, 'USAGE')"
        )
        cursor.execute("SET LOCAL gin_pending_list_limit = DEFAULT")
        cursor.execute("SET LOCAL work_mem = DEFAULT")
