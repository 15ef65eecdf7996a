import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.reading import read_kana

KANA = [chr(code) for code in range(0x30A1, 0x30FB)]
READ = {
    "half-width": ("ﾔﾏﾀﾞ", "ヤマダ"),
    "half-width-semi-voiced": ("ﾊﾟﾌｯｸ", "パフック"),
    "half-width-v": ("ｳﾞｧﾝ", "ヴァン"),
    "half-width-long": ("ｻｰﾋﾞｽ", "サービス"),
    "half-width-space": ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"),
    "half-width-dot": ("ｼﾞｮﾝ･ｽﾐｽ", "ジョン・スミス"),
    "hiragana": ("やまだ", "ヤマダ"),
    "hiragana-v": ("ゔぁん", "ヴァン"),
    "mark-apart": ("う゛ぁん", "ヴァン"),
    "mark-combining": ("カ\u3099", "ガ"),
    "iteration": ("ゝゞヽヾ", "ヽヾヽヾ"),
    "old": ("ヰヱヲヵヶヮゐゑゎ", "ヰヱヲヵヶヮヰヱヮ"),
    "rare": ("ヷヸヹヺ", "ヷヸヹヺ"),
    "full-width-space-stays": ("ヤマダ　タロウ", "ヤマダ　タロウ"),
    "hyphen-for-long": ("ｻ-ﾋﾞｽ", "サービス"),
    "dash-for-long": ("サ―ビス", "サービス"),
    "hyphen-of-a-double-name": ("ジャン-ピエール", "ジャン-ピエール"),
    "full-width-hyphen": ("マリ－テレーズ", "マリ-テレーズ"),
    "unseen": ("ヤマダ\u200b\xa0タロウ", "ヤマダ タロウ"),
    "latin": ("ＡＢＣショウジ", "ABCショウジ"),
    "bank-form": ("カ）ヤマダ", "カ)ヤマダ"),
    "foreign": ("ジャン＝ポール・サルトル", "ジャン＝ポール・サルトル"),
    "digits": ("ダイ１セイサクショ", "ダイ1セイサクショ"),
}
REFUSED = {
    "kanji": ("山田タロウ", "漢字"),
    "iteration-kanji": ("サ々キ", "漢字"),
    "variant": ("髙ハシ", "漢字"),
    "latin-only": ("Yamada", "エービーシー"),
    "digits-only": ("123", "エービーシー"),
    "emoji": ("ヤマダ😀", "取り除いて"),
    "newline": ("ヤマダ\nタロウ", "取り除いて"),
    "comma": ("ヤマダ、タロウ", "取り除いて"),
    "hangul": ("김ヤマダ", "取り除いて"),
}


@pytest.mark.parametrize(("typed", "stored"), READ.values(), ids=READ)
def test_reading_becomes_full_width_katakana(typed, stored):
    assert read_kana(typed) == stored


@pytest.mark.parametrize(("typed", "word"), REFUSED.values(), ids=REFUSED)
def test_reading_of_other_letters_is_refused_with_advice(typed, word):
    with pytest.raises(ValidationError, match=word):
        read_kana(typed)


def test_every_katakana_stays_and_every_hiragana_becomes_it():
    hiragana = [chr(ord(kana) - 0x60) for kana in KANA if kana <= "ヶ"]

    assert [read_kana(kana) for kana in KANA] == KANA
    assert [read_kana(kana) for kana in hiragana] == KANA[: len(hiragana)]


@given(st.text("ｱｶﾞﾊﾟｰ-゛゜あがうカ゚ーア山Aａ 　・(", max_size=12) | st.text(max_size=12))
def test_any_text_is_a_reading_or_refused_and_read_again_is_the_same(text):
    try:
        kana = read_kana(text)
    except ValidationError:
        return
    assert read_kana(kana) == kana
