from datetime import date
from decimal import Decimal

import pytest

from chat.bedrock import Usage
from chat.catalogue import MODELS, Model, Price, cost_in_yen, dearest_price

OLD = Price(date(2026, 1, 1), "1", "1", "1", "1")
NEW = Price(date(2026, 4, 1), "2", "2", "2", "2")


@pytest.mark.parametrize(
    ("day", "price"),
    [(date(2025, 12, 31), None), (date(2026, 3, 31), OLD), (date(2026, 4, 1), NEW)],
    ids=["before", "old", "new"],
)
def test_price_holds_until_the_next_ones_day(day, price):
    assert Model("見本", (OLD, NEW)).price(day) == price


def test_prices_stand_in_the_order_of_their_days():
    days = [[price.since for price in model.prices] for model in MODELS.values()]

    assert days == [sorted(each) for each in days]


def test_long_prompt_costs_more():
    haiku = "jp.anthropic.claude-haiku-5-5"
    short, long = (
        cost_in_yen(haiku, Usage(input=count), 100, date(2026, 11, 26))
        for count in (100_000, 100_001)
    )

    assert (short, long) == (Decimal("1.1"), Decimal("5.5001"))


def test_dearest_price_is_that_of_the_dearest_answer():
    assert dearest_price(date(2026, 11, 26)).output == "16.50"
