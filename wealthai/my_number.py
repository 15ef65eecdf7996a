"""マイナンバー (the personal number): found in texts, so that it is not stored.

A firm may hold it for tax papers only and keeps it in a system of its own (番号法 19条, 20条). A number
is 12 digits; the last one is computed from the others by 平成26年総務省令第85号 第5条. One number of 12
digits in eleven passes that test without being one, so the sentence says what to do then.

Nobody has to write the digits together, and twelve digits near each other are mostly no such number:
a date beside a time, a telephone number beside an extension, figures in lines. So it is weighed:

- Characters that nobody sees part nothing.
- Single hyphens join groups of any size, and so do single spaces.
- Whatever else people put between digits (more spaces, a tab, a new line, dots, _, a hyphen in
  spaces) joins groups of one size, as 4 4 4 or 3 3 3 3; any mixture joins 4 4 4, as on the card.
- Nothing joins a date, an hour, an amount or a telephone number with what stands beside it.
- A longer number is never cut into shorter ones. Commas and / part numbers: amounts have the one, and
  the other is the way out that the sentence names.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from wealthai.digits import HYPHENS, narrow
from wealthai.invisible import INVISIBLE
from wealthai.spans import Taken

LENGTH = 12
CARD = [4, 4, 4]  # as the card shows it
DIGIT = re.compile("[0-9０-９]")
BETWEEN = str.maketrans(
    dict.fromkeys(HYPHENS, "-")
    | dict.fromkeys("·•‧・･_", ".")
    | {"\t": " "}
    | dict.fromkeys("\r\x85\u2028\u2029", "\n")
)
# A telephone number of another country, or of ours as it is dialled there.
ABROAD = re.compile(r"\+\d+(?:[- ]\d+)*", re.ASCII)
CLOSE = re.compile(r"\d+(?:[- ]\d+)*", re.ASCII)
LOOSE = re.compile(r"\d+(?:[-. \n]{1,5}\d+)*", re.ASCII)
# Digits that are something else: a day, an hour, an amount, a telephone number.
OF_ITS_OWN = re.compile(
    r"""(?<!\d)(?:
      (?:19|20)\d\d (?:0[1-9]|1[0-2]) (?:0[1-9]|[12]\d|3[01])
    | (?:19|20)\d\d ([-./ ]{1,3}) (?:0?[1-9]|1[0-2]) \1 (?:0?[1-9]|[12]\d|3[01])
    | \d\d?[/:]\d\d?
    | \d{1,3}(?:,\d{3})+
    | 0\d{9,10}
    | 0\d ([-. ]{1,3}) \d{4} \2 \d{4}
    | 0\d\d ([-. ]{1,3}) \d{3,4} \3 \d{4}
    | 0\d{3} ([-. ]{1,3}) \d{2,3} \4 \d{3,4}
    )(?!\d)""",
    re.ASCII | re.VERBOSE,
)
Groups = list[tuple[int, str]]  # of digits: where each begins, and what it is


def is_my_number(digits: str) -> bool:
    if len(digits) != LENGTH:
        return False
    *body, check = map(int, digits)
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, LENGTH)]
    rest = sum(p * q for p, q in zip(reversed(body), weights, strict=True)) % 11
    return check == (0 if rest <= 1 else 11 - rest)


def my_number_in(text: str) -> int | None:
    """Where in `text` something that passes for a number begins, None where nothing does."""
    return min((start for start, _ in my_numbers_in(text)), default=None)


def without_my_numbers(text: str) -> str:
    """`text` with ● for each digit of what passes for a number."""
    for start, end in my_numbers_in(text):
        text = text[:start] + DIGIT.sub("●", text[start:end]) + text[end:]
    return text


def my_numbers_in(text: str) -> list[tuple[int, int]]:
    """Where each of what passes for a number begins and ends."""
    return [(start, end) for start, end, digits in twelve_digits_in(text) if is_my_number(digits)]


def twelve_digits_in(text: str) -> list[tuple[int, int, str]]:
    """The beginning, the end and the digits of what a reader takes for one number of 12 digits."""
    if len(DIGIT.findall(text)) < LENGTH:
        return []
    places = [place for place, char in enumerate(text) if ord(char) not in INVISIBLE]
    plain = narrow("".join(text[place] for place in places)).translate(BETWEEN)
    plain = ABROAD.sub(lambda number: "x" * len(number.group()), plain)
    apart = Taken(len(plain), (own.span() for own in OF_ITS_OWN.finditer(plain)))
    found = []
    for groups in (*_joined_closely(plain), *_joined_loosely(plain)):
        start, end = groups[0][0], groups[-1][0] + len(groups[-1][1])
        number = "".join(digits for _, digits in groups)
        if len(number) == LENGTH and apart.is_free(start, end):
            found.append((places[start], places[end - 1] + 1, number))
    return found


def _joined_closely(plain: str) -> Iterator[Groups]:
    """What stands between single spaces, and all of it unless hyphens stand there too."""
    for run in CLOSE.finditer(plain):
        for word in re.finditer("[^ ]+", run.group()):
            yield _groups_of(word.group(), run.start() + word.start())
        whole = _groups_of(run.group(), run.start())
        if "-" not in run.group() or _sizes(whole) == CARD:
            yield whole


def _joined_loosely(plain: str) -> Iterator[Groups]:
    for run in LOOSE.finditer(plain):
        whole = _groups_of(run.group(), run.start())
        if _sizes(whole) == CARD:
            yield whole
        yield from _of_one_size(whole, list(map(_width, re.split(r"\d+", run.group())[1:-1])))


def _groups_of(run: str, start: int) -> Groups:
    return [(start + group.start(), group.group()) for group in re.finditer(r"\d+", run)]


def _sizes(groups: Groups) -> list[int]:
    return [len(digits) for _, digits in groups]


def _width(between: str) -> int:
    """How far apart a reader sees the digits on both sides."""
    if "\n" in between:
        return 4
    if " " in between:
        return 2 if between.isspace() else 3
    return 1 if "." in between else 0


def _of_one_size(groups: Groups, widths: list[int]) -> Iterator[Groups]:
    """Neighbours of one size among what the widest gaps part, and the same within each part."""
    parts: list[tuple[Groups, list[int]]] = [(groups[:1], [])]
    widest = max(widths, default=0)
    for group, width in zip(groups[1:], widths, strict=True):
        if width == widest:
            parts.append(([group], []))
        else:
            parts[-1][0].append(group)
            parts[-1][1].append(width)
    for size, same in groupby(parts, lambda part: 0 if part[1] else len(part[0][0][1])):
        if 0 < size < LENGTH:  # of a size that is joined at all
            yield [group for (group,), _ in same]
    for part in parts:
        if part[1]:
            yield from _of_one_size(*part)
