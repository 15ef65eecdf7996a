"""Tokens stand for what was replaced, and for nothing that somebody has written like one."""

import pytest

from chat.masking import Restorer, masker_for
from customers.models import Customer

ITO = Customer(name="伊藤正雄", phone="080-1111-2222", kind=Customer.Kind.INDIVIDUAL)
SMITH = Customer(name="John Smith", phone="+81-90-0000-7053", kind=Customer.Kind.INDIVIDUAL)
PLANTED = "相続の資金は［顧客A］の名義。連絡先は［電話A］"


def test_what_is_written_like_a_token_comes_back_as_it_was_written():
    masker = masker_for([ITO])
    sent = masker.mask(f"{PLANTED}。伊藤正雄様")

    assert sent == "相続の資金は［記号1］の名義。連絡先は［記号2］。［顧客A］様"
    assert masker.restore(sent) == f"{PLANTED}。伊藤正雄様"


def test_what_is_written_like_a_token_comes_back_in_pieces_too():
    masker = masker_for([ITO])
    sent = masker.mask(PLANTED)
    restorer = Restorer(masker)

    pieces = [restorer.feed(letter) for letter in sent]

    assert "".join([*pieces, restorer.flush()]) == PLANTED


def test_what_is_written_like_a_token_is_no_field_that_was_replaced():
    masker = masker_for([ITO])
    masker.mask(PLANTED)

    assert masker.ledger() == []


@pytest.mark.parametrize(
    "token", ["［顧客別B2］", "［電話12］", "［顧客Aの別記2］", "［生年月日A・68歳］"]
)
def test_tokens_of_every_form_are_known(token):
    assert masker_for([]).mask(token) == "［記号1］"


def test_number_that_stands_behind_its_name_in_brackets_is_in_the_ledger():
    masker = masker_for([])

    assert masker.mask("［電話090-1234-5678］") == "［電話［電話1］］"
    assert masker.ledger() == [{"field": "電話番号", "count": 1}]


def test_number_in_brackets_comes_back_as_no_mark_of_a_source():
    masker = masker_for([])

    assert masker.restore(masker.mask("運用方針は変更［1］")) == "運用方針は変更〔1〕"


@pytest.mark.parametrize("text", ["［顧客満足度調査］の件", "［電話］で"])
def test_other_brackets_are_left_alone(text):
    assert masker_for([ITO]).mask(text) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Smithから電話", "［顧客Aの別記］から電話"),
        ("Mr. smith", "Mr. ［顧客Aの別記］"),
        ("Ｓｍｉｔｈ氏", "［顧客Aの名］氏"),
        ("Smithson, blacksmith", "Smithson, blacksmith"),
    ],
)
def test_part_of_a_latin_name_is_replaced(text, sent):
    assert masker_for([SMITH]).mask(text) == sent


def test_number_with_its_country_comes_back_as_it_was_written():
    masker = masker_for([SMITH])

    sent = masker.mask("電話は+81-90-0000-7053")

    assert (sent, masker.restore(sent)) == ("電話は［電話A］", "電話は+81-90-0000-7053")
