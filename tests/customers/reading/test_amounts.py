from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.reading import read_amount, read_yen
from tests.customers.reading.amounts import YEN

TYPED = st.text("0123456789０１９,，、..．億万千百兆円¥￥▲△-−－ー 　²①٣", max_size=45)


def read(reader, text):
    try:
        return reader(text)
    except ValidationError:
        return None


@pytest.mark.parametrize(("text", "amount"), YEN.items(), ids=range(len(YEN)))
def test_yen_are_read_as_people_write_them(text, amount):
    assert read(read_yen, text) == amount


def test_the_table_has_a_hundred_amounts():
    assert len(YEN) >= 100


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.56", "1234.56"),
        ("０．００５０", "0.0050"),
        ("▲0.25", "-0.25"),
        ("1.5万", "15000"),
        ("1,234.5万", "12345000"),
        (".5", None),
        ("1.", None),
        ("1.2.3", None),
        ("NaN", None),
        ("Infinity", None),
    ],
)
def test_quantities_and_prices_have_decimals(text, amount):
    assert read(read_amount, text) == (amount and Decimal(amount))


@pytest.mark.parametrize("text", ["1.234億", "0.12345万", "1,234.567万", "1.500", "1.2300"])
def test_decimals_are_those_of_the_amount_not_of_its_figure(text):
    assert read_amount(text).as_tuple().exponent in (0, -1, -2)


@given(TYPED | st.text(max_size=45))
def test_any_text_is_an_amount_or_refused(text):
    amount = read(read_amount, text)

    assert amount is None or amount.is_finite()


@given(st.integers(-(10**18), 10**18))
def test_what_was_read_is_read_as_itself(amount):
    assert read_yen(f"{amount:,}") == read_yen(str(amount)) == amount
