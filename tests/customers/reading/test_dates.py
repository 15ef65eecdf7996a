from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from customers.reading import other_era, read_date
from wealthai.wording import wareki

BIRTH, MARCH = date(1955, 4, 1), date(2026, 3, 5)
SAME_DAY = {
    BIRTH: """昭和30年4月1日 昭和30年04月01日 昭和３０年４月１日 S30.4.1 s30.4.1 S30/4/1 s30/4/1
    S30-4-1 Ｓ３０．４．１ 昭30.4.1 ㍼30年4月1日 ㍼30.4.1 昭和30.4.1 S30年4月1日 1955/4/1 19550401""",
    MARCH: """2026/03/05 2026/3/5 2026-03-05 2026-3-5 2026.3.5 2026.03.05 2026年3月5日 2026年03月05日
    20260305 ２０２６／０３／０５ ２０２６年３月５日 ２０２６－３－５ 2026−3−5 2026ー3ー5 2026・3・5 ２０２６０３０５
    令和8年3月5日 R8.3.5 r8/3/5 ㋿8年3月5日""",
}
REFUSED = [
    "03/05/2026",
    "3/5/2026",
    "05.03.2026",
    "26/3/5",
    "2026/3",
    "2026年3月",
    "2026/3/5/1",
    "2026/13/1",
    "2026/2/30",
    "2025/2/29",
    "2026/0/1",
    "2026/1/0",
    "0000/1/1",
    "昭和0年1月1日",
    "昭和30年2月29日",
    "昭和30年13月1日",
    "昭和100年1月1日",
    "大化1年1月1日",
    "X30.1.1",
    "平成",
    "今日",
    "2026-03/05",
    "2026年3月5",
    "2026-W10-4",
    "2026/٣/5",
    "２０２６年²月5日",
    "20260230",
    "202603051",
    "三月五日",
    "明治5年12月2日",
    "M1.1.1",
    "昭和95年1月1日",
    "大正80年1月1日",
    "明治60年1月1日",
    "2026/03/05T00:00",
    "---",
    "2026//3/5",
]
EDGES = [
    ("明治6年1月1日", "1873-01-01", False),
    ("明治45年7月29日", "1912-07-29", False),
    ("明治45年7月30日", "1912-07-30", True),
    ("大正元年7月30日", "1912-07-30", False),
    ("大正元年7月29日", "1912-07-29", True),
    ("大正15年12月24日", "1926-12-24", False),
    ("大正15年12月25日", "1926-12-25", True),
    ("昭和元年12月25日", "1926-12-25", False),
    ("昭和元年12月24日", "1926-12-24", True),
    ("昭和64年1月7日", "1989-01-07", False),
    ("昭和64年1月8日", "1989-01-08", True),
    ("S64.1.8", "1989-01-08", True),
    ("昭和65年3月31日", "1990-03-31", True),
    ("平成元年1月8日", "1989-01-08", False),
    ("平成1年1月7日", "1989-01-07", True),
    ("平成31年4月30日", "2019-04-30", False),
    ("平成31年5月1日", "2019-05-01", True),
    ("平成42年3月20日", "2030-03-20", True),
    ("令和元年5月1日", "2019-05-01", False),
    ("令和1年4月30日", "2019-04-30", True),
    ("令和6年2月29日", "2024-02-29", False),
]


def read(text):
    try:
        return read_date(text)
    except ValidationError:
        return None


@pytest.mark.parametrize("day", SAME_DAY, ids=str)
def test_day_is_read_however_it_is_written(day):
    assert {text: read(text) for text in SAME_DAY[day].split()} == dict.fromkeys(
        SAME_DAY[day].split(), day
    )


@pytest.mark.parametrize("text", [" 昭和 30年 4月　1日 ", "1955/4/1\xa0", "\u200b1955/4/1\ufeff"])
def test_spaces_do_not_matter_seen_or_not(text):
    assert read(text) == BIRTH


def test_what_is_no_day_or_no_certain_one_is_refused():
    assert {text: read(text) for text in REFUSED} == dict.fromkeys(REFUSED)


@pytest.mark.parametrize(
    ("text", "day", "is_noticed"), EDGES, ids=[day + str(on)[0] for _, day, on in EDGES]
)
def test_edges_of_the_eras_are_days_and_a_wrong_era_is_said(text, day, is_noticed):
    assert (str(read(text)), bool(other_era(text))) == (day, is_noticed)


def test_notice_of_a_wrong_era_says_the_day_meant():
    assert "1989/01/08（平成元年）" in other_era("昭和64年1月8日")


def test_every_day_since_1873_is_read_from_its_own_era():
    days = [date(1873, 1, 1) + timedelta(days=n) for n in range(0, 83_000, 7)]
    written = {day: wareki(day).partition("（")[2].rstrip("）") for day in days}

    assert [d for d in days if read(f"{written[d]}{d.month}月{d.day}日") != d] == []


@given(st.text("昭和平成令大正明治元年月日SHRTM0123456789０９/-.－・ ㍼", max_size=14) | st.text())
def test_any_text_is_a_day_or_refused(text):
    day = read(text)

    assert day is None or read(f"{day:%Y/%m/%d}".rjust(10, "0")) == day
    if day is None:
        return
    assert other_era(text) is None or str(day.year) in other_era(text)
