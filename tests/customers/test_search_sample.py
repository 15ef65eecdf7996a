"""What a sample may claim of the whole table."""

import random

import pytest

from customers.models import Customer
from customers.search_sample import SIZE, Sample, sample_of
from tests.factories import CustomerFactory

MILLION = Sample([], drawn=4000, numbers=1_000_000)


@pytest.mark.parametrize(("hits", "is_sure"), [(0, False), (4, False), (20, False), (30, True)])
def test_sample_is_sure_of_more_than_a_thousand_in_a_million(hits, is_sure):
    assert MILLION.is_surely_over(1000, hits) == is_sure


def test_hit_beside_a_number_that_was_drawn_proves_nothing():
    beside = Sample([], drawn=4000, numbers=1_000_000, beside=15)

    assert not beside.is_surely_over(1000, 30)


def test_sample_never_claims_more_than_there_are():
    chance = random.Random(7)
    drawings = [len(set(chance.sample(range(2000), 400)) & set(range(100))) for _ in range(2000)]
    sample = Sample([], drawn=400, numbers=2000)

    assert not any(sample.is_surely_over(100, hits) for hits in drawings)
    assert sample.is_surely_over(100, 80)


def test_sample_is_of_customers_in_business(db):
    CustomerFactory(name="伊藤")
    CustomerFactory(name="中村").archive()
    sample = sample_of(Customer, "default")

    assert [key.split()[0] for key in sample.keys] == ["伊藤"]
    assert sample.drawn == min(SIZE, sample.numbers)
