"""A page of many hits is the same whether its order was walked or its hits were listed."""

import copy

import pytest
from django.db.models import F

from customers.models import Customer
from customers.search import words_of
from customers.search_index import INDEXES, MANY, Sought
from customers.search_walk import walked
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def many():
    """A search that knows of many hits: twelve Itos among thirty customers."""
    for number in range(30):
        name = "伊藤" if number % 5 in (1, 3) else "中村"
        CustomerFactory(name=name, net_worth=number % 4 or None, customer_code=f"C{number:02}")
    index = INDEXES["postgresql"]("default")
    return Customer.objects.filter(Sought("search_key", index, words_of("伊藤"), MANY))


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
    with django_assert_num_queries(3):  # the plan, the way, the rows
        assert len(many.order_by("pk")[:3]) == 3


@pytest.mark.parametrize(
    "asked",
    [
        lambda hits: hits.order_by("pk"),
        lambda hits: hits.order_by("pk")[5:7],
        lambda hits: hits.order_by().values("pk")[:5],
        lambda hits: hits.order_by("pk")[:13],
        lambda hits: hits.order_by("name").distinct()[:3],
        lambda hits: Customer.objects.order_by("pk")[:3],
    ],
    ids=["all", "later", "unsorted", "more than there are", "distinct", "no search"],
)
def test_walk_leaves_to_the_index(many, asked):
    assert walked(asked(many)) is None


def test_search_can_be_copied_deeply(many):
    assert list(copy.deepcopy(many.order_by("pk")[:3])) == list(many.order_by("pk")[:3])


def test_search_that_is_left_to_the_index_is_complete(many):
    names = many.order_by(F("net_worth").asc(nulls_last=True), "pk")[:13].values_list("name")

    assert list(names) == [("伊藤",)] * 12
