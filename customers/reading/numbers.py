"""Amounts as people write them: 25,000,000, 2500万, 1.5億, 1億2000万, ▲５００万円."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError

from wealthai.digits import HYPHENS, bare

# static/js/amounts.js reads the same way while one types; a test compares the two.
UNITS = {
    "兆": 10**12,
    "億": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "万": 10**4,
    "千": 10**3,
    "": 1,
}
FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
SIGNS = re.escape(HYPHENS) + "▲△"
AMOUNT = re.compile(
    f"([{SIGNS}]?)" + "".join(f"(?:({FIGURE}){unit})?" for unit in UNITS) + "円?", re.ASCII
)
COMMAS = str.maketrans("、､", ",,")
AROUND_UNITS = re.compile(r"(?<!\d)\s+|\s+(?!\d)", re.ASCII)
# 3千5百万 and 3千500万: the 千 counts 万 too.
THOUSAND_OF_MAN = re.compile("(?<![0-9,.])([0-9])千(?=[0-9]{1,3}百?万)")
LONGEST = 40  # beyond this nobody means an amount
YEN = "2500万 または 25,000,000 のように入力してください。"
NUMBER = "1,000 または 1,234.56 のように入力してください。"
UNIT = "最後の数が万か円か分かりません。1億5000万 や 1億5000円 のように、単位まで入力してください。"


def read_amount(text: str) -> Decimal:
    plain = AROUND_UNITS.sub("", bare(text).translate(COMMAS)).replace("¥", "", 1)
    plain = THOUSAND_OF_MAN.sub(r"\1千万", plain.replace("￥", "", 1))
    found = AMOUNT.fullmatch(plain) if len(plain) <= LONGEST else None
    parts = _parts(found) if found else []
    if not parts or not _descend(parts):
        raise ValidationError(NUMBER, code="invalid")
    if not plain.endswith("円") and _lacks_unit(parts):
        raise ValidationError(UNIT, code="unit")
    amount = sum((figure * unit for figure, unit in parts), Decimal(0))
    amount = -amount if found and found[1] else amount
    # 1.234億 is 123,400,000 and has no decimals, though its figure has.
    return Decimal(f"{amount.normalize():f}")


def read_yen(text: str) -> int:
    try:
        amount = read_amount(text)
    except ValidationError as error:
        if error.code == "unit":
            raise
        raise ValidationError(YEN, code="invalid") from error
    if amount != amount.to_integral_value():
        raise ValidationError(YEN, code="invalid")
    return int(amount)


def _parts(found: re.Match[str]) -> list[tuple[Decimal, int]]:
    figures = zip(found.groups()[1:], UNITS.values(), strict=True)
    return [(Decimal(figure.replace(",", "")), unit) for figure, unit in figures if figure]


def _descend(parts: list[tuple[Decimal, int]]) -> bool:
    """1億20000万 and 1.5億2万 are slips: which of the two parts is wrong nobody can tell."""
    return all(
        figure == figure.to_integral_value() and lower * lower_unit < unit
        for (figure, unit), (lower, lower_unit) in zip(parts, parts[1:], strict=False)
    )


def _lacks_unit(parts: list[tuple[Decimal, int]]) -> bool:
    """2億5千 is how people say 2億5千万, so what stands for less than 1万 behind 億 must be named."""
    return any(
        unit >= UNITS["億"] and lower_unit < UNITS["万"] and lower * lower_unit < UNITS["万"]
        for (_, unit), (lower, lower_unit) in zip(parts, parts[1:], strict=False)
    )
