"""マイナンバー (the personal number): found in texts, so that it is not stored.

A firm may hold it for tax papers only and keeps it in a system of its own (番号法 19条, 20条). A number
is 12 digits; the last one is computed from the others by 平成26年総務省令第85号 第5条. One number of 12
digits in eleven passes that test without being one, so the sentence says what to do then.
"""

import re

from wealthai.digits import HYPHENS, narrow

LENGTH = 12
# Digits with single hyphens or spaces between them. A longer number is never cut into shorter ones.
RUN = re.compile(r"\+?\d+(?:[- ]\d+)*", re.ASCII)
ONE_HYPHEN = str.maketrans(dict.fromkeys(HYPHENS, "-"))
CARD = [4, 4, 4]  # as the card shows it


def is_my_number(digits: str) -> bool:
    if len(digits) != LENGTH:
        return False
    *body, check = map(int, digits)
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, LENGTH)]
    rest = sum(p * q for p, q in zip(reversed(body), weights, strict=True)) % 11
    return check == (0 if rest <= 1 else 11 - rest)


def my_number_in(text: str) -> int | None:
    """Where in `text` something that passes for a number begins, None where nothing does."""
    for run in RUN.finditer(narrow(text).translate(ONE_HYPHEN)):
        for offset, digits in _candidates(run.group()):
            if is_my_number(digits):
                return run.start() + offset
    return None


def _candidates(run: str) -> list[tuple[int, str]]:
    """What stands between spaces; and all of it, unless a date stands beside another number."""
    if run.startswith("+"):
        return []  # a telephone number of another country, or of ours as it is dialled there
    found = [(word.start(), word.group().replace("-", "")) for word in re.finditer("[^ ]+", run)]
    groups = re.split("[- ]", run)
    if "-" not in run or [len(group) for group in groups] == CARD:
        found.append((0, "".join(groups)))
    return found
