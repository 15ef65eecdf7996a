"""What identifies somebody by its form alone, whoever it belongs to: numbers and addresses in notes
and questions that stand in no customer's record.

Forms: telephone numbers of Japan (電気通信番号規則: 0 and 9 or 10 digits), postal codes, e-mail, cards
(ISO/IEC 7812: 14 to 16 digits with Luhn's check digit), bank accounts that are called so, ゆうちょ's
記号番号, and マイナンバー (wealthai/my_number.py). Amounts, dates and codes of products have none of them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from wealthai.digits import HYPHENS, narrow
from wealthai.invisible import INVISIBLE
from wealthai.my_number import my_numbers_in

MY_NUMBER, CARD, ACCOUNT, PHONE, POSTAL_CODE, MAIL = (
    "マイナンバー",
    "カード番号",
    "口座番号",
    "電話番号",
    "郵便番号",
    "メールアドレス",
)
NOUNS = {
    MY_NUMBER: "個人番号",
    CARD: "カード番号",
    ACCOUNT: "口座番号",
    PHONE: "電話",
    POSTAL_CODE: "郵便番号",
    MAIL: "メール",
}
ONE_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))
FORMS = (
    (MAIL, re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I | re.ASCII)),
    (CARD, re.compile(r"(?<![\d-])\d{4}(?:[ -]?\d){10,12}(?![\d-]*\d)", re.ASCII)),
    (ACCOUNT, re.compile(r"(?<![\d-])\d{5}-\d{7,8}(?![\d-]*\d)", re.ASCII)),
    (
        ACCOUNT,
        re.compile(
            r"(?:口座(?:番号)?|普通(?:預金)?|当座(?:預金)?|貯蓄(?:預金)?|総合)(?:は|が|の|番号)?"
            r"[ :.・]*(?:no\.?)?[ :]*(\d{3}-?\d{3,5})(?![\d,]|[-.]\d|万|億|円)",
            re.I | re.ASCII,
        ),
    ),
    (
        PHONE,
        re.compile(r"(?<![\d-])(?:\+81[ -]?(?:\(0\))?|\(?0)\d[\d() -]{6,13}\d(?!\d)", re.ASCII),
    ),
    (POSTAL_CODE, re.compile(r"(?<![\d-])(?:〒 ?)?\d{3}-\d{4}(?![\d-])|〒 ?\d{7}(?!\d)", re.ASCII)),
)


class Found(NamedTuple):
    """Where something of a form stands in a text."""

    start: int
    end: int
    label: str


def found_in(text: str) -> list[Found]:
    """What stands in `text`; where two forms claim the same letters, the one that says more."""
    places = [place for place, char in enumerate(text) if ord(char) not in INVISIBLE]
    plain = narrow("".join(text[place] for place in places)).translate(ONE_HYPHEN)
    found = [Found(start, end, MY_NUMBER) for start, end in set(my_numbers_in(text))]
    for start, end, label in _matches(plain):
        one = Found(places[start], places[end - 1] + 1, label)
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return sorted(found)


def _matches(plain: str) -> Iterator[Found]:
    for label, form in FORMS:
        for match in form.finditer(plain):
            start, end = match.span(match.lastindex or 0)
            if is_of_form(label, plain[start:end]):
                yield Found(start, end, label)


def is_of_form(label: str, text: str) -> bool:
    """What digits say that a form alone does not."""
    digits = "".join(re.findall(r"[0-9]", text))
    if label == CARD:
        return 14 <= len(digits) <= 16 and has_luhns_digit(digits)
    if label == PHONE:
        home = "0" + digits[2:].removeprefix("0") if text.startswith("+81") else digits
        return len(home) in (10, 11) and home[1] != "0"
    return True


def has_luhns_digit(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    # Places count from the last digit, which stands as it is.
    doubled = [
        int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(digits), 1)
    ]
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0
