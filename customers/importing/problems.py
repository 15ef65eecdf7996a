"""What is wrong with a file, worded for the person who can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 100
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Problem:
    file: str
    advice: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f" {self.line}行目"
        if self.column is not None:
            place += f" {self.column}"
        if self.value is not None:
            place += f"「{printable(self.value)}」"
        return f"{place}: {self.advice}"


class BrokenFilesError(Exception):
    """Nothing was imported; `problems` says why, each with its place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(report(self.problems))


def printable(value: str) -> str:
    """`value` cut short, with characters a terminal might obey or hide written as escapes."""
    shown = value[:SHOWN_CHARACTERS] + ("…" if len(value) > SHOWN_CHARACTERS else "")
    return "".join(
        char if char.isprintable() or char == "\u3000" else f"\\u{ord(char):04x}" for char in shown
    )


def report(problems: list[Problem]) -> str:
    lines = [
        f"取り込みを中止しました。問題が {len(problems):,} 件あります"
        "（データベースは変わっていません）。",
        *(f"  {problem}" for problem in problems[:SHOWN]),
    ]
    if len(problems) > SHOWN:
        lines.append(f"  …ほか {len(problems) - SHOWN:,} 件（最初の {SHOWN} 件を表示しました）")
    lines.append("上の箇所を直してから、もう一度実行してください。")
    return "\n".join(lines)
