"""The halves of the import that need no database, with whatever hypothesis comes up with."""

from hypothesis import given
from hypothesis import strategies as st

from customers.importing.csv_files import read_csv
from customers.importing.matching import Stored, pair
from customers.importing.original_files import SPECS
from customers.importing.rows import parse_file
from tests.customers.original import FILES

CUSTOMERS = next(spec for spec in SPECS if spec.name == "customers.csv")
HEADER = FILES["customers.csv"].split("\n")[0].encode() + b"\n"
CELL = st.sampled_from(["", "C001", "伊藤", '"', '""', "\n", "\r\n", "2020-01-01", "1e9", "\x00"])
ROWS = st.lists(st.lists(CELL | st.text(max_size=3), max_size=16).map(",".join), max_size=4)
HOLDINGS = st.lists(
    st.fixed_dictionaries({"product": st.integers(1, 2), "price": st.integers(1, 2)}), max_size=6
)


@given(data=st.binary(max_size=80) | ROWS.map("\n".join).map(lambda text: text.encode("utf-8")))
def test_any_bytes_become_rows_or_problems(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("csv") / "customers.csv"
    path.write_bytes(HEADER + data)

    parsed = parse_file(CUSTOMERS, read_csv(path), {})

    assert len(parsed.rows) <= data.count(b"\n") + data.count(b"\r") + 1
    assert [str(problem) for problem in parsed.problems if "\x00" in str(problem)] == []


def stored(rows):
    return [Stored(pk, row, (row["product"],)) for pk, row in enumerate(rows, 1)]


@given(rows=HOLDINGS)
def test_stored_rows_are_found_again_each_once(rows):
    pairs = pair(rows, stored(rows), ["product"])

    assert sorted(one.pk for one in pairs) == list(range(1, len(rows) + 1))


@given(rows=HOLDINGS, more=HOLDINGS)
def test_only_the_surplus_of_equal_rows_is_new(rows, more):
    pairs = pair(rows + more, stored(rows), ["product"])

    assert pairs.count(None) == len(more)


@given(rows=HOLDINGS)
def test_equal_content_is_paired_before_equal_keys(rows):
    pairs = pair(rows, stored(rows[::-1]), ["product"])

    assert [one.values for one in pairs] == rows


@given(rows=HOLDINGS)
def test_deleted_rows_are_recognised_by_what_they_were(rows):
    deleted = [Stored(one.pk, None, one.imported_key) for one in stored(rows)]

    assert [one.values for one in pair(rows, deleted, ["product"])] == [None] * len(rows)
