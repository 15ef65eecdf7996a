"""The dates, shares and amounts of a Japanese text, each as a value that can be compared.

One reader for both sides: for what an answer says, and for what the model was given (chat/given.py).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from customers.reading.currency import CODES, WORDS

FISCAL = "年度"  # the unit of a year that begins in April
COUNT = "個"  # the unit of whatever is counted: shares, people, days
MAN = 10**4

# 一億二千万円, 二〇二六年三月五日, 三割: in a figure only, for 一 and 千 stand in many a word.
KANJI_DIGITS = "〇一二三四五六七八九"
KANJI = f"{KANJI_DIGITS}十百千万億兆"
KANJI_FIGURE = re.compile(
    rf"(?:(?<![0-9])[{KANJI_DIGITS}]|(?<![0-9{KANJI}])[十百千])[{KANJI}]*"
    rf"(?:(?<=[万億兆])|(?=[円年月日%割厘]|分.厘|ドル|ユーロ|ポンド|パーセント|[〜~][{KANJI}]))"
    rf"|(?<=割)[{KANJI_DIGITS}](?=分)"
)
# 十, 百 and 千 without a digit before them are 1 ten; their other signs (拾) say so, at equal length.
ALONE = re.compile(r"(?<![0-9])[十百千]")
AS_DIGITS = str.maketrans(KANJI_DIGITS, "0123456789")
AS_ALONE = str.maketrans("十百千", "拾佰仟")

UNITS = {"兆": 10**12, "億": 10**8, "万": MAN, "千": 1000, "百": 100, "十": 10}
UNITS |= {"仟": 1000, "佰": 100, "拾": 10}
DIGITS = r"\d(?:[\d,]*\d)?(?:\.\d+)?"
# Nothing is given back once it matched: 万万万万 would cost a time that doubles with each.
NUMBER = rf"(?:{DIGITS}|[拾佰仟](?:{DIGITS})?)(?: ?[兆億万千百十仟佰拾]++ ?(?:{DIGITS})?)*+"
STEP = re.compile(rf"({DIGITS})|([{''.join(UNITS)}])", re.ASCII)

CURRENCIES = {code: code for code in CODES} | WORDS
CURRENCIES |= {"元": "CNY", "フラン": "CHF", "リラ": "TRY", "バーツ": "THB", "ルーブル": "RUB"}
LATIN = [*CODES, "YEN", "jpy", "usd", "eur", "gbp", "aud"]  # the rest in small letters are words
SIGNS = [word for word in WORDS if word.endswith(tuple("$¥€£₩"))]
WORDS_BEFORE = [*SIGNS, "米ドル", "豪ドル", "ドル", "ユーロ", "ポンド", "日本円"]


def any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


BEFORE_NUMBER = rf"{any_of(WORDS_BEFORE)}|(?:{any_of(LATIN)})(?![A-Za-z])"
AFTER_NUMBER = rf"{any_of({*CURRENCIES, *LATIN} - {'元'})}|元(?![本年金])"
COUNTERS = "株|口|個|枚|名|人|件|歳|社|本|回|か月|[ヶカヵ]月|年|月|日|週|時|分|秒|期|号|位|倍|度|階"
SHARES = {"%": Decimal(1), "パーセント": Decimal(1), "割": Decimal(10), "分": Decimal(1)}
SHARES |= {"厘": Decimal("0.1"), "bp": Decimal("0.01"), "ベーシスポイント": Decimal("0.01")}
TO = r" ?(?:[〜~―—–−-]|から) ?"
MINUS = ("-", "−", "▲", "△", "マイナス")
ROUGH = re.compile(r"(?:約|およそ|おおよそ|ほぼ|概ね|おおむね) ?$")
ROUGHLY = re.compile(r" ?(?:ほど|程度|前後|くらい|ぐらい|余り|あまり|強|弱)")
LOSS = r"(?:損失|損(?![益保害失])|赤字)"
LOSS_BEFORE = re.compile(rf"{LOSS}[^\d\n。、,・()/]{{0,10}}$")
LOST = rf"(?:含み|評価|売却)?(?:{LOSS}|マイナス)"
LOSS_BEHIND = re.compile(rf" ?(?:ほど|程度)?(?:の{LOST}|\({LOST}\))")

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "R": 2018, "H": 1988, "S": 1925}
TWO = r"(?:\d?[十拾]\d?|\d{1,2})"
ERA = rf"(?P<era>令和|平成|昭和|大正|[RHS]) ?(?P<of_era>元|{TWO})"
FULL_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
MONTH = rf"(?P<month>{TWO})(?: ?月?{TO}(?P<to_month>{TWO}))? ?月(?!間)"
DAY = rf"(?P<day>{TWO})(?: ?日?{TO}(?P<to_day>{TWO}))? ?日(?!間)"
BEFORE, BEHIND = r"(?<![\dA-Za-z.,/])", r"(?![\d/])"
# The first that matches at a place has it.
DATES = [
    re.compile(BEFORE + pattern, re.ASCII)
    for pattern in (
        rf"(?:{ERA}|(?P<year>\d{{4}}|'?\d\d)) ?年 ?{MONTH}(?: ?{DAY})?",
        rf"(?:{ERA}|(?P<year>\d{{4}}))(?P<dot>[-‐–/.])(?P<month>\d{{1,2}})(?P=dot)(?P<day>\d{{1,2}}){BEHIND}日?",
        rf"(?P<year>'?\d\d)/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){BEHIND}",
        rf"(?<![$¥€£₩]){FULL_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?![\d.,%]| ?(?:{AFTER_NUMBER}|{COUNTERS}))",
        rf"{FULL_YEAR}[-/](?P<month>\d{{1,2}})(?![\d/-])",
        rf"(?:[今当本来翌先前]|再来|先々)月の? ?{DAY}",
        rf"{MONTH}(?: ?{DAY})?",
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){BEHIND}",
        rf"(?:{ERA}|{FULL_YEAR}) ?年(?:(?P<of_april>度)|(?!間))",
    )
]
QUANTITY = re.compile(
    rf"(?<![A-Za-z0-9.,])(?:(?P<sign>[-−▲△+]|マイナス|プラス) ?)?"
    rf"(?:(?P<before>{BEFORE_NUMBER}) ?(?P<inner>[-−▲△])? ?)?(?P<number>{NUMBER})"
    r"(?: ?(?:(?P<share>%|パーセント|[bB][pP](?=[sS]?(?![A-Za-z]))|ベーシスポイント|割|厘|分(?= ?\d ?厘))"
    r"(?P<below>(?: ?\d ?分)?(?: ?\d ?厘)?)"
    rf"|(?P<after>{AFTER_NUMBER})(?![A-Za-z])|(?P<counter>{COUNTERS})))?",
    re.ASCII,
)
THOUSANDS = re.compile(r"\d,\d{3}", re.ASCII)

Day = tuple[frozenset[int], int, int]  # years it may be, month, day; nothing where it is not said


@dataclass(frozen=True)
class Figure:
    """`text` and place as written; `days` for a date, else `value` in `unit`. 20261218 has both."""

    kind: str  # date, share, amount; bare: a number that nothing makes an amount
    text: str
    begin: int
    end: int
    value: Decimal = Decimal(0)
    unit: str = ""
    days: tuple[Day, ...] = ()
    is_rough: bool = False
    is_scaled: bool = False  # in 万, 億 or 兆


def plain(text: str) -> str:
    """Digits as ASCII, whatever they were written in."""
    return in_digits(unicodedata.normalize("NFKC", text))


def in_digits(text: str) -> str:
    """Kanji figures in digits; every sign keeps its place."""
    return KANJI_FIGURE.sub(
        lambda match: ALONE.sub(
            lambda unit: unit[0].translate(AS_ALONE), match[0].translate(AS_DIGITS)
        ),
        text,
    )


def figures_in(text: str) -> list[Figure]:
    """The figures of normalized `text`, in their order."""
    read, found = in_digits(text), []
    for pattern in DATES:
        dates = [figure for match in pattern.finditer(read) if (figure := date_of(match, text))]
        for date in dates:
            read = read[: date.begin] + "\n" * (date.end - date.begin) + read[date.end :]
        found += dates
    found += with_shared_units(
        [quantity_of(match, text) for match in QUANTITY.finditer(read)], read
    )
    return sorted(found, key=lambda figure: figure.begin)


# --- dates ------------------------------------------------------------------------------------


def date_of(match: re.Match[str], text: str) -> Figure | None:
    said = {"era": None, "year": None} | match.groupdict()
    names = ("month", "to_month", "day", "to_day")
    month, to_month, day, to_day = (int(number(said.get(name) or "0")) for name in names)
    if max(month, to_month) > 12 or max(day, to_day) > 31:
        return None
    year = years_of(said)
    days = [(year, month, 0), (year, to_month, day)] if to_month else [(year, month, day)]
    if to_day:
        days.append((year, to_month or month, to_day))
    written = text[match.start() : match.end()]
    value = Decimal(written) if written.isdecimal() else Decimal(0)
    unit = FISCAL if said.get("of_april") else ""
    return Figure("date", written, *match.span(), value, unit, days=tuple(days))


def years_of(said: dict[str, Any]) -> frozenset[int]:
    """The years it may mean: 25年 is 2025 or 1925. None of them when it says none."""
    if said["era"]:
        of_era = 1 if said["of_era"] == "元" else int(number(said["of_era"]))
        return frozenset({ERAS[said["era"]] + of_era})
    digits = (said["year"] or "").lstrip("'")
    if len(digits) == 2:
        return frozenset({2000 + int(digits), 1900 + int(digits)})
    return frozenset({int(digits)} if digits else ())


# --- amounts and shares -----------------------------------------------------------------------


def quantity_of(match: re.Match[str], text: str) -> Figure:
    value, kind, unit = number(match["number"]), "bare", ""
    is_scaled = bool(re.search("[万億兆]", match["number"]))
    if match["share"]:
        kind, value = "share", value * SHARES[match["share"].lower()]
        for digit, below in re.findall(r"(\d) ?([分厘])", match["below"]):
            value += int(digit) * SHARES[below]
    elif sign := match["after"] or match["before"]:
        kind, unit = "amount", CURRENCIES[sign.upper()]
    elif is_scaled or THOUSANDS.search(match["number"]):
        kind = "amount"
    begin, end = match.span()
    before, behind = match.string[max(0, begin - 20) : begin], match.string[end : end + 10]
    return Figure(
        kind,
        text[begin:end],
        begin,
        end,
        -value if is_minus(match, before, behind) else value,
        COUNT if match["counter"] else unit,
        is_rough=bool(ROUGH.search(before) or ROUGHLY.match(behind)),
        is_scaled=is_scaled,
    )


def is_minus(match: re.Match[str], before: str, behind: str) -> bool:
    """Said by a sign, or by the word beside it: 含み損は20万円, 20万円の損失."""
    if match["sign"] in MINUS or match["inner"]:
        return True
    return bool(LOSS_BEFORE.search(before) or LOSS_BEHIND.match(behind))


def with_shared_units(found: list[Figure], text: str) -> list[Figure]:
    """2000〜3000万円 are 2000万円 and 3000万円, and $20〜30 are $20 and $30."""
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index : index + 2]
        if not re.fullmatch(TO, text[first.end : second.begin]):
            continue
        if first.kind == "bare" or (first.kind == "amount" and not first.unit):
            found[index] = like(first, second, text)
        elif second.kind == "bare" and not second.unit and not first.text[0].isdigit():
            found[index + 1] = replace(second, kind=first.kind, unit=first.unit)
    return found


def like(first: Figure, second: Figure, text: str) -> Figure:
    """`first` with what stands behind the digits of `second`; without its 万 where that is too much."""
    said = text[first.begin : first.end]
    behind = re.sub(r"^.*\d", "", text[second.begin : second.end])
    for tail in (behind, behind.lstrip("兆億万千百十仟佰拾")):
        read = QUANTITY.fullmatch(said + tail)
        if read and abs(number(read["number"])) <= abs(second.value) or (read and read["share"]):
            whole = quantity_of(read, said + tail)
            return replace(
                whole, text=first.text, begin=first.begin, end=first.end, is_rough=first.is_rough
            )
    return first


def number(text: str) -> Decimal:
    """1億2,000万 and 3千5百万 as Japanese counts: 千 and 百 belong to the next 万, 億 or 兆."""
    total = below = figure = Decimal(0)
    for match in STEP.finditer(text):
        digits, unit = match.groups()
        if digits:
            figure = Decimal(digits.replace(",", ""))
        elif UNITS[unit] < MAN:
            below, figure = below + (figure or 1) * UNITS[unit], Decimal(0)
        else:
            total += (below + figure) * UNITS[unit]
            below = figure = Decimal(0)
    return total + below + figure
