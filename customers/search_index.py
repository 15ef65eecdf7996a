"""The index of the customers' search keys, and how a search asks it: on PostgreSQL a GIN index over
the grams of each key, on SQLite an FTS5 table of the same grams.

The database cannot choose well by itself: a page of hits in some order is found soonest by walking
that order where hits are many, and by listing the hits where they are few, and a wrong guess takes
a second. So a search first looks at a sample of the table, which costs the same at any size:

- The caller's own filters leave few rows (an adviser's): those are compared, without any index.
- EVERYWHERE or more hits in the sample (SHORT, if a word is too short for a gram: such hits take
  the index long to gather): the rows are compared, in the order the caller walks.
- MANY: the index is asked inside the caller's query (Sought); a page of it is walked where that is
  sooner (customers/search_walk.py).
- Fewer: the index names the hits. Up to LISTED of them the search is a list of keys from then on;
  beyond, it is as with many.
"""

import json
from collections.abc import Iterable

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.grams import is_short, whole_grams
from customers.sqlite_index import token

SEPARATOR = "\n"  # folded text has no white space
Word = tuple[str, ...]  # spellings, of which one is enough

STRETCHES, STRETCH = 10, 100  # the sample: rows from ten places of the table
EVERYWHERE, SHORT, MANY = 100, 20, 8
LISTED = 1000
NARROW = 3000  # rows that are compared sooner than the index is asked
# Of the planner: a row that an index leads to costs a quarter, one of a sort or scan twenty or more.
CHEAP = 16_000


class Hits:
    """Where those of `customers` are in whose key each of `words` stands."""

    def __init__(self, customers, words: list[Word]):
        self.index = INDEXES[connections[customers.db].vendor](customers.db)
        self.words = words
        self.keys: list[int] | None = None
        self.among_few = self.index.is_narrow(customers)
        self.in_sample = EVERYWHERE if self.among_few else self.index.hits_in_sample(words)
        if self.in_sample < MANY:
            keys = self.index.first_hits(words)
            self.keys = keys if len(keys) <= LISTED else None

    @property
    def are_few(self) -> bool:
        return self.among_few or self.keys is not None

    def among(self, customers):
        """`customers`, or some of them, narrowed to the hits."""
        if self.keys is not None:
            return customers.filter(pk__in=self.index.listed(self.keys))
        if self.in_sample >= (SHORT if has_short(self.words) else EVERYWHERE):
            return customers.filter(*map(stands_in_key, self.words))
        return self.index.found_again(customers, self.words, self.in_sample)


def has_short(words: list[Word]) -> bool:
    return any(is_short(spelling) for word in words for spelling in word)


def stands_in_key(word: Word) -> Q:
    found = Q()
    for spelling in word:
        found |= Q(GreaterThan(StrIndex(F("search_key"), Value(spelling)), 0))
    return found


class Sought(Func):
    """Holds for the hits, which PostgreSQL takes from its index."""

    output_field = BooleanField()

    def __init__(self, key, index, words, in_sample):
        super().__init__(key)
        self.index, self.words, self.in_sample = index, words, in_sample

    def as_sql(self, compiler, connection, **context):
        key, _ = compiler.compile(self.source_expressions[0])
        compared, spellings = self.index.compared(self.words, key)
        query = self.index.query(self.words)
        if has_short(self.words):
            # Said twice, so that the planner expects few hits and lists them instead of walking
            # the caller's order, where it would make the grams of each row it meets.
            query = self.index.all_of([query, query])
        return f"(customer_grams({key}) @@ %s::tsquery AND {compared})", [query, *spellings]


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

    def hits_in_sample(self, words: list[Word]) -> int:
        places = " UNION ALL ".join(
            f"SELECT * FROM (SELECT search_key FROM customers WHERE customer_id >="  # noqa: S608
            f" (SELECT max(customer_id) FROM customers) / {STRETCHES} * {place}"
            f" ORDER BY customer_id LIMIT {STRETCH}) AS place_{place}"
            for place in range(STRETCHES)
        )
        compared, parameters = self.compared(words)
        sql = f"SELECT count(*) FROM ({places}) AS sample WHERE {compared}"  # noqa: S608
        return self.rows(sql, parameters)[0][0]

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

    def query(self, words: list[Word]) -> str:
        """`words` as the index is asked for them. It only has to leave few rows to compare, so short
        words, which begin a great many grams, are left out beside longer ones."""
        longer = [word for word in words if not has_short([word])]
        return self.all_of(
            self.any_of(self.one(spelling) for spelling in word) for word in longer or words
        )

    def one(self, spelling: str) -> str:
        if is_short(spelling):
            return self.beginning(spelling)
        return self.all_of(map(self.gram, dict.fromkeys(whole_grams(spelling))))


class PostgresIndex(Index):
    position = "strpos"
    HITS = "customer_grams(search_key) @@ %s::tsquery"

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

    def first_hits(self, words):
        compared, parameters = self.compared(words)
        sql = (
            f"SELECT customer_id FROM customers WHERE {self.HITS} AND {compared} LIMIT {LISTED + 1}"  # noqa: S608
        )
        return [pk for (pk,) in self.rows(sql, [self.query(words), *parameters])]

    def listed(self, keys):
        return RawSQL("SELECT unnest(%s::integer[])", [keys])

    def found_again(self, customers, words, in_sample=0):
        return customers.filter(Sought("search_key", self, words, in_sample))

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

    def first_hits(self, words):
        compared, parameters = self.compared(words)
        sql = (
            "SELECT customer_id FROM customer_grams CROSS JOIN customers"  # noqa: S608
            " ON customer_id = customer_grams.rowid"
            f" WHERE customer_grams MATCH %s AND {compared} LIMIT {LISTED + 1}"
        )
        return [pk for (pk,) in self.rows(sql, [self.query(words), *parameters])]

    def listed(self, keys):
        return RawSQL("SELECT value FROM json_each(%s)", [str(keys)])

    def found_again(self, customers, words, in_sample=0):
        hits = RawSQL(self.HITS, [self.query(words)])  # noqa: S611
        return customers.filter(*map(stands_in_key, words), pk__in=hits)

    def gram(self, gram):
        return f'"{token(gram)}"'

    def beginning(self, spelling):
        return f'"{token(spelling)}" *'

    def all_of(self, parts):
        return "(" + " AND ".join(parts) + ")"

    def any_of(self, parts):
        return "(" + " OR ".join(parts) + ")"


INDEXES = {"postgresql": PostgresIndex, "sqlite": SqliteIndex}
