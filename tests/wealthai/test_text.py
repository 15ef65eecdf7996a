import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from wealthai.invisible import INVISIBLE
from wealthai.my_number import (
    is_my_number,
    my_number_in,
    twelve_digits_in,
    without_my_numbers,
)
from wealthai.text import validate_plain_text, without_bom

NUMBER = "123456789018"
WIDE = NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
FOUND = {
    "alone": (NUMBER, 0),
    "full-width": (WIDE, 0),
    "in-a-sentence": (f"番号は{NUMBER}です", 3),
    "as-on-the-card": ("1234 5678 9018", 0),
    "full-width-spaces": ("１２３４　５６７８　９０１８", 0),
    "hyphens": ("1234-5678-9018", 0),
    "look-alikes": ("1234－5678−9018", 0),
    "threes": ("123-456-789-018", 0),
    "beside-a-year": (f"2026 {NUMBER}", 5),
    "second-line": (f"面談\n{NUMBER}", 3),
    "sizes-of-all-kinds": ("12345 6789018", 0),
    "spaces-and-hyphen": ("1234-5678 9018", 0),
    "wrapped": ("番号1234 5678\n9018", 2),
    "after-a-date": ("2026-03-05 1234 5678 9018", 11),
    "after-a-date-in-dots": ("2026.03.05  1234  5678  9018", 12),
    "after-a-phone": ("03-3210-1234\n1234  5678  9018", 13),
    "in-a-numbered-list": ("1.1234 5678 9018", 2),
    "after-invisibles": ("\u200b\ufe00123456\U000e0100789018", 2),
}
APART = ["  ", "\t", "\n", "\r\n", "\n\n", ".", "．", "・", "･", " - ", "_", "\u2003", "\xa0"]
APART += [
    "\u200b",
    "\u2060",
    "\ufe0f",
    "\u034f",
    "\U000e0100",
    " \u200b ",
    "－",
    "—",
    "ー",
    "・\u3000",
]
SIZES = [4, 3, 6, 2, 1]
NOT_FOUND = {
    "wrong-check-digit": "123456789012",
    "eleven": NUMBER[:-1],
    "in-thirteen": f"7{NUMBER}",
    "in-thirteen-before": f"{NUMBER}7",
    "card-of-sixteen": "1234-5678-9018-1111",
    "sixteen-with-spaces": "1111 1234 5678 9018",
    "account-before": f"12-{NUMBER}",
    "from-abroad": f"+{NUMBER}",
    "mobile": "090-1234-5678",
    "two-phones": "03-3210-1234 090-1234-5678",
    "amount": "123,456,789,018",
    "day-and-time": "2026-03-05 1200",
    "other-script": "١٢٣٤٥٦٧٨٩٠١٨",
    "corporate-number": "7000012050002",
    "way-out": "123456/789018",
    "listed": "1234、5678、9018",
}
PHONES = [
    "0312345678",
    "03-1234-5678",
    "03 1234 5678",
    "0467-12-3456",
    "090-1234-5678",
    "09012345678",
]
DATES = ["20260305", "2026-03-05", "2026 03 05", "2026.03.05", "2026/03/05", "2026/3/5"]
BETWEEN = [" ", "  ", "\n", "\t", "\u3000", " - ", "・", "\u200b "]
# value, code of the refusal, beginning of the sentence
REFUSED = {
    "nul": ("山\x00田", "unstorable", "2文字目に"),
    "surrogate": ("山田\ud800", "unstorable", "3文字目に"),
    "replacement": ("\ufffd田\ufffd", "unstorable", "1・3文字目に"),
    "rlo": ("山\u202e田", "bidi", "2文字目に"),
    "isolate": ("\u2066山", "bidi", "1文字目に"),
    "gaiji": ("山\ue000", "gaiji", "2文字目に"),
    "last-gaiji": ("\uf8ff山", "gaiji", "1文字目に"),
    "plane-15": ("\U000f0000山", "gaiji", "1文字目に"),
    "plane-16": ("𠮷\U0010fffd", "gaiji", "2文字目に"),
    "noncharacter": ("山\ufffe", "control", "2文字目に"),
    "noncharacter-arabic": ("山\ufdd0", "control", "2文字目に"),
    "noncharacter-plane": ("山\U0001ffff", "control", "2文字目に"),
    "bell": ("山\x07", "control", "2文字目に"),
    "c1": ("山\x85", "control", "2文字目に"),
    "bom-inside": ("山\ufeff田", "control", "2文字目に"),
    "many": ("\ue000" * 7, "gaiji", "1・2・3・4・5文字目ほかに"),
    "in-lines": ("一行目\n二\ue000", "gaiji", "2行目の2文字目に"),
    "zero-width": ("\u200b\u200b", "invisible", "目に見える"),
    "filler": ("\u3164", "invisible", "目に見える"),
    "braille": ("\u2800", "invisible", "目に見える"),
    "variation-selector": ("\U000e0100", "invisible", "目に見える"),
    "variation-selectors": ("\ufe0e\ufe00", "invisible", "目に見える"),
    "grapheme-joiner": ("\u200b\u034f", "invisible", "目に見える"),
    "mongolian-selector": ("\u180b", "invisible", "目に見える"),
    "khmer-vowel": ("\u17b5", "invisible", "目に見える"),
    "notehead": ("\U0001d159", "invisible", "目に見える"),
    "my-number": (f"番号{NUMBER}", "my_number", "3文字目からの12桁"),
    "my-number-in-lines": ("1234\n5678\n9018", "my_number", "1行目の1文字目からの12桁"),
}
ACCEPTED = [
    "",
    "髙﨑 𠮷子",
    "葛\U000e0100",
    "が\u3099",
    "一行目\n\t二行目\r\n",
    "👨‍👩‍👧",
    "é",
    "\ufa19\ufa10",
    "㈱〓",
]


@pytest.mark.parametrize(("text", "start"), FOUND.values(), ids=FOUND)
def test_my_number_is_found_however_it_is_grouped(text, start):
    assert my_number_in(text) == start


@pytest.mark.parametrize("apart", APART, ids=ascii)
@pytest.mark.parametrize("size", SIZES)
def test_my_number_is_found_whatever_parts_groups_of_one_size(size, apart):
    groups = [NUMBER[place : place + size] for place in range(0, 12, size)]

    assert my_number_in(f"番号{apart.join(groups)}です") == 2


def test_my_numbers_of_a_text_are_masked_where_they_stand():
    text = f"検索「{WIDE} 」、1234 - 5678 - 9018、2026-03-05"

    assert without_my_numbers(text) == f"検索「{'●' * 12} 」、●●●● - ●●●● - ●●●●、2026-03-05"


@pytest.mark.parametrize("between", BETWEEN, ids=ascii)
@pytest.mark.parametrize("own", [*PHONES, *DATES])
def test_telephone_number_or_date_is_not_joined_with_what_stands_beside_it(own, between):
    numbers = [*PHONES, *DATES, "1", "12", "123", "1200", "12:00", "1234567", "1234567890"]

    texts = [text for one in numbers for text in (own + between + one, one + between + own)]

    assert [text for text in texts if twelve_digits_in(text)] == []


@pytest.mark.parametrize("text", NOT_FOUND.values(), ids=NOT_FOUND)
def test_other_numbers_are_left_alone(text):
    assert my_number_in(text) is None


def test_check_digit_is_the_one_of_the_ordinance():
    """Weights 6 5 4 3 2 7 6 5 4 3 2 from the left; a rest of 0 or 1 gives 0."""
    assert [n for n in range(10) if is_my_number(f"12345678901{n}")] == [8]
    assert [n for n in range(10) if is_my_number(f"00000000001{n}")] == [9]
    assert [n for n in range(10) if is_my_number(f"00000000000{n}")] == [0]


def test_one_body_in_eleven_digits_has_exactly_one_check_digit():
    bodies = [f"{number * 7_919_237 % 10**11:011}" for number in range(500)]

    assert {sum(is_my_number(f"{body}{n}") for n in range(10)) for body in bodies} == {1}


@pytest.mark.parametrize(("text", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_text_is_refused_with_its_place_and_what_to_do(text, code, words):
    with pytest.raises(ValidationError) as refused:
        validate_plain_text(text)

    assert (refused.value.code, refused.value.messages[0].startswith(words)) == (code, True)
    assert "ください" in refused.value.messages[0]


@pytest.mark.parametrize("code", sorted(INVISIBLE - {*range(0xE0200, 0xE1000)}), ids=hex)
def test_invisible_character_alone_is_refused(code):
    with pytest.raises(ValidationError):
        validate_plain_text(chr(code))


@pytest.mark.parametrize("text", ACCEPTED, ids=range(len(ACCEPTED)))
def test_text_of_any_language_is_accepted(text):
    validate_plain_text(text)


def test_bom_before_a_text_is_no_part_of_it():
    assert without_bom("\ufeff伊藤") == "伊藤"


@given(st.text() | st.text("0123456789０９- 　\n\ue000\u202e\ufeff"))
def test_any_text_is_accepted_or_refused_with_the_next_step(text):
    sentences = []
    try:
        validate_plain_text(text)
    except ValidationError as refused:
        sentences = refused.messages
    assert all("ください" in sentence for sentence in sentences)
