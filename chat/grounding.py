"""What an answer rests on: the sources it cites, and figures that stand in none of them.

An answer cites a record as [crm://holding/123@7]. A source that was given becomes ［1］ and a chip
under the answer; one that was not is taken out and counted. Every amount, date and percentage is read
again from what the model was given; what is not there is 根拠未確認.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chat.rendering import visible
from chat.sources import Source

URI = r"crm://[a-z]+/\d+(?:@\d+)?"
CITED = re.compile(rf" ?(?:[\[［(（] ?({URI}) ?[\]］)）]|({URI}))", re.ASCII)
# What may be the beginning of one, at the end of what has come so far.
BEGUN = re.compile(
    r" ?[\[［(（]? ?(?:c|cr|crm|crm:|crm:/|crm://[a-z]*(?:/\d*(?:@\d*)?)?[ \]］)）]?)?$", re.ASCII
)
BROKEN = re.compile(r" ?[\[［(（]? ?crm:[^\s\]］)）]*")
MARK = re.compile(r"［\d+］")
# Gone from the page, where **300**円 is the figure 300円.
STRESS = re.compile(r"\*\*|`|\\(?=[!-/:-@\[-`{-~])")

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
DATE = re.compile(
    r"(?<![\dA-Za-z.,])"
    r"(?:(?:(?P<era>令和|平成|昭和|[RHS]) ?(?P<of_era>元|\d{1,2})|(?P<year>\d{4}))"
    r" ?(?:年|[-/.]) ?(?P<month>\d{1,2})(?: ?月(?: ?(?P<day>\d{1,2}) ?日)?|[-/.](?P<dotted>\d{1,2})(?!\d)日?)"
    r"|(?P<bare_month>\d{1,2}) ?月 ?(?P<bare_day>\d{1,2}) ?日)",
    re.ASCII,
)
FIGURE = r"\d[\d,]*(?:\.\d+)?"
UNITS = {"兆": 10**12, "億": 10**8, "万": 10**4, "千": 10**3, "百": 100, "十": 10}
# Nothing is given back once it matched: 万万万万 would cost a time that doubles with each.
NUMBER = rf"{FIGURE}(?: ?[兆億万千百]++ ?(?:{FIGURE})?)*+"
PERCENT = re.compile(rf"({FIGURE}) ?(?:%|パーセント)", re.ASCII)
PLAIN = re.compile(rf"(?<![A-Za-z0-9.,])({NUMBER})", re.ASCII)
AMOUNT = re.compile(
    rf"(?<![A-Za-z0-9.,])(?:[¥$€£] ?({NUMBER})"
    rf"|({NUMBER}) ?(?:円|ドル|ユーロ|ポンド|元|[A-Z]{{3}}(?![A-Za-z]))"
    rf"|({FIGURE} ?[兆億万千百]++(?:{NUMBER})?)|(\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?))",
    re.ASCII,
)
STEP = re.compile(rf"({FIGURE})|([兆億万千百十])", re.ASCII)
# 一億二千万円, 二〇二六年三月五日: in a figure only, for 一 and 三 stand in many a word.
KANJI_DIGITS = "〇一二三四五六七八九"
KANJI_FIGURE = re.compile(
    rf"(?:(?<![0-9])[{KANJI_DIGITS}]|(?<![0-9{KANJI_DIGITS}十百千万億兆])[十百千])"
    rf"[{KANJI_DIGITS}十百千万億兆]*(?=[円年月日%]|ドル|ユーロ|パーセント)"
)
IN_ASCII = str.maketrans(KANJI_DIGITS, "0123456789")


@dataclass
class Grounds:
    """The sources and texts that the model was given for one answer, and which of them it cited."""

    supplied: dict[str, Source] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    removed: int = 0
    held: str = ""

    def give(self, sources: Iterable[Source], texts: Iterable[str]) -> None:
        self.supplied |= {source.uri: source for source in sources}
        self.texts += texts

    def feed(self, piece: str) -> str:
        """The text that can be shown now; the possible beginning of a citation is held back."""
        text = self.held + piece
        begun = BEGUN.search(text)
        at = begun.start() if begun else len(text)
        self.held = text[at:]
        return CITED.sub(self._marked, text[:at])

    def flush(self) -> str:
        held, self.held = self.held, ""
        return BROKEN.sub("", CITED.sub(self._marked, held))

    def _marked(self, match: re.Match[str]) -> str:
        uri = match[1] or match[2]
        if uri not in self.supplied:
            self.removed += 1
            return ""
        if uri not in self.cited:
            self.cited.append(uri)
        return f"［{self.cited.index(uri) + 1}］"

    def citations(self) -> list[dict[str, Any]]:
        """Those that were cited, in their order, then what else was given."""
        numbers = {uri: number for number, uri in enumerate(self.cited, 1)}
        rows = [
            {
                "source": source.uri,
                "label": source.label,
                "customer_id": source.customer_id,
                "read_at": source.read_at,
                "number": numbers.get(source.uri),
            }
            for source in list(self.supplied.values())
        ]
        return sorted(rows, key=lambda row: row["number"] or len(rows) + 1)

    def columns(self, answer: str) -> dict[str, Any]:
        """What the row of the exchange keeps of it. A stop asks for it while a tool may add to it."""
        verdict = {
            "unverified": list(dict.fromkeys(unverified(answer, list(self.texts)))),
            "removed_sources": self.removed,
        }
        return {"citations": self.citations(), "guard_verdict": verdict}


def unmarked(answer: str) -> str:
    """An answer as a later question sends it along: its numbers stood for sources of that time."""
    return MARK.sub("", answer)


def unverified(answer: str, texts: Iterable[str]) -> Iterator[str]:
    """The amounts, dates and percentages of `answer` that stand in none of `texts`, as written."""
    given = plain(re.sub(URI, " ", "\n".join(texts)))
    known_days = [day_of(match) for match in DATE.finditer(given)]
    given = DATE.sub(" ", given)
    percentages = {number(match[1]) for match in PERCENT.finditer(given)}
    amounts = {number(match[1]) for match in PLAIN.finditer(given)}
    shown = STRESS.sub("", visible(MARK.sub(" ", answer)))
    for kind, match in figures_of(plain(shown)):
        if kind is DATE:
            found = any(agree(day_of(match), day) for day in known_days)
        else:
            known = percentages if kind is PERCENT else amounts
            found = number(next(filter(None, match.groups()))) in known
        if not found:
            yield match[0].strip()


def figures_of(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str]]]:
    """Each date, percentage and amount of plain `text`, with the pattern that it follows."""
    for kind in (DATE, PERCENT, AMOUNT):
        for match in kind.finditer(text):
            yield kind, match
        text = kind.sub(lambda match: "\n" * len(match[0]), text)


def plain(text: str) -> str:
    """Digits as ASCII, whatever they were written in."""
    return KANJI_FIGURE.sub(in_ascii, unicodedata.normalize("NFKC", text))


def in_ascii(match: re.Match[str]) -> str:
    counted = re.sub("(?<![0-9])(?=[十百千])", "1", match[0].translate(IN_ASCII))
    return f"{number(counted):f}"


def day_of(match: re.Match[str]) -> tuple[int | None, int, int | None]:
    """(year, month, day); None for what is not said."""
    if match["bare_month"]:
        return None, int(match["bare_month"]), int(match["bare_day"])
    year = int(match["year"] or 0)
    if match["era"]:
        year = ERAS[match["era"]] + (1 if match["of_era"] == "元" else int(match["of_era"]))
    day = match["day"] or match["dotted"]
    return year, int(match["month"]), int(day) if day else None


def agree(said, known) -> bool:
    """What is said stands in what is known: 3月5日 in 2026-03-05, but not the other way round."""
    return all(part is None or part == other for part, other in zip(said, known, strict=True))


def number(text: str) -> Decimal:
    """1億2,000万 and 3千5百万 as Japanese counts: 千 and 百 belong to the next 万, 億 or 兆."""
    total = below = figure = Decimal(0)
    for match in STEP.finditer(text):
        digits, unit = match.groups()
        if digits:
            figure = Decimal(digits.replace(",", ""))
        elif UNITS[unit] < UNITS["万"]:
            below, figure = below + (figure or 1) * UNITS[unit], Decimal(0)
        else:
            total += (below + figure) * UNITS[unit]
            below = figure = Decimal(0)
    return total + below + figure
