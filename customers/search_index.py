"""The index of the customers' search keys: on PostgreSQL a GIN index over the grams of each key, on
SQLite an FTS5 table of the same grams. What it can be asked, and what that costs.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import inf
from operator import attrgetter

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from customers.grams import ending, is_short, whole_grams
from customers.search_sample import Part, Sample
from customers.sqlite_index import quoted

SEPARATOR = "\n"  # folded text has no white space
Word = tuple[str, ...]  # spellings, of which one is enough

BEGUN = 4  # the entries of all grams that begin alike take so many times longer than those of one
UNCOUNTED = 100_000  # rows of a table of which the database does not know


def rows_in(sample: Sample) -> float:
    return UNCOUNTED if sample.table_rows < 0 else sample.table_rows


def stands_in_key(word: Word) -> Q:
    found = Q()
    for spelling in word:
        found |= Q(GreaterThan(StrIndex(F("search_key"), Value(spelling)), 0))
    return found


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

    def asked(self, words: list[Word], sample: Sample) -> tuple[str, list[str]]:
        """`words` as the index is asked for them, and the keys of the sample to which that leads.
        It only has to leave few rows to compare."""
        parts = [part for word in words for part in self.parts(word, sample)]
        chosen, led_to = sample.worth_asking(parts)
        return self.all_of(part.query for part in chosen), led_to

    def parts(self, word: Word, sample: Sample) -> list[Part]:
        """What the index can be asked about `word`; each holds for all keys with the word."""
        if len(word) > 1:
            query = self.any_of(self.asked([(spelling,)], sample)[0] for spelling in word)
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

    def narrowed(self, customers, sought):
        return customers.filter(sought)

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

    def narrowed(self, customers, sought):
        compared = customers.filter(*map(stands_in_key, sought.question.words))
        if sought.compared:
            return compared
        return compared.filter(pk__in=RawSQL(self.HITS, [sought.question.query]))  # noqa: S611

    def gram(self, gram):
        return quoted(gram, '"')

    def beginning(self, spelling):
        return f"{self.gram(spelling)} *"

    def all_of(self, parts):
        return "(" + " AND ".join(parts) + ")"

    def any_of(self, parts):
        return "(" + " OR ".join(parts) + ")"


INDEXES = {"postgresql": PostgresIndex, "sqlite": SqliteIndex}


def index_of(alias: str) -> Index:
    return INDEXES[connections[alias].vendor](alias)


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
