"""The index of the customers' search keys, and how a search asks it: on PostgreSQL a GIN index over
the grams of each key, on SQLite an FTS5 table of the same grams.

The database cannot choose well by itself: a page of hits in some order is found soonest by walking
that order where hits are many, and by listing the hits where they are few, and a wrong guess takes
a second. So a search first asks a sample of the customers (customers/search_sample.py) how many
hits there may be:

- Some hundreds at most: the index names them, and up to LISTED of them the search is a list of keys.
- More, but the caller's own filters leave few rows (an adviser's): those are compared, without any
  index.
- EVERYWHERE, or SHORT where a word is too short for a gram (such hits take the index long to
  gather): the rows are compared, in the order the caller walks.
- Else the index is asked inside the caller's query (Sought), and a page of it as
  customers/search_walk.py says.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from math import sqrt

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.grams import is_short
from customers.search_sample import Sample, sample_of
from customers.sqlite_index import quoted

SEPARATOR = "\n"  # folded text has no white space
Word = tuple[str, ...]  # spellings, of which one is enough

EVERYWHERE, SHORT = 0.1, 0.02  # of all customers
LISTED = 1000
FEW = 1.5 * LISTED  # the sample is not exact, and an index asked in vain costs little
UNCOUNTED = 100_000  # rows of a table of which the database does not know
NARROW = 3000  # rows that are compared sooner than the index is asked
# Of the planner: a row that an index leads to costs a quarter, one of a sort or scan twenty or more.
CHEAP = 16_000


class Hits:
    """Where those of `customers` are in whose key each of `words` stands."""

    def __init__(self, customers, words: list[Word]):
        self.index = INDEXES[connections[customers.db].vendor](customers.db)
        self.words = words
        self.sample = sample_of(customers.model, customers.db)
        self.share = self.sample.share(words)
        self.keys = self.few_keys()
        self.among_few = self.keys is None and self.index.is_narrow(customers)

    def few_keys(self) -> list[int] | None:
        rows = self.sample.table_rows
        if self.share * (UNCOUNTED if rows < 0 else rows) > FEW:
            return None
        keys = self.index.first_hits(self.words, self.sample)
        return keys if len(keys) <= LISTED else None

    @property
    def are_few(self) -> bool:
        return self.among_few or self.keys is not None

    def among(self, customers):
        """`customers`, or some of them, narrowed to the hits."""
        if self.keys is not None:
            return customers.filter(pk__in=self.index.listed(self.keys))
        everywhere = SHORT if has_short(self.words) else EVERYWHERE
        if self.among_few or self.share >= everywhere:
            return customers.filter(*map(stands_in_key, self.words))
        return self.index.found_again(customers, self.words, self.sample)


def has_short(words: list[Word]) -> bool:
    return any(is_short(spelling) for word in words for spelling in word)


def stands_in_key(word: Word) -> Q:
    found = Q()
    for spelling in word:
        found |= Q(GreaterThan(StrIndex(F("search_key"), Value(spelling)), 0))
    return found


class Sought(Func):
    """Holds for the hits, which PostgreSQL takes from its index.

    `beside`: another index narrows the rows as well (customers/search_walk.py).
    """

    output_field = BooleanField()

    def __init__(self, index, words, sample, *, beside=False):
        super().__init__("search_key", "search_grams")
        self.index, self.words, self.sample, self.beside = index, words, sample, beside

    @cached_property
    def share(self) -> float:
        return self.sample.share(self.words)

    @property
    def least_share(self) -> float:
        """What may be behind so many hits of a sample if chance was kind to them."""
        return max(self.share - 1.5 * sqrt(self.share / len(self.sample.keys)), self.share / 4)

    def as_sql(self, compiler, connection, **context):
        key, grams = (compiler.compile(column)[0] for column in self.source_expressions)
        compared, spellings = self.index.compared(self.words, key)
        query = self.query()
        return f"(customer_grams({grams}) @@ %s::tsquery AND {compared})", [query, *spellings]

    def query(self) -> str:
        longer = [word for word in self.words if not has_short([word])]
        if self.beside and longer:
            # One gram is frequent to the planner, who then intersects it with the other index.
            word = min(longer, key=lambda word: sum(map(self.rarity, word)))
            return self.index.any_of(map(self.index.gram, map(self.sample.rarest, word)))
        query = self.index.query(self.words, self.sample)
        # Said twice it is very rare to the planner, who then lists the hits instead of walking the
        # caller's order and reading the grams of each row it meets.
        return query if longer or self.beside else self.index.all_of([query, query])

    def rarity(self, spelling) -> int:
        return self.sample.frequency(self.sample.rarest(spelling))


class Index:
    """What both databases share. `position` is their function for the place of a text in another."""

    position: str

    def __init__(self, alias: str):
        self.alias = alias  # not the connection: a queryset can be copied

    @property
    def connection(self):
        return connections[self.alias]

    def is_narrow(self, customers) -> bool:
        return False

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
        """`words` as the index is asked for them. It only has to leave few rows to compare, and the
        fewer lists it intersects, the quicker. So grams that tell little are left out, as are short
        words, which begin a great many grams, beside longer ones."""
        longer = [word for word in words if not has_short([word])]
        return self.all_of(
            self.any_of(self.one(spelling, sample) for spelling in word) for word in longer or words
        )

    def one(self, spelling: str, sample: Sample) -> str:
        if is_short(spelling):
            return self.beginning(spelling)
        return self.all_of(map(self.gram, sample.telling(spelling)))


class PostgresIndex(Index):
    position = "strpos"
    HITS = "customer_grams(search_grams) @@ %s::tsquery"

    def is_narrow(self, customers):
        if not customers.query.where:
            return False
        rows = customers.order_by().values("pk")
        try:
            plan = self.plan(*rows.query.get_compiler(connection=self.connection).as_sql())
        except EmptyResultSet:
            return True
        return plan["Plan Rows"] <= NARROW and plan["Total Cost"] <= CHEAP

    def plan(self, sql, parameters):
        """How the planner would run it, and at what cost; without running it."""
        ((answer,),) = self.rows(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        return (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]

    def first_hits(self, words, sample):
        compared, parameters = self.compared(words)
        sql = (
            f"SELECT customer_id FROM customers WHERE {self.HITS} AND {compared} LIMIT {LISTED + 1}"  # noqa: S608
        )
        return [pk for (pk,) in self.rows(sql, [self.query(words, sample), *parameters])]

    def listed(self, keys):
        return RawSQL("SELECT unnest(%s::integer[])", [keys])

    def found_again(self, customers, words, sample):
        return customers.filter(Sought(self, words, sample))

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

    def first_hits(self, words, sample):
        compared, parameters = self.compared(words)
        sql = (
            "SELECT customer_id FROM customer_grams CROSS JOIN customers"  # noqa: S608
            " ON customer_id = customer_grams.rowid"
            f" WHERE customer_grams MATCH %s AND {compared} LIMIT {LISTED + 1}"
        )
        return [pk for (pk,) in self.rows(sql, [self.query(words, sample), *parameters])]

    def listed(self, keys):
        return RawSQL("SELECT value FROM json_each(%s)", [str(keys)])

    def found_again(self, customers, words, sample):
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
        cursor.execute("SELECT gin_clean_pending_list('customers_grams')")
        cursor.execute("SET LOCAL gin_pending_list_limit = DEFAULT")
        cursor.execute("SET LOCAL work_mem = DEFAULT")
