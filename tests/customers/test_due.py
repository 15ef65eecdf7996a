"""The day of repayment: a holding's own, else its product's; one rule however it is asked."""

import datetime
from itertools import product

import pytest

from customers.models import Holding
from tests.factories import HoldingFactory, ProductFactory

DAY = datetime.date(2027, 3, 31)
DAYS = [None, *(DAY + datetime.timedelta(days=number) for number in (-1, 0, 7, 8))]


@pytest.fixture
def every(ito):
    """A holding of each pair of days."""
    pairs = product(DAYS, DAYS)
    return [
        HoldingFactory(customer=ito, maturity_date=own, product=ProductFactory(maturity_date=other))
        for own, other in pairs
    ]


def test_day_is_the_same_read_with_the_row_or_from_its_product(every):
    rows = Holding.objects.with_due()

    assert {row.pk: row.due for row in rows} == {row.pk: row.due for row in every}
    assert [row.due for row in every] == [own or other for own, other in product(DAYS, DAYS)]


@pytest.mark.parametrize("asked", ["due_between", "each_due_between"])
@pytest.mark.parametrize("first", [None, DAY], ids=["open", "closed"])
def test_span_finds_the_rows_whose_day_lies_in_it(every, asked, first):
    last = DAY + datetime.timedelta(days=7)
    found = getattr(Holding.objects, asked)(first, last)

    due = {row.pk for row in every if row.due and (first or row.due) <= row.due <= last}
    assert set(found.values_list("pk", flat=True)) == due
