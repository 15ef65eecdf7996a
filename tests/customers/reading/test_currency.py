import pytest
from django.core.exceptions import ValidationError

from customers.reading import read_currency
from customers.reading.currency import CODES, WORDS

READ = {
    "small": ("usd", "USD"),
    "full-width": ("ＵＳＤ", "USD"),
    "spaces": (" u s d ", "USD"),
    "sign-and-letters": ("US$", "USD"),
    "sign": ("＄", "USD"),
    "yen-word": ("円", "JPY"),
    "yen-sign": ("¥", "JPY"),
    "yen-sign-full-width": ("￥", "JPY"),
    "yen-letters": ("Yen", "JPY"),
    "dollar-half-width": ("米ﾄﾞﾙ", "USD"),
    "dollar-square": ("㌦", "USD"),
    "euro": ("€", "EUR"),
    "euro-word": ("ユーロ", "EUR"),
    "other-dollar": ("豪ドル", "AUD"),
}
REFUSED = {
    "no-code": "ABC",
    "two-letters": "US",
    "coin": "BTC",
    "several": "USD/JPY",
    "digit": "840",
}


@pytest.mark.parametrize(("typed", "code"), READ.values(), ids=READ)
def test_currency_is_read(typed, code):
    assert read_currency(typed) == code


@pytest.mark.parametrize("typed", REFUSED.values(), ids=REFUSED)
def test_no_currency_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError, match="JPY や USD のような3文字"):
        read_currency(typed)


@pytest.mark.parametrize("code", sorted(CODES))
def test_code_is_read_as_itself(code):
    assert read_currency(code) == code


def test_every_word_means_a_code():
    assert set(WORDS.values()) - CODES == set()
