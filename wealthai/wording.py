"""How figures, dates, steps and refusals are written on screen: values in, Japanese text out.

Shortened yen are rounded half up to whole 万 (four places), because lists are for comparing; below
1万 the amount is written in full. The exact amount always stands in the title and in the record.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from django.utils import timezone

MISSING = "―"
MAN, OKU = 10_000, 100_000_000
# Another system may store what nobody means; the default of 28 digits would raise.
WIDE = Context(prec=100)
TENTH = Decimal("0.1")
WEEKDAYS = "月火水木金土日"
# Currencies without minor units (ISO 4217); every other one has two places.
WHOLE_CURRENCIES = {"JPY", "KRW", "VND"}
RISK = {"1": "保守的", "2": "やや保守的", "3": "中立", "4": "やや積極的", "5": "積極的"}
# Before 1873 Japan counted by the moon, so the dates of earlier years do not map one to one.
ERAS = (
    (datetime.date(2019, 5, 1), "令和"),
    (datetime.date(1989, 1, 8), "平成"),
    (datetime.date(1926, 12, 25), "昭和"),
    (datetime.date(1912, 7, 30), "大正"),
    (datetime.date(1873, 1, 1), "明治"),
)
MEIJI_BEGAN = 1868


@dataclass(frozen=True)
class Words:
    """`text` is the amount without a sign."""

    text: str
    negative: bool


def number(value):
    """`value` as Decimal, None for what is missing or no number."""
    if type(value) is int:
        return Decimal(value)
    try:
        result = None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
    return result if result is None or result.is_finite() else None


def whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def shortened(amount: Decimal) -> str:
    """48億2,310万 for 4,823,100,000; the argument is not negative."""
    if amount < MAN:
        return f"{whole(amount):,}"
    oku, man = divmod(whole(amount / MAN), OKU // MAN)
    return (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "")


def plain(amount: Decimal, currency: str) -> str:
    if currency in WHOLE_CURRENCIES:
        return f"{whole(amount):,}"
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP, WIDE):,}"


def amount_words(value, currency="JPY", unit=True, short=False):
    """The amount in words of the screen, None when there is none."""
    amount = number(value)
    if amount is None:
        return None
    size = abs(amount)
    text = shortened(size) if short and currency == "JPY" else plain(size, currency)
    if unit:
        text = f"{text}円" if currency == "JPY" else f"{text} {currency}"
    return Words(text, amount < 0 and any(digit in text for digit in "123456789"))


def full_amount(value, currency="JPY"):
    words = amount_words(value, currency)
    return words and ("▲" if words.negative else "") + words.text


def digits_and_units(text):
    """48億2,310万円 as (48, 億), (2,310, 万円), so that the units can be set smaller."""
    return re.findall(r"([\d,.]+)([^\d,.]*)", text)


def figures(value):
    """A quantity or a price, whole or with two places: 20, 50.25, 1,000,000."""
    if type(value) is int:
        return f"{value:,}"
    amount = number(value)
    if amount is None:
        return MISSING
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def percent(value):
    """A share with one place: 12.3%."""
    amount = number(value)
    if amount is None:
        return MISSING
    return f"{amount.quantize(TENTH, ROUND_HALF_UP, WIDE) + 0}%"


def yen(value):
    return full_amount(value) or MISSING


def oku(value):
    words = amount_words(value, unit=False, short=True)
    return ("▲" if words.negative else "") + words.text if words else MISSING


def risk_words(value):
    """`3 中立`; None for a value that is no step."""
    return f"{value} {RISK[str(value)]}" if str(value) in RISK else None


def unreadable(labels):
    """Why nobody is found by the conditions called so; empty where there are none."""
    names = "」「".join(labels)
    return names and (
        f"条件「{names}」は、値が正しくないか、見られる範囲にありません。条件を選び直してください。"
    )


def dash(value):
    return MISSING if value is None or value == "" else value


def wareki(day):
    """`1955/11/08（昭和30年）`."""
    if not day:
        return MISSING
    written = f"{day:%Y/%m/%d}"
    if isinstance(day, datetime.datetime):
        day = day.date()
    for begin, era in ERAS:
        if day >= begin:
            year = day.year - (MEIJI_BEGAN if era == "明治" else begin.year) + 1
            return f"{written}（{era}{'元' if year == 1 else year}年）"
    return written


def local_day(value):
    if isinstance(value, datetime.datetime):
        return timezone.localdate(value) if timezone.is_aware(value) else value.date()
    return value


def short_date(value, today=None):
    """`11/05` in this year, else `2025/11/05`."""
    if not value:
        return MISSING
    day = local_day(value)
    year = (today or timezone.localdate()).year
    return f"{day:%m/%d}" if day.year == year else f"{day:%Y/%m/%d}"


def weekday(day):
    return WEEKDAYS[day.weekday()]


def month_day(day):
    """`11/05(水)`."""
    return f"{day:%m/%d}({weekday(day)})"


def ago(value, now=None):
    """How long since: たった今, 5分前, 3時間前 today, else 6日前; あと3日 for what is ahead."""
    if not value:
        return MISSING
    now = now or timezone.now()
    days = (timezone.localdate(now) - local_day(value)).days
    if days:
        return f"{days:,}日前" if days > 0 else f"あと{-days:,}日"
    if not isinstance(value, datetime.datetime):
        return "本日"
    minutes = int((now - value).total_seconds() // 60)
    if minutes < 1:
        return "たった今" if minutes >= -1 else "本日"
    return f"{minutes}分前" if minutes < 60 else f"{minutes // 60}時間前"
