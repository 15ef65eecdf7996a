"""What identifies somebody by its form alone, whoever it belongs to: numbers and addresses in notes
and questions that stand in no customer's record.

Forms: telephone numbers of Japan (電気通信番号規則: 0 and 9 or 10 digits), postal codes, e-mail, cards
(ISO/IEC 7812: 14 to 16 digits with Luhn's check digit), bank accounts that are called so, ゆうちょ's
記号番号, addresses (chat/places.py), days of birth that are called so, and マイナンバー
(wealthai/my_number.py). Amounts, other dates and codes of products have none of them.

People part numbers by whatever they like, so a number is known by its groups: 090.1111.1111,
090/1111/1111, 090・1111・1111, 〇九〇の…, also over the end of a line.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError

from chat.places import ADDRESS
from customers.reading import read_date
from wealthai.digits import HYPHENS, narrow
from wealthai.invisible import INVISIBLE
from wealthai.my_number import my_numbers_in
from wealthai.spans import Taken

MY_NUMBER, CARD, ACCOUNT, PHONE, POSTAL_CODE, MAIL, HOME, BIRTHDAY = (
    "マイナンバー",
    "カード番号",
    "口座番号",
    "電話番号",
    "郵便番号",
    "メールアドレス",
    "住所",
    "生年月日",
)
NOUNS = {
    MY_NUMBER: "個人番号",
    CARD: "カード番号",
    ACCOUNT: "口座番号",
    PHONE: "電話",
    POSTAL_CODE: "郵便番号",
    MAIL: "メール",
    HOME: "住所",
    BIRTHDAY: "生年月日",
}
ONE_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-") | {"･": "・", "\t": " ", "\r": " "})
KANJI_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
IN_KANJI = re.compile(
    r"[〇○零一二三四五六七八九0-9](?:[-・の ]?[〇○零一二三四五六七八九0-9]){9,11}"
)
BETWEEN = r"[ \n]{0,2}[-./・_,()の|~ \n][ \n(]{0,2}"
AT = r" ?(?:@|[(\[<{] ?(?:at|@|アット(?:マ-ク)?) ?[)\]>}]|アットマ-ク) ?"
DOT = r"(?:\.|。(?=[a-z])| ?[(\[] ?(?:dot|ドット|\.) ?[)\]] ?|ドット)"
LOCAL = r"[\w!#$%&'*+/=?^`{|}~-]"
ERA = "明治|大正|昭和|平成|令和|[MTSHR明大昭平令㍾㍽㍼㍻㋿]"
FIGURES = "[0-9〇一二三四五六七八九十]"
DAY = (
    rf"(?:(?:{ERA}) ?(?:{FIGURES}{{1,3}}|元)|(?:1[89]|20)\d\d|[一二][〇一二三四五六七八九]{{3}})"
    rf"(?: ?年 ?{FIGURES}{{1,3}} ?月 ?{FIGURES}{{1,3}} ?日| ?(?P<sign>[-/.・]) ?\d{{1,2}} ?(?P=sign) ?\d{{1,2}}(?!\d))"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
# Only beside a word that says what it is the day of: 58/2/2, 33年2月2日, 2月2日.
SHORT_DAY = r"\d\d ?(?:年 ?\d{1,2} ?月 ?\d{1,2} ?日|[-/.] ?\d{1,2} ?[-/.] ?\d{1,2}(?!\d))"
DAY_ALONE = r"\d{1,2} ?月 ?\d{1,2} ?日"
DAYS = re.compile(rf"(?<![\d-])(?:{DAY})", re.I | re.ASCII)
LOCAL_PART = rf"{LOCAL}+(?:{DOT}{LOCAL}+)*"
# Letters that no address follows are passed over at once: it cannot begin within them either, and to
# try at each of their dots takes minutes in a long text.
MAIL_OR_LETTERS = re.compile(
    rf"(?<!{LOCAL})(?:({LOCAL_PART}{AT}[a-z0-9-]+(?:{DOT}[a-z0-9-]+)+)|{LOCAL_PART})",
    re.I | re.ASCII,
)
FIGURE = re.compile(r"[\d〇一二三四五六七八九十百]")
# A code in brackets, or a number before a date, is the beginning of no telephone number.
NO_PHONE = r"(?!(?<=[A-Za-z])0\d{2,}\)|\(?0\d{2,5}[) ]{1,3}(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d)"
FORMS = (
    (CARD, re.compile(r"(?<![\d-])\d{4}(?:[ -]?\d){10,12}(?![\d-]*\d)", re.ASCII)),
    (CARD, re.compile(rf"(?<![\d-])\d{{4}}(?:{BETWEEN}\d{{4}}){{3}}(?!\d)", re.ASCII)),
    (CARD, re.compile(rf"(?<![\d-])\d{{4}}{BETWEEN}\d{{6}}{BETWEEN}\d{{5}}(?!\d)", re.ASCII)),
    (ACCOUNT, re.compile(r"(?<![\d-])\d{5}[-./・ ]{1,3}\d{7,8}(?![\d-]*\d)", re.ASCII)),
    (
        ACCOUNT,
        re.compile(
            r"記号[:はが ]{0,3}(\d{5}(?:-\d)?[-、,・ ]*(?:番号)?[:はが ]{0,3}\d{6,8})(?!\d)"
        ),
    ),
    (
        ACCOUNT,
        re.compile(
            r"(?:口座(?:番号)?|普通(?:預金)?|当座(?:預金)?|貯蓄(?:預金)?|総合)(?:口座)?(?:は|が|の|番号|、)*"
            r"[ :.・/(\-]*(?:(?:no\.?|№|#)[ :]*)?"
            r"(?!(?:19|20)\d\d[-./]\d)(\d(?:[-./・_ ]{0,2}\d){5,7})(?![\d,]|[-.]\d|[万億円年株口%])",
            re.I | re.ASCII,
        ),
    ),
    (PHONE, re.compile(r"(?<!\d)0\d{9,10}(?!\d)", re.ASCII)),  # first: a date may follow
    (
        PHONE,
        re.compile(
            rf"(?<![\d-]){NO_PHONE}(?:\+81[ -]?(?:\(0\))?|\(?0)\d[\d() -]{{6,13}}\d(?!\d)", re.ASCII
        ),
    ),
    (
        PHONE,
        re.compile(
            rf"(?<![\d.-]){NO_PHONE}\(?(?:\+81{BETWEEN}(?:\(?0\)?)?|0)\d{{1,4}}(?:{BETWEEN}\d{{1,4}}){{0,2}}"
            rf"{BETWEEN}\d{{3,4}}(?!\d)",
            re.ASCII,
        ),
    ),
    (
        POSTAL_CODE,
        re.compile(
            r"(?<![\d-])(?:〒 ?)?\d{3}-\d{4}(?![\d-])|〒[: ]?\d{3}[-./・ ]{0,3}\d{4}(?!\d)",
            re.ASCII,
        ),
    ),
    (HOME, ADDRESS),
    (
        BIRTHDAY,
        re.compile(
            rf"(?:生年月日|誕生日|生まれ)[はがの:、 ]{{0,3}}(?P<day>{DAY}|{SHORT_DAY}|{DAY_ALONE})",
            re.I | re.ASCII,
        ),
    ),
    (BIRTHDAY, re.compile(rf"(?<![\d-])(?P<day>{DAY}) ?(?=生)", re.I | re.ASCII)),
    (
        BIRTHDAY,
        re.compile(rf"(?<![\d-])(?P<day>{SHORT_DAY}) ?(?=生(?:まれ|れ|[、。,.)\s]|$))", re.ASCII),
    ),
)


class Found(NamedTuple):
    """Where something of a form stands in a text."""

    start: int
    end: int
    label: str


def found_in(text: str) -> list[Found]:
    """What stands in `text`; where two forms claim the same letters, the one that says more."""
    places, plain = seen(text)
    found = [Found(start, end, MY_NUMBER) for start, end in set(my_numbers_in(text))]
    taken = Taken(len(text), [(one.start, one.end) for one in found])
    partly = []
    for start, end, label in (*_mails(plain), *_matches(plain), *_numbers_in_kanji(plain)):
        one = Found(places[start], places[end - 1] + 1, label)
        if taken.is_free(one.start, one.end):
            taken.take(one.start, one.end)
            found.append(one)
        else:
            partly.append(one)
    found += [left for one in partly for left in left_of(one, text, taken)]
    return sorted(found)


def left_of(one: Found, text: str, taken: Taken) -> Iterator[Found]:
    """What of it is free: all or nothing, but of an address the numbers beside a name or a telephone
    number are still one."""
    for start, end in taken.free_in(one.start, one.end):
        is_whole = (start, end) == (one.start, one.end)
        if is_whole or (one.label == HOME and FIGURE.search(text, start, end)):
            yield Found(start, end, one.label)


def days_in(text: str) -> Iterator[tuple[int, int, date]]:
    """The days that stand in `text`, of whatever they are."""
    places, plain = seen(text)
    for match in DAYS.finditer(plain):
        with suppress(ValidationError):
            day = read_date(in_figures(match[0]))
            yield places[match.start()], places[match.end() - 1] + 1, day


def in_figures(text: str) -> str:
    """三十年 as 30年; what is written in figures stays."""
    text = re.sub("十(?![一二三四五六七八九])", "十〇", text)
    text = re.sub("(?<![一二三四五六七八九])十", "一", text).replace("十", "")
    return text.translate(KANJI_DIGITS)


def seen(text: str) -> tuple[list[int], str]:
    """`text` as a reader sees it, letter by letter, and the place of each letter."""
    places = [place for place, char in enumerate(text) if ord(char) not in INVISIBLE]
    return places, narrow("".join(text[place] for place in places)).translate(ONE_HYPHEN)


def _mails(plain: str) -> Iterator[Found]:
    for match in MAIL_OR_LETTERS.finditer(plain):
        if match[1]:
            yield Found(*match.span(), MAIL)


def _matches(plain: str) -> Iterator[Found]:
    for label, form in FORMS:
        for match in form.finditer(plain):
            start, end = match.span("day" if label == BIRTHDAY else match.lastindex or 0)
            if is_of_form(label, plain[start:end]):
                yield Found(start, end, label)


def _numbers_in_kanji(plain: str) -> Iterator[Found]:
    for match in IN_KANJI.finditer(plain):
        if is_of_form(PHONE, match[0].translate(KANJI_DIGITS)):
            yield Found(*match.span(), PHONE)


def is_of_form(label: str, text: str) -> bool:
    """What digits say that a form alone does not."""
    digits = "".join(re.findall(r"[0-9]", text))
    if label == CARD:
        return 14 <= len(digits) <= 16 and has_luhns_digit(digits)
    if label == PHONE:
        abroad = "+81" in text[:4]
        home = "0" + digits[2:].removeprefix("0") if abroad else digits
        return len(home) in (10, 11) and home[:1] == "0" and home[1] != "0"
    return True


def has_luhns_digit(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    # Places count from the last digit, which stands as it is.
    doubled = [
        int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(digits), 1)
    ]
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
