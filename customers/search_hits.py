"""How a search asks the index of the customers' search keys (customers/search_index.py).

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

from functools import cache, cached_property
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Func

from customers.search_index import Word, index_of, rows_in, stands_in_key
from customers.search_sample import Part, Sample, sample_of

COMPARED = 3.5  # a row compared as the table has it costs as much as so many entries of the index
LISTED = 1000
FEW = 1.5 * LISTED  # the sample is not exact, and an index asked in vain costs little
GATHERED = int(
    2.5 * LISTED
)  # sooner gathered once than counted as far as LISTED and gathered for a page
FIRST = "-updated_at", "-customer_id"  # the order of hits where nobody asks for another
NARROW = 3000  # rows that are compared sooner than the index is asked
# Of the planner: a row that an index leads to costs a quarter, one of a sort or scan twenty or more.
CHEAP = 16_000


class FirstHits(NamedTuple):
    """The keys of the first hits in the order FIRST, of a query with these conditions."""

    keys: list[int]
    conditions: list

    def hold(self, count) -> bool:
        """Whether so many hits, or all there are, are among the keys."""
        return count <= len(self.keys) or len(self.keys) <= LISTED


class Question:
    """The words that are sought, how the index is asked for them, and the hits of the sample."""

    def __init__(self, index, words: list[Word], sample: Sample):
        self.index, self.words, self.sample = index, words, sample
        self.query, led_to = index.asked(words, sample)
        self.matching = sample.matching(words, led_to)

    @cached_property
    def rarest(self) -> Part:
        return self.index.rarest(self.words, self.sample)


class Hits:
    """Where those of `customers` are in whose key each of `words` stands."""

    def __init__(self, customers, words: list[Word]):
        self.customers = customers
        self.index = index_of(customers.db)
        self.sample = sample_of(customers.model, customers.db)
        self.question = Question(self.index, words, self.sample)
        self.hits = len(self.question.matching)  # of the sample
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

    @cached_property
    def are_all(self) -> bool:
        """Whether nothing but the archived are left out of `customers`."""
        where = self.customers.query.where
        return not where or where == in_business(self.customers.model)

    def are_surely_over(self, cap) -> bool:
        return self.are_all and self.sample.is_surely_over(cap, self.hits)

    def first_keys(self) -> list[int]:
        order = FIRST if self.are_sorted else ()
        asked = self.narrowed().order_by(*order).values("pk")[: LISTED + 1]
        try:
            return [pk for (pk,) in self.index.rows(*asked.query.sql_with_params())]
        except EmptyResultSet:
            return []

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
            return self.index.narrowed(self.customers, Sought(self.question))
        if self.among_few:
            return self.customers.filter(*map(stands_in_key, self.question.words))
        if self.is_everywhere():
            return self.index.narrowed(self.customers, Sought(self.question, compared=True))
        beside = self.expected[0] < self.led_to
        return self.index.narrowed(self.customers, Sought(self.question, beside=beside))

    def is_everywhere(self):
        """Whether LISTED hits are found by comparing sooner than the index gathers its entries."""
        compared = LISTED / max(self.share, self.sample.least)
        return compared * COMPARED < self.question.rarest.frequency * rows_in(self.sample)


@cache
def in_business(customers):
    return customers.objects.active().query.where


class Sought(Func):
    """Holds for the hits, which PostgreSQL takes from its index.

    `beside`: another index narrows the rows as well, and the two are intersected.
    `compared`: rows are compared without the index.
    """

    output_field = BooleanField()

    def __init__(self, question: Question, *, beside=False, compared=False):
        super().__init__("search_key", "search_grams")
        self.question, self.beside, self.compared = question, beside, compared

    @property
    def share(self) -> float:
        """The part of the customers, above 0 and up to 1, that are hits."""
        return max(len(self.question.matching), 1) * self.question.sample.least

    def as_sql(self, compiler, connection, **context):
        key, grams = (compiler.compile(column)[0] for column in self.source_expressions)
        compared, spellings = self.question.index.compared(self.question.words, key)
        if self.compared:
            return f"({compared})", spellings
        query = self.query()
        return f"(customer_grams({grams}) @@ %s::tsquery AND {compared})", [query, *spellings]

    def query(self) -> str:
        # One part is frequent to the planner, who then intersects it with the other index.
        rarest = self.question.rarest.query
        if self.beside:
            return rarest
        # Said twice, a part is very rare to the planner, who then lists the hits instead of walking
        # the caller's order and reading the grams of each row it meets.
        return self.question.index.all_of([self.question.query, rarest])
