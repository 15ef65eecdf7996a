"""The table of docs/performance.md, between its two markers."""

import datetime
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

import django

from wealthai.terminal import WIDTH

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- make bench writes from here -->", "<!-- to here -->"
MARKS = {None: "", True: "ok", False: "**missed**"}


@dataclass
class Figure:
    """One line of the table; `met` is None where there is no target."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


@dataclass
class Section:
    title: str
    figures: list[Figure]
    note: str = ""
    missed: list[Figure] = field(init=False)

    def __post_init__(self):
        self.missed = [figure for figure in self.figures if figure.met is False]


def machine(database):
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory",
        f"{database}, Python {platform.python_version()}, Django {django.__version__}",
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}; load of the machine before the run {os.getloadavg()[2]:.1f}",
    ]


def processor():
    with open("/proc/cpuinfo") as lines:
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(section):
    lines = [f"### {section.title}", ""]
    if section.note:
        lines += [section.note, ""]
    lines += ["| Figure | Measured | Target | |", "|---|---|---|---|"]
    lines += [
        f"| {figure.what} | {figure.value} | {figure.target} | {MARKS[figure.met]} |"
        for figure in section.figures
    ]
    return "\n".join(lines)


def document(facts, sections):
    parts = ["\n".join(f"- {fact}" for fact in facts), *map(table, sections)]
    return "\n\n".join(parts)


def write(text, path=DOCUMENT):
    """Puts `text` between the markers; the words around it are people's."""
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def rule(text):
    return f"── {text} ".ljust(WIDTH, "─")
