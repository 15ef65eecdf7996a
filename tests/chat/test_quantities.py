"""Which figure of an answer stands in what the model was given: kind, value, sign and unit."""

import json

import pytest

from chat.grounding import unverified
from chat.quantities import figures_in, plain

BOND = json.dumps(
    {
        "id": "crm://holding/120@7",
        "product_code": "D-JGB-10",
        "currency": "USD",
        "quantity": "1,000",
        "unit_price": "98.50",
        "market_value": "100,000",
        "gain": "-200,000.50",
        "maturity_date": "2026-12-18",
    }
)
PERSON = json.dumps({"code": "C003", "age": 71, "net_worth_yen": 75213400, "note": "1\n2,500円"})

STANDS = {
    "code-behind": ("100,000 USD", BOND),
    "code-before": ("USD100,000", BOND),
    "dollar-sign": ("US$100,000", BOND),
    "word": ("100,000米ドル", BOND),
    "man-dollars": ("10万ドル", BOND),
    "no-unit-said": ("100,000", BOND),
    "counted": ("1,000口", BOND),
    "minus": ("-200,000.50 USD", BOND),
    "triangle": ("▲200,000.50ドル", BOND),
    "loss-before": ("含み損は200,000.50ドル", BOND),
    "loss-behind": ("200,000.50ドルの含み損", BOND),
    "month-and-day": ("12/18", BOND),
    "day-with-weekday": ("12/18(金)", BOND),
    "month-only": ("12月", BOND),
    "year-only": ("2026年", BOND),
    "year-and-month": ("2026/12", BOND),
    "short-year": ("26年12月18日", BOND),
    "short-slashes": ("26/12/18", BOND),
    "wareki": ("令和8年12月18日", BOND),
    "wareki-letter": ("R8/12/18", BOND),
    "only-digits": ("20261218に償還", BOND),
    "only-digits-given": ("2026年12月18日", "満期 20261218"),
    "amount-that-looks-like-a-day": ("20,261,218円", "20261218円、20261218"),
    "amount-of-a-fact-that-looks-like-a-day": ("20,261,218円", '{"net_worth_yen": 20261218}'),
    "day-of-next-month": ("来月18日", BOND),
    "day-of-next-month-given": ("来月の18日", "来月18日に電話"),
    "fiscal-year": ("2026年度", BOND),
    "fiscal-year-given": ("2026年度", "2026年度の計画"),
    "digits-of-an-amount": ("評価額20001231", "20,001,231円"),
    "end-of-a-fiscal-year": ("令和7年度", "2026-03-31"),
    "kanji-date": ("十二月十八日", BOND),
    "yen-of-the-name": ("75,213,400円", PERSON),
    "cut-to-man": ("7,521万円", PERSON),
    "about": ("約7,500万円", PERSON),
    "about-oku": ("0.75億円ほど", PERSON),
    "at-a-line-of-a-note": ("2,500円", PERSON),
    "kanji": ("五百万", "5,000,000円"),
    "thousands": ("5,000千円", "5,000,000円"),
    "range": ("2000〜3000万円", "2千万円から三千万円"),
    "range-given": ("二千万円と3000万円", "2,000〜3,000万円"),
    "range-of-kanji": ("三千〜四千万円", "3000万円、4000万円"),
    "range-of-days": ("12月10日〜15日", "2026-12-10 2026-12-15"),
    "range-of-days-short": ("12月10〜15日", "2026-12-10 2026-12-15"),
    "range-of-months": ("2026年4〜6月", "2026-04-01 2026-06-30"),
    "range-of-shares": ("2〜3%", "2% 3%"),
    "wari": ("3割", "30%"),
    "wari-given": ("30%", "三割"),
    "wari-bu-rin": ("3割5分2厘", "35.2%"),
    "basis-points": ("50bp", "0.5%"),
    "basis-points-many": ("50 bps", "0.50%"),
    "minus-share": ("マイナス0.1%", "-0.1%"),
    "rounded-dollars": ("約10万ドル", "USD 100,400"),
    "counted-below-a-thousand": ("10株、64歳、3件、2か月", ""),
    "sector-and-name": ("千葉の百貨店、第105回", ""),
}
MARKED = {
    "only-digits": ("20261219", BOND),
    "day-beside-nought": ("2026-12-19", "0円"),
    "day-of-next-month": ("来月19日", BOND),
    "fiscal-year": ("2027年度", BOND),
    "fiscal-year-of-the-month": ("2026年度", "2027-11-15"),
    "year-of-a-fiscal-year": ("2027年", "2026年度の計画"),
    "other-currency": ("100,000円", BOND),
    "other-currency-of-a-note": ("100,000 USD", "100,000円です"),
    "other-dollar": ("100,000豪ドル", BOND),
    "money-of-a-count": ("1,000円", BOND),
    "money-of-an-age": ("71円", PERSON),
    "key-of-a-record": ("120円", BOND),
    "days-no-money": ("90円", "90日以内"),
    "gain-for-loss": ("200,000.50 USD", BOND),
    "plus": ("+200,000.50 USD", BOND),
    "minus-for-plus": ("-100,000 USD", BOND),
    "triangle-for-plus": ("▲100,000ドル", BOND),
    "unseen-code": ("USD 999999", BOND),
    "small-code": ("999999 usd", BOND),
    "wari": ("3割", "3% 3"),
    "kanji-wari": ("三割", "20%"),
    "basis-points": ("50bp", "50% 50"),
    "kanji": ("五百万", "5,000"),
    "short-year": ("25年3月5日", "2026-03-05"),
    "month-and-day": ("12/31", BOND),
    "month": ("11月", BOND),
    "year": ("2027年", BOND),
    "longer-than-given": ("2026年12月18日", "12/18"),
    "about-too-far": ("約1億円", "119,000,000円"),
    "about-finer": ("約7,400万円", PERSON),
    "not-rounded": ("7,520万円", PERSON),
    "rounded-while-small": ("3万円", "34,000円"),
    "odd-commas": ("1,2345円", "2,345円"),
    "sum": ("300,000円", "100,000円 200,000円"),
    "difference": ("50,000円", "150,000円から100,000円"),
}


@pytest.mark.parametrize(("answer", "given"), STANDS.values(), ids=STANDS)
def test_figure_stands_in_what_was_given(answer, given):
    assert list(unverified(f"これは{answer}です。", [given])) == []


@pytest.mark.parametrize(("answer", "given"), MARKED.values(), ids=MARKED)
def test_figure_that_does_not_stand_is_named_as_written(answer, given):
    [named] = unverified(f"これは{answer}です。", [given])

    assert named.lstrip("約") == answer.lstrip("約")


@pytest.mark.parametrize(
    ("answer", "given", "named"),
    [
        ("2000〜3000万円", "3000万円", ["2000"]),
        ("12月10日〜15日", "2026-12-10", ["12月10日〜15日"]),
        ("評価額1,000万円（含み損 50万円）", "評価額 10,000,000円、-500,000円", []),
        ("含み益50万円、含み損20万円", "-500,000円 -200,000円", ["50万円"]),
        ("損益 20万円", "200,000円", []),
        ("損保の社債 20万円", "200,000円", []),
        ("$20〜30", "20ドル", ["30"]),
        ("5000〜1億円", "5000円 1億円", []),
    ],
)
def test_figures_side_by_side_are_told_apart(answer, given, named):
    assert list(unverified(answer, [given])) == named


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("一部の千代田区で万一", []),
        ("1ページ", ["bare"]),
        ("13/45 と 24/7", ["bare"] * 4),
        ("3分の1", ["bare"] * 2),
        ("C001とJGB10", []),
    ],
)
def test_words_and_keys_are_no_figures(text, kinds):
    assert [figure.kind for figure in figures_in(plain(text))] == kinds


@pytest.mark.parametrize("text", ["万" * 9000, "1," * 9000, "十" * 9000, "1/" * 9000, "〜1" * 9000])
def test_endless_text_is_read_at_once(text):
    assert list(unverified("1" + text, ["2" + text])) is not None
