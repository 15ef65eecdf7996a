"""A page of many hits is the same whether its order was walked, cut short, or all hits were listed."""

import copy

import pytest
from django.db import connection
from django.db.models import F

from customers import search_hits
from customers.columns import SEARCH_SORT, keyset_of
from customers.models import Customer
from customers.search import words_of
from customers.search_hits import FIRST, Question, Sought
from customers.search_index import INDEXES
from customers.search_sample import Sample
from customers.search_walk import walked
from tests.factories import CustomerFactory
from wealthai.counting import capped_count
from wealthai.keyset import Position

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

FREQUENT = Sample(["\n伊藤\n"], table_rows=1_000_000)


def sought(sample, **how):
    index = INDEXES["postgresql"]("default")
    question = Question(index, words_of("伊藤"), sample)
    return Customer.objects.filter(Sought(question, **how))


def compared(sample):
    return sought(sample, compared=True)


@pytest.fixture
def customers(db):
    """Twelve Itos among thirty customers."""
    for number in range(30):
        name = "伊藤" if number % 5 in (1, 3) else "中村"
        CustomerFactory(name=name, net_worth=number % 4 or None, customer_code=f"C{number:02}")
    return Customer.objects.all()


def sample_with(itos, rows):
    """Of all thirty customers, but these alone are Itos; out of so many rows."""
    keys = [f"\n{'伊藤' if number in itos else '中村'}\n{number}" for number in range(30)]
    changed = Customer.objects.order_by("pk").values_list("updated_at", flat=True)
    return Sample(keys, {"updated_at": list(changed)}, table_rows=rows)


@pytest.fixture(params=[200, 1150], ids=["as dense as anywhere", "as far as the sample's hits"])
def rare(request, customers):
    return sample_with([5, 24], request.param)


@pytest.fixture
def many(customers):
    return sought(FREQUENT)


ORDERS = [["-updated_at", "-pk"], ["net_worth", "pk"], ["-customer_code"]]


@pytest.mark.parametrize("order", ORDERS, ids=range(3))
def test_walked_page_is_the_first_of_all_hits(many, order):
    page = walked(many.order_by(*order)[:7])

    assert page == list(many.order_by(*order))[:7]


def test_walk_heeds_the_other_conditions(many):
    page = walked(many.filter(net_worth__gt=2).order_by("-pk")[:2])

    assert [customer.net_worth for customer in page] == [3, 3]


def test_walk_serves_values_as_rows(many):
    page = walked(many.order_by("-pk").values("name")[:2])

    assert page == [{"name": "伊藤"}, {"name": "伊藤"}]


def test_page_is_walked_when_the_rows_are_read(many, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(many.order_by("pk")[:3]) == 3


@pytest.fixture
def gathered(customers):
    """The search of customers whom the planner has counted: there are few hits to gather."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers")
    return lambda: customers.active().search("伊藤")


def sorted_hits():
    return list(Customer.objects.filter(name="伊藤").order_by(*FIRST))


def test_gathered_page_is_read_by_its_keys(gathered):
    page = walked(gathered().order_by(*FIRST)[:7])

    assert page == sorted_hits()[:7]


@pytest.mark.parametrize(
    "other",
    [
        lambda hits: hits.filter(net_worth__gt=2),
        lambda hits: hits.order_by("-pk"),
        lambda hits: hits.reverse(),
    ],
    ids=["narrowed", "sorted anew", "reversed"],
)
def test_gathered_keys_serve_no_other_page(gathered, other):
    assert walked(other(gathered().order_by(*FIRST))[:7]) is None


def test_gathered_page_is_read_anew_where_a_hit_has_gone_meanwhile(gathered):
    hits = gathered().order_by(*FIRST)
    sorted_hits()[0].archive()

    assert list(hits[:7]) == sorted_hits()[1:8]


def test_more_hits_than_are_listed_are_known_to_be(
    gathered, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(search_hits, "LISTED", 5)
    hits = gathered()

    with django_assert_num_queries(0):
        assert capped_count(hits, 5) == 6
    assert walked(hits.order_by(*FIRST)[:4]) == sorted_hits()[:4]
    assert list(hits.order_by(*FIRST)[:10]) == sorted_hits()[:10]
    assert len(hits) == 12


@pytest.mark.parametrize("order", ORDERS[0:1] + [["updated_at", "pk"]], ids=["down", "up"])
def test_stretch_holds_the_first_of_all_hits(rare, order):
    hits = sought(rare).order_by(*order)

    assert walked(hits[:7]) == list(hits)[:7]


def test_stretch_that_came_out_a_little_short_is_drawn_out(customers, django_assert_num_queries):
    hits = sought(sample_with([24, 25], 630)).order_by(*FIRST)

    with django_assert_num_queries(2) as asked:
        page = walked(hits[:7])

    assert page == sorted_hits()[:7]
    assert all(">=" in query["sql"] for query in asked.captured_queries)


def test_stretch_begins_where_the_page_does(rare):
    keyset, hits = keyset_of(SEARCH_SORT), sought(rare)
    first = keyset.page(hits, 5)
    second = keyset.page(hits, 5, Position.unpack(first.next, SEARCH_SORT))

    assert first.rows + second.rows == list(hits.order_by("-updated_at", "-pk"))[:10]


def test_stretch_with_too_few_hits_is_no_page(customers):
    near = sample_with([24, 28], 1150)

    assert walked(sought(near).order_by(*FIRST)[:7]) is None


def test_hits_that_stand_elsewhere_are_not_walked_to(customers, django_assert_num_queries):
    hits = sought(sample_with(range(10), 3000)).order_by(*FIRST)

    with django_assert_num_queries(1) as asked:
        page = walked(hits[:7])

    assert page == sorted_hits()[:7]
    assert "@@" in asked.captured_queries[0]["sql"]


@pytest.mark.parametrize("found", [sought, compared], ids=["by the index", "everywhere"])
def test_hits_are_sorted_before_what_they_lead_to_is_read(
    customers, found, django_assert_num_queries
):
    hits = found(sample_with([], 1150)).order_by(*FIRST).select_related("sales_rep")

    with django_assert_num_queries(2) as asked:
        page = walked(hits[:7])

    assert page == sorted_hits()[:7]
    assert ["JOIN" in query["sql"] for query in asked.captured_queries] == [False, True]


@pytest.mark.parametrize(
    "asked",
    [
        lambda hits: hits.order_by("pk"),
        lambda hits: hits.order_by("pk")[5:7],
        lambda hits: hits.order_by().values("pk")[:5],
        lambda hits: hits.order_by("name").distinct()[:3],
        lambda hits: Customer.objects.order_by("pk")[:3],
    ],
    ids=["all", "later", "unsorted", "distinct", "no search"],
)
def test_walk_leaves_to_the_index(many, asked):
    assert walked(asked(many)) is None


def test_search_can_be_copied_deeply(many):
    assert list(copy.deepcopy(many.order_by("pk")[:3])) == list(many.order_by("pk")[:3])


def test_search_that_is_left_to_the_index_is_complete(many):
    names = many.order_by(F("net_worth").asc(nulls_last=True), "pk")[:13].values_list("name")

    assert list(names) == [("伊藤",)] * 12
