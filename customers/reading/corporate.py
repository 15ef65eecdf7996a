"""法人番号: 13 digits, the first of which checks the rest."""

import re

from django.core.exceptions import ValidationError

from wealthai.digits import HYPHENS, bare

LENGTH = 13
EXAMPLE = "法人番号は 7000012050002 のように13桁の数字で入力してください。"
BETWEEN = re.compile(rf"[{re.escape(HYPHENS)}\s]")


def read_corporate_number(text: str) -> str:
    digits = BETWEEN.sub("", bare(text)).removeprefix("T")
    if not re.fullmatch(r"\d{13}", digits, re.ASCII):
        raise ValidationError(EXAMPLE, code="no_number")
    if int(digits[0]) != check_digit(digits[1:]):
        raise ValidationError(
            "法人番号の検査数字が合いません。番号を書き写すときの誤りがないか、確かめてください。",
            code="check_digit",
        )
    return digits


def check_digit(body: str) -> int:
    """法人番号の指定等に関する省令 第2条: digits from the right, weighted 1 and 2 in turn."""
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(body)))
    return 9 - total % 9
