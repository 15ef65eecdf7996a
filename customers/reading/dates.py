"""Days as people write them: 2026/03/05, 2026年3月5日, 20260305, 昭和30年4月1日, S30.4.1, ㍼30年4月1日.

Year first, always: 03/05/2026 means two different days to two people.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError

from wealthai.digits import HYPHENS, bare
from wealthai.wording import ERAS, MEIJI_BEGAN, wareki

EXAMPLE = "2026/03/05 や 昭和30年4月1日 のように、実在する日付を入力してください。"
BEGINS = [(name, begin) for begin, name in reversed(ERAS)]  # the oldest first
NAMES = [name for name, _ in BEGINS]
LETTERS = dict(zip("MTSHR", NAMES, strict=True)) | {name[0]: name for name in NAMES}
ONE_SIGN = str.maketrans(
    dict.fromkeys(HYPHENS, "-")
    | {"・": ".", "㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"}
)
ERA = "|".join([*NAMES, *LETTERS])
DAY = re.compile(
    rf"(?:({ERA})(\d{{1,2}}|元)|(\d{{4}}))"
    r"(?:年(\d{1,2})月(\d{1,2})日|(?P<sign>[-/.])(\d{1,2})(?P=sign)(\d{1,2}))",
    re.ASCII,
)
COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
LONGEST = 40


def read_date(text: str) -> date:
    found = _match(text)
    if found is None:
        raise ValidationError(EXAMPLE, code="invalid")
    era, year, month, day = found
    try:
        written = date(_western(era, year), month, day)
    except ValueError as error:
        raise ValidationError(EXAMPLE, code="invalid") from error
    if era:
        _check_era(era, written)
    return written


def other_era(text: str) -> str | None:
    """A sentence where `text` names an era to which its day does not belong.

    Forms printed in an old era go on counting its years (平成35年), and people miss the day on which
    one changed (昭和64年1月8日). The day is certain, so it is taken and said how.
    """
    found = _match(text)
    if found is None or not found[0]:
        return None
    day = read_date(text)
    if NAMES[_era_of(day)] == found[0]:
        return None
    return f"「{text.strip()}」は {wareki(day)} として読み取りました。元号と年を確かめてください。"


def _match(text: str) -> tuple[str, int, int, int] | None:
    """(era, year, month, day); the era is empty for a western year."""
    plain = "".join(bare(text).translate(ONE_SIGN).split()).upper()
    if len(plain) > LONGEST:
        return None
    if compact := COMPACT.fullmatch(plain):
        year, month, day = map(int, compact.groups())
        return "", year, month, day
    if not (found := DAY.fullmatch(plain)):
        return None
    era, era_year, western = found.group(1, 2, 3)
    year = 1 if era_year == "元" else int(era_year or western)
    month, day = (int(part) for part in found.group(4, 5, 7, 8) if part)
    return LETTERS.get(era, era or ""), year, month, day


def _western(era: str, year: int) -> int:
    if not era:
        return year
    begin = MEIJI_BEGAN if era == NAMES[0] else dict(BEGINS)[era].year
    return begin + year - 1 if year else 0


def _era_of(day: date) -> int:
    return sum(day >= begin for _, begin in BEGINS) - 1


def _check_era(era: str, day: date) -> None:
    index = _era_of(day)
    if index < 0:
        raise ValidationError(
            "明治5年までは旧暦のため換算できません。西暦で 1872/12/31 のように入力してください。",
            code="lunar",
        )
    if abs(index - NAMES.index(era)) > 1:
        raise ValidationError(
            f"{era}は{wareki(day)}まで続いていません。元号と年を確かめてください。", code="era"
        )
