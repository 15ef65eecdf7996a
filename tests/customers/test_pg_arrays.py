import pytest
from django.db import DataError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from customers.importing.pg_arrays import ArrayError, parse_array

ARRAYS = [
    ("{}", []),
    (" { } ", []),
    ("{JPY}", ["JPY"]),
    ("{JPY,USD}", ["JPY", "USD"]),
    ("{ 金融 , 建設 }", ["金融", "建設"]),
    ('{"金融","建設"}', ["金融", "建設"]),
    ('{"a,b" , "c}d"}', ["a,b", "c}d"]),
    (r'{"say \"hi\"","back\\slash"}', ['say "hi"', "back\\slash"]),
    (r"{a\,b,\{}", ["a,b", "{"]),
    ("{NULL,null}", [None, None]),
    (r'{"NULL",\NULL}', ["NULL", "NULL"]),
    ('{"",x}', ["", "x"]),
    ('{"two\nlines"}', ["two\nlines"]),
    ("{北 海 道}", ["北 海 道"]),
    ("{a\\ }", ["a "]),
]
NO_ARRAYS = ["", "{", "}", "金融", "{a", "a}", "{a,}", "{,a}", "{a,,b}", '{"a}', '{"a"b}', '{a"b"}', "{a}b"]  # fmt: skip


@pytest.mark.parametrize(("text", "items"), ARRAYS, ids=range(len(ARRAYS)))
def test_array_literal_gives_its_elements(text, items):
    assert parse_array(text) == items


@pytest.mark.parametrize("text", [*NO_ARRAYS, "{{a},{b}}", "[0:1]={a,b}"], ids=ascii)
def test_anything_else_is_refused(text):
    with pytest.raises(ArrayError):
        parse_array(text)


@given(st.lists(st.text()))
def test_quoted_elements_come_back_as_they_were(items):
    quoted = [item.replace("\\", "\\\\").replace('"', '\\"') for item in items]

    parsed = parse_array("{" + ",".join(f'"{item}"' for item in quoted) + "}")

    assert parsed == items


@pytest.mark.postgres
@pytest.mark.parametrize(("text", "items"), ARRAYS, ids=range(len(ARRAYS)))
def test_postgresql_reads_the_same_elements(db, text, items):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [text])

        assert cursor.fetchone() == (items,)


@pytest.mark.postgres
@pytest.mark.parametrize("text", NO_ARRAYS, ids=ascii)
def test_postgresql_refuses_the_same_texts(db, text):
    with connection.cursor() as cursor, pytest.raises(DataError), transaction.atomic():
        cursor.execute("SELECT %s::text[]", [text])
