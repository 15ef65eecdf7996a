import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from wealthai import wording

NOW = datetime.datetime(2026, 11, 24, 15, 0, tzinfo=datetime.UTC)  # 25 November, 0:00 in Tokyo


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (4_823_100_000, "48億2,310万"),
        (300_000_000, "3億"),
        (20_400_000, "2,040万"),
        (18_654_999, "1,865万"),
        (18_655_000, "1,866万"),
        (99_994_999, "9,999万"),
        (99_995_000, "1億"),
        (12_345_678_901_234, "123,456億7,890万"),
        (10_000, "1万"),
        (9_999, "9,999"),
        (0, "0"),
        (-12_870_000, "▲1,287万"),
        (Decimal("-0.40"), "0"),
        (None, "―"),
        ("", "―"),
        ("多い", "―"),
        (float("nan"), "―"),
    ],
    ids=str,
)
def test_oku_rounds_to_whole_man(amount, words):
    assert wording.oku(amount) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (20_400_000, "20,400,000円"),
        (Decimal("1220000.00"), "1,220,000円"),
        (Decimal("0.50"), "1円"),
        (-280_000, "▲280,000円"),
        (0, "0円"),
        (None, "―"),
    ],
    ids=str,
)
def test_yen_writes_the_full_amount(amount, words):
    assert wording.yen(amount) == words


@pytest.mark.parametrize(
    ("currency", "words"),
    [("USD", "96,240.00 USD"), ("JPY", "96,240円"), ("KRW", "96,240 KRW")],
)
def test_amounts_keep_their_currency(currency, words):
    assert wording.full_amount("96240", currency) == words


@pytest.mark.parametrize(
    ("currency", "words"),
    [("JPY", f"▲1{',000' * 12}円"), ("USD", f"▲1{',000' * 12}.00 USD")],
)
def test_amounts_of_any_size_are_written(currency, words):
    assert wording.full_amount(-(10**36), currency) == words


def test_figure_parts_digits_from_units():
    assert wording.digits_and_units("48億2,310万円") == [("48", "億"), ("2,310", "万円")]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("1955-11-08", "1955/11/08（昭和30年）"),
        ("2019-05-01", "2019/05/01（令和元年）"),
        ("2019-04-30", "2019/04/30（平成31年）"),
        ("1989-01-07", "1989/01/07（昭和64年）"),
        ("1926-12-25", "1926/12/25（昭和元年）"),
        ("1926-12-24", "1926/12/24（大正15年）"),
        ("1912-07-29", "1912/07/29（明治45年）"),
        ("1873-01-01", "1873/01/01（明治6年）"),
        ("1872-12-31", "1872/12/31"),
    ],
)
def test_wareki_names_the_era_of_the_day(day, words):
    assert wording.wareki(datetime.date.fromisoformat(day)) == words


def test_missing_values_are_a_dash():
    assert [wording.wareki(None), wording.ago(None), wording.short_date(None)] == ["―"] * 3
    assert [wording.dash(value) for value in (None, "", 0, "医師")] == ["―", "―", 0, "医師"]


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ({"seconds": 59}, "たった今"),
        ({"minutes": 5}, "5分前"),
        ({"hours": -3}, "本日"),
        ({"minutes": 61}, "1時間前"),
        ({"days": 6}, "6日前"),
        ({"days": 1200}, "1,200日前"),
        ({"days": -3}, "あと3日"),
    ],
    ids=str,
)
def test_ago_counts_in_tokyo_days(before, words):
    noon = NOW + datetime.timedelta(hours=12)

    assert wording.ago(noon - datetime.timedelta(**before), now=noon) == words


def test_ago_of_a_day_without_time():
    today = timezone.localdate(NOW)

    assert wording.ago(today, now=NOW) == "本日"
    assert wording.ago(today - datetime.timedelta(days=1), now=NOW) == "1日前"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Decimal("12.25"), "12.3%"),
        (Decimal(100), "100.0%"),
        (Decimal("-0.04"), "0.0%"),
        (None, "―"),
    ],
    ids=str,
)
def test_percent_has_one_place(share, words):
    assert wording.percent(share) == words


def test_month_day_says_the_day_of_the_week():
    assert wording.month_day(datetime.date(2026, 11, 5)) == "11/05(木)"


@pytest.mark.parametrize(("day", "words"), [("2026-11-05", "11/05"), ("2025-12-31", "2025/12/31")])
def test_short_date_leaves_out_this_year(day, words):
    today = datetime.date(2026, 11, 24)

    assert wording.short_date(datetime.date.fromisoformat(day), today=today) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("20.00"), "20"),
        (Decimal("1000000"), "1,000,000"),
        (Decimal("81586.30"), "81,586.30"),
        (None, "―"),
    ],
    ids=["whole", "large", "places", "missing"],
)
def test_quantity_is_written_whole_or_with_two_places(value, text):
    assert wording.figures(value) == text
