"""Counts of lists: exact up to the cap; a set over it is not counted each time."""

import pytest

from customers.models import Customer
from tests.factories import CustomerFactory
from wealthai import counting
from wealthai.counting import capped_count


@pytest.fixture
def three(db, settings):
    settings.API_COUNT_CAP = 3
    return [CustomerFactory() for _ in range(3)]


def test_count_up_to_the_cap_is_exact(three):
    assert capped_count(Customer.objects.all()) == 3
    assert capped_count(Customer.objects.filter(pk=three[0].pk)) == 1


def test_count_over_the_cap_is_one_more_than_it(three):
    CustomerFactory.create_batch(2)

    assert capped_count(Customer.objects.all()) == 4


def test_count_of_nothing_needs_no_query(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert capped_count(Customer.objects.none()) == 0


def test_set_over_the_cap_is_counted_once(three, django_assert_num_queries):
    CustomerFactory()

    with django_assert_num_queries(1):
        assert [capped_count(Customer.objects.all()) for _ in range(3)] == [4, 4, 4]


def test_set_known_to_be_over_a_cap_is_counted_only_for_a_higher_one(
    three, django_assert_num_queries
):
    found = Customer.objects.all()
    found.is_known_over = (2).__ge__

    with django_assert_num_queries(1):
        assert [capped_count(found, cap) for cap in (2, 3)] == [3, 3]


def test_exact_count_is_never_remembered(three):
    before = capped_count(Customer.objects.all())
    CustomerFactory()

    assert (before, capped_count(Customer.objects.all())) == (3, 4)


def test_what_is_remembered_of_one_set_says_nothing_of_another(three, tanaka):
    CustomerFactory()
    capped_count(Customer.objects.visible_to(tanaka).active())
    capped_count(Customer.objects.active())

    assert capped_count(Customer.objects.visible_to(tanaka).active()) == 0


def test_shrunken_set_is_counted_again_after_a_while(three, monkeypatch):
    monkeypatch.setattr(counting, "REMEMBERED_SECONDS", 0)
    fourth = CustomerFactory()
    before = capped_count(Customer.objects.active())
    fourth.archive()

    assert (before, capped_count(Customer.objects.active())) == (4, 3)
