"""The bench at a small size: what it makes, asks and writes. What it measures is no test."""

from itertools import islice

import pytest

from bench import leaks, report, run, texts, timing
from bench.people import customers
from bench.report import Figure, Section
from customers.models import Customer
from tests.factories import CustomerFactory

MET, MISSED = Figure("a", "1 ms", "≤ 2 ms", True), Figure("b", "3 ms", "≤ 2 ms", False)


def test_customers_are_the_same_each_time():
    twice = [[vars(row) for row in customers(1, 2000, [7])] for _ in range(2)]
    for row in twice[0] + twice[1]:
        del row["_state"]

    assert twice[0] == twice[1]


def test_customers_are_told_apart_and_pass_the_forms_checks(tanaka):
    rows = list(customers(1, 2000, [tanaka.pk]))

    for row in islice(rows, 50):
        row.full_clean()
    assert len({row.customer_code for row in rows}) == 2000
    assert len({row.name for row in rows}) > 1000


def test_random_texts_are_pieces_of_what_the_person_sees(office, ito, nakamura):
    assert texts.random_texts(1, 5, office) == texts.random_texts(1, 5, office)


@pytest.mark.parametrize("seed", range(20))
def test_random_text_stands_in_the_record(ito, seed):
    [text] = texts.random_texts(seed, 1, ito.sales_rep)

    assert Customer.objects.search(text).get() == ito


def test_random_texts_of_a_scope_leave_out_others(tanaka, ito):
    CustomerFactory(name="中村健一")

    found = texts.random_texts(3, 40, tanaka)

    assert not any("中" in text or "健" in text for text in found)


def test_search_for_leaks_sees_each_way_of_writing_of_somebody(tanaka):
    for person in customers(1, 60, [tanaka.pk]):
        unseen = [way for way in leaks.ways(person) if not leaks.found_in([way], [person])]
        if len(person.name_kana) >= leaks.SHORTEST_READING:
            assert unseen == []


def test_search_for_leaks_sees_nothing_in_tokens(tanaka):
    people = list(customers(1, 60, [tanaka.pk]))

    assert (
        leaks.found_in(["［顧客A］様の［電話A］、［人物1］さん、神奈川県、2026年4月1日"], people)
        == []
    )


def test_acts_take_turns():
    order = []
    timing.in_turns(2, a=lambda: order.append("a"), b=lambda: order.append("b"))

    assert order == ["a", "b", "a", "b"]


@pytest.mark.parametrize(("part", "value"), [(0.5, 51), (0.95, 96), (1, 100)])
def test_share_of_values(part, value):
    assert timing.share(range(1, 101), part) == value


def test_table_tells_what_was_missed():
    section = Section("Search", [MET, MISSED, Figure("c", "4 ms")])

    assert section.missed == [MISSED]
    assert report.table(section).splitlines()[4:] == [
        "| a | 1 ms | ≤ 2 ms | ok |",
        "| b | 3 ms | ≤ 2 ms | **missed** |",
        "| c | 4 ms |  |  |",
    ]


def test_document_keeps_the_words_around_the_table(tmp_path):
    path = tmp_path / "performance.md"
    path.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")

    report.write("new", path)

    assert path.read_text() == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"


def test_document_of_the_product_has_the_place_for_the_table():
    text = report.DOCUMENT.read_text()

    assert text.index(report.BEGIN) < text.index(report.END)


def test_section_that_breaks_is_told_as_missed(monkeypatch):
    monkeypatch.setitem(run.MEASURES, "pages", lambda: 1 / 0)

    assert [figure.value for figure in run.measured("pages").missed] == ["ZeroDivisionError"]
