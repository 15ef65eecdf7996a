"""What an answer rests on: the sources it cites, and figures that stand in none of them.

An answer cites a record as [crm://holding/123@7]. A source that was given becomes ［1］ and a chip
under the answer; one that was not is taken out and counted. Every amount, date and percentage is read
again from what the model was given; what is not there is 根拠未確認.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.citing import held_from, with_numbers
from chat.given import Given
from chat.quantities import figures_in
from chat.rendering import visible
from chat.sources import Source

MARK = re.compile(r"［\d+］")
# Gone from the page, where **300**円 is the figure 300円.
STRESS = re.compile(r"\*\*|`|\\(?=[!-/:-@\[-`{-~])")


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
        at = held_from(text)
        self.held = text[at:]
        return with_numbers(text[:at], self._number_of)

    def flush(self) -> str:
        held, self.held = self.held, ""
        return with_numbers(held, self._number_of, is_end=True)

    def _number_of(self, uri: str, is_cut: bool) -> int | None:
        if uri not in self.supplied:
            # What breaks off in the middle of an id that was given is not invented.
            if not (is_cut and any(known.startswith(uri) for known in self.supplied)):
                self.removed += 1
            return None
        if uri not in self.cited:
            self.cited.append(uri)
        return self.cited.index(uri) + 1

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
    """The amounts, dates and shares of `answer` that stand in none of `texts`, as written."""
    given = Given(texts)
    shown = STRESS.sub("", visible(MARK.sub(" ", answer)))
    for figure in figures_in(unicodedata.normalize("NFKC", shown)):
        if figure.kind != "bare" and not given.holds(figure):
            yield figure.text.strip()
