"""The index finds what comparing every key finds, in each of its ways, on either database."""

import sqlite3

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.grams import grams
from customers.models import Customer
from customers.search import matches, search_key, words_of
from customers.search_hits import Question, Sought
from customers.search_index import INDEXES, stands_in_key
from customers.search_sample import Sample
from customers.sqlite_index import build_unless_kept
from wealthai.tracking import create_many

# What means something to LIKE, to tsquery and to FTS5, beside what names and numbers are made of.
LETTERS = "aAﾊﾟカガかー-〜1０9田太髙高𠮷é%_\\'\"&|!:*()<>+@.㈱株式会社"
pieces = st.text(st.sampled_from(LETTERS), min_size=1, max_size=6)
signs = st.sampled_from(["+81", "(+81)", "〒", "TEL:", "℡", "・", "\u200b", "1-2"])
questions = st.lists(pieces, min_size=1, max_size=3).map(" ".join)
with_one_database = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def crowd(db):
    """Customers whose texts are made of the same letters, short and long, as keys by number."""
    texts = [LETTERS[start::step] for step in (1, 3, 7, 11) for start in range(11)]
    texts += [
        *LETTERS,
        "田太" * 20,
        "090-1234-5678",
        "〒100-0001 1-1-1",
        "+81 90 1234 5678",
        "〒100-0001 1-2",
    ]
    rows = [
        Customer(name=text, name_kana=text[::-1], phone=text[:20], address=text + texts[place - 1])
        for place, text in enumerate(texts)
    ]
    return {row.pk: row.search_key for row in create_many(Customer, rows)}


def found(customers):
    return set(customers.values_list("pk", flat=True))


def compared(keys, text):
    return {pk for pk, key in keys.items() if matches(key, text)}


def narrowed(customers, index, words):
    return index.narrowed(customers, Sought(Question(index, words, Sample([]))))


@with_one_database
@given(text=questions | st.lists(pieces | signs, max_size=3).map(" ".join))
def test_search_finds_what_comparing_every_key_finds(crowd, text):
    assert found(Customer.objects.search(text)) == compared(crowd, text)


@with_one_database
@given(text=questions)
def test_each_way_to_the_hits_finds_the_same(crowd, text):
    words, index = words_of(text), INDEXES[connection.vendor]("default")

    scanned = Customer.objects.filter(*map(stands_in_key, words))
    asked = narrowed(Customer.objects.all(), index, words)
    listed = Customer.objects.filter(pk__in=index.listed(sorted(found(asked))))

    assert found(scanned) == found(listed) == found(asked) == compared(crowd, text)


@with_one_database
@given(data=st.data())
def test_every_piece_of_a_key_finds_its_customer_by_the_index(crowd, data):
    pk, key = data.draw(st.sampled_from(sorted(crowd.items())))
    text = data.draw(st.sampled_from(key.split()))
    start, length = data.draw(st.tuples(st.integers(0, len(text) - 1), st.integers(1, 9)))
    words = words_of(text[start : start + length])

    index = INDEXES[connection.vendor]("default")

    assert pk in found(narrowed(Customer.objects.all(), index, words))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("\n田中\n", {"\n田", "田中", "中\n"}),
        ("\nabc1\n", {"\nab", "abc", "bc1", "c1\n", "1\n"}),
        ("\na田\n", {"\na田", "a田", "田\n"}),
        ("\n番23\n", {"\n番", "番23", "23\n", "3\n"}),
        ("\n03-12\n", {"\n03", "03-1", "3-12", "-12\n", "12\n", "2\n"}),
        ("\n𠮷\n", {"\n𠮷", "𠮷\n"}),
        ("\n", set()),
    ],
    ids=["japanese", "ascii", "mixed", "house", "telephone", "astral", "empty"],
)
def test_grams_are_the_longer_the_fewer_letters_there_are(key, expected):
    assert set(grams(key).split(" ")) - {""} == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("青葉台1", ["青葉", "葉台", "台1:*"]),
        ("a123", ["a12", "123:*"]),
        ("03-12", ["03-1", "3-12"]),
        ("090", ["090:*"]),
        ("台1", ["台1:*"]),
    ],
)
def test_word_is_asked_for_by_its_grams_and_what_its_end_begins(word, expected):
    parts = INDEXES["postgresql"]("default").parts((word,), Sample([]))

    assert [part.query.replace("'", "") for part in parts] == expected


@pytest.mark.postgres
def test_postgresql_can_ask_the_index_instead_of_the_rows(crowd):
    index, words = INDEXES["postgresql"]("default"), words_of("田太")
    index.rows("SELECT set_config('enable_seqscan', 'off', true)", [])  # so few rows are as cheap

    plan = narrowed(Customer.objects.order_by(), index, words).explain()

    assert "Bitmap Index Scan on customers_grams" in plan


# --- The triggers of SQLite, on a database of their own -----------------------------------------


@pytest.fixture
def table():
    """A table of keys with the index kept by triggers."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, search_grams TEXT)")
    build_unless_kept(database.cursor())
    database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(customer_grams, 'row')")
    yield database
    database.close()


def test_triggers_follow_every_write_of_grams(table):
    rows = [(1, "田中 a'\n"), (2, "中村"), (3, None)]
    table.executemany("INSERT INTO customers VALUES (?, ?)", rows)
    table.execute("UPDATE customers SET search_grams = '中山 山\n' WHERE customer_id IN (1, 3)")
    table.execute("DELETE FROM customers WHERE customer_id = 2")

    words = table.execute("SELECT term, doc FROM words")

    assert dict(words) == {"中山": 2, "山\n": 2}


def test_index_without_its_triggers_is_built_anew(table):
    table.execute("DROP TRIGGER customer_grams_added")
    table.execute("INSERT INTO customers VALUES (7, '田中 中村')")

    build_unless_kept(table.cursor())

    assert dict(table.execute("SELECT term, doc FROM words")) == {"田中": 1, "中村": 1}


# --- What stands in a key ------------------------------------------------------------------------


def test_key_of_a_row_without_code_holds_the_code_people_see(db):
    customer = Customer(pk=12, name="田中")

    assert search_key(customer) == "\n田中\nw12\n"
