"""What is the same text to somebody who searches, and in which order kana stand."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.folding import HYPHENS, fold
from customers.kana_order import kana_key
from customers.variant_kanji import GROUPS
from wealthai.invisible import INVISIBLE
from wealthai.text import is_storable

# What meets in names and breaks naive folding: marks alone, joiners, expanding capitals.
TRICKY = "カか゛゙ﾞ゜ﾟハ(株)（㈱㍿㈲ー-〜ヶㇰ會社式会々ゝ\u200b\u0345\U000e0100ǰİßſÅ・ \n"
texts = st.text(st.characters(exclude_categories=[]) | st.sampled_from(TRICKY))
PAIRS = [(old, group[0]) for group in GROUPS for old in group[1:]]
ORDER = """
    アイダ ｱｵｷ ヴァン ウエダ オーノ おおの オノ カトウ ガトウ キョウダ
    キヨタ さゝき サトウ ハヤシ バンドウ パンドウ ヤマタ ヤマダ ワタナベ Smith
"""
IN_ORDER = ORDER.split()


def same(*spellings):
    return len({fold(spelling) for spelling in spellings}) == 1


@given(texts)
def test_folding_again_changes_nothing(text):
    folded = fold(text)

    assert fold(folded) == folded


@given(texts)
def test_folded_text_has_no_white_space(text):
    assert fold(text).split() in ([], [fold(text)])


@pytest.mark.parametrize(
    "spellings",
    [
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ　ハナコ", "やまだはなこ"),
        ("ＡＢＣ", "abc", "Abc"),
        ("キヨウコ", "キョウコ", "きょうこ", "ｷｮｳｺ"),
        ("霞ケ関", "霞ヶ関"),
        ("カヲル", "カオル"),
        ("葛城", "葛\U000e0100城", "葛\ufe00城", "葛\u200b城"),
        ("カ\u3099", "ガ", "カ\u200b゛", "ｶﾞ"),
        ("ジョン・スミス", "ジョン スミス", "ｼﾞｮﾝ･ｽﾐｽ"),
        ("朗\uf929", "朗朗"),
    ],
    ids=range(9),
)
def test_fold_makes_the_same_of(spellings):
    assert same(*spellings)


def test_fold_passes_over_what_nobody_sees():
    assert {fold(f"葛{chr(code)}城") for code in INVISIBLE} == {"葛城"}


@pytest.mark.parametrize("hyphen", [*HYPHENS, "ｰ", "－", "～"], ids=lambda char: f"{ord(char):x}")
def test_fold_knows_as_a_hyphen(hyphen):
    assert fold(f"丸の内1{hyphen}2") == fold("丸の内1-2")


@given(st.text(st.sampled_from([*HYPHENS, "1", "ア", "港"])), st.integers(0, 20))
def test_hyphens_fold_alike_whatever_stands_beside_them(text, place):
    assert fold(text[:place]) + fold(text[place:]) == fold(text)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("株式会社", ["㈱", "（株）", "(株)", "㍿", "株式會社", "（ 株 ）"]),
        ("有限会社", ["㈲", "（有）", "有限會社"]),
        ("合同会社", ["（同）"]),
        ("合資会社", ["㈾", "（資）"]),
        ("合名会社", ["㈴", "（名）"]),
        ("財団法人", ["㈶", "（財）"]),
    ],
    ids=["kabushiki", "yugen", "godo", "goshi", "gomei", "zaidan"],
)
def test_fold_writes_legal_forms_out(long, short):
    assert {fold(f"{form}山田") for form in short} == {f"{long}山田"}


def test_there_are_two_hundred_variants_of_kanji():
    assert len(set(PAIRS)) >= 200


def test_a_kanji_stands_in_one_group_only():
    kanji = [char for group in GROUPS for char in group]

    assert sorted(kanji) == sorted(set(kanji))


@pytest.mark.parametrize(("old", "new"), PAIRS, ids=lambda char: f"{ord(char):x}")
def test_fold_makes_the_same_of_variant_kanji(old, new):
    assert fold(f"{old}山") == fold(f"{new}山") == f"{new}山"


@pytest.mark.parametrize("others", ["畑畠", "坂阪", "園薗", "太大", "ハバ", "ソン", "一-", "木本"])
def test_fold_keeps_apart(others):
    assert fold(others[0]) != fold(others[1])


def test_fold_keeps_every_two_byte_character_of_cp932_searchable():
    pairs = (bytes([high, low]) for high in range(0x81, 0xFD) for low in range(0x40, 0xFD))
    known = {char for pair in pairs if len(char := pair.decode("cp932", "replace")) == 1}
    visible = {char for char in known if is_storable(char) and not char.isspace()}

    assert {char for char in visible if not fold(char)} == {"・"}


def test_kana_stand_in_the_order_of_the_dictionary():
    shuffled = random.Random(3).sample(IN_ORDER, len(IN_ORDER))

    assert sorted(shuffled, key=kana_key) == IN_ORDER


def test_long_vowel_is_the_vowel_before_it():
    assert kana_key("オーノ") < kana_key("オオノ") < kana_key("オーノア") < kana_key("オカ")


def test_kana_of_any_width_and_kind_stand_together():
    assert kana_key("ｱｵｷ") == kana_key("あおき") == kana_key("アオ キ")


@given(texts)
def test_kana_key_is_digits_so_that_every_collation_sorts_it_alike(text):
    assert kana_key(text).isdecimal()
    assert kana_key(text).isascii()


def test_kana_come_before_everything_else():
    others = ["A", "1", "林", "ﾟ", "*"]

    assert kana_key("ンンン") < min(map(kana_key, others))


def test_every_kana_has_a_place_of_its_own():
    kana = [chr(code) for code in range(0x30A1, 0x30FB)]

    assert len({kana_key(unicodedata.normalize("NFC", char)) for char in kana}) == len(kana)
