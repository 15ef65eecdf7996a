"""What a model was given, as figures: whether one of its answer stands in them.

It stands when one that was given has the same kind, value, sign and unit. A unit that one side does not
say (3,000 alone) is met by any. Rounding is allowed in two ways only:

- in 万, 億 or 兆, of a million and more, a value may be rounded or cut to whole 万;
- with 約, ほど and the like it may be rounded to its last digit that is not 0, but by 5 % at most.

A date stands when every part that is said is the part of one date that was given: 12/18 in 2026-12-18,
but not the other way round. A 年度 stands when one of its days, or itself, was given. Sums and differences that no record holds do not stand.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from chat.quantities import COUNT, CURRENCIES, FISCAL, MAN, Day, Figure, figures_in

ROUND_FROM = 1_000_000
# No amount is; and Decimal divides without a rest only what is not much longer.
LARGEST = Decimal(10) ** 20
MOST_OFF = Decimal("0.05")
URI = re.compile(r"crm://[a-z]+/\d+(?:@\d+)?", re.ASCII)
# The unit of the facts (chat/context.py, chat/lookups.py) that do not carry it in their value.
IN_THE_CURRENCY = {"unit_price", "book_value", "market_value", "gain"}
COUNTED = {"age", "quantity"}
NAMES = ("id", "_id", "_code", "code")  # of records: no figure, whatever digits they have


class Given:
    """The figures of the texts that a model was given, in plain words or as JSON of facts."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.units: dict[tuple[str, Decimal], set[str]] = {}
        self.days: set[Day] = set()
        self.fiscal: set[int] = set()  # the years (年度) that days of it are in
        for text in texts:
            self._add(read_facts(text))

    def _add(self, figures: Iterable[Figure]) -> None:
        for figure in figures:
            if figure.unit == FISCAL:
                self.fiscal |= figure.days[0][0]
            else:
                self.days.update(figure.days)
                self.fiscal.update(*map(fiscal_years, figure.days))
            if not figure.days or figure.value:
                kind = "share" if figure.kind == "share" else "amount"
                self.units.setdefault((kind, figure.value), set()).add(figure.unit)

    def holds(self, said: Figure) -> bool:
        if said.unit == FISCAL:
            return bool(said.days[0][0] & self.fiscal)
        if said.kind == "date":
            is_day = all(any(agree(day, known) for known in self.days) for day in said.days)
            return is_day or bool(said.value and ("amount", said.value) in self.units)
        if self._has_unit(said, said.value):
            return True
        return (said.is_rough or is_whole(said)) and any(
            may_stand_for(said, value) and self._has_unit(said, value)
            for kind, value in self.units
            if kind == said.kind
        )

    def _has_unit(self, said: Figure, value: Decimal) -> bool:
        units = self.units.get((said.kind, value), set())
        return bool(units) and (not said.unit or bool(units & {said.unit, ""}))


def fiscal_years(day: Day) -> set[int]:
    """A year begins in April; one of which the month is not known lies in two."""
    years, month, _ = day
    begun = {0} if month >= 4 else {-1} if month else {-1, 0}
    return {year + place for year in years for place in begun}


def agree(said: Day, known: Day) -> bool:
    is_in_year = not said[0] or bool(said[0] & known[0])
    return is_in_year and all(
        not part or part == other for part, other in zip(said[1:], known[1:], strict=True)
    )


def is_whole(said: Figure) -> bool:
    return said.is_scaled and abs(said.value) < LARGEST and not said.value % MAN


def may_stand_for(said: Figure, value: Decimal) -> bool:
    off = abs(said.value - value)
    if said.is_rough and off <= abs(value) * MOST_OFF:
        exponent = said.value.normalize().as_tuple().exponent
        if off <= Decimal(5).scaleb(int(exponent) - 1):
            return True
    if not is_whole(said) or not ROUND_FROM <= abs(value) < LARGEST:
        return False
    nearest = (value / MAN).quantize(Decimal(1), ROUND_HALF_UP) * MAN
    return said.value in (nearest, value - value % MAN)


def read_facts(text: str) -> Iterator[Figure]:
    try:
        facts = json.loads(text, parse_float=Decimal)
    except ValueError:
        facts = text
    yield from figures_of(facts)


def figures_of(value: Any, unit: str = "") -> Iterator[Figure]:
    """The figures of plain data, each with the unit that its place says."""
    if isinstance(value, dict):
        for name, fact in value.items():
            if not name.endswith(NAMES):
                yield from figures_of(fact, unit_of(name, value))
    elif isinstance(value, list):
        for fact in value:
            yield from figures_of(fact)
    elif value is not None and not isinstance(value, bool):
        for figure in figures_in(unicodedata.normalize("NFKC", URI.sub(" ", str(value)))):
            yield replace(figure, unit=figure.unit or unit)


def unit_of(name: str, facts: dict[str, Any]) -> str:
    if name.endswith("_yen"):
        return "JPY"
    if name in IN_THE_CURRENCY:
        code = str(facts.get("currency") or "")
        return CURRENCIES.get(code, code)
    return COUNT if name in COUNTED else ""
