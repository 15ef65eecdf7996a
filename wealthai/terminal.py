"""What commands show: bars and a framed table on a terminal, plain text in a pipe or a log."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

Tick = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much
WIDTH = 100


def quiet(what: str, done: int, total: int) -> None:
    """A Tick that shows nothing."""


@contextmanager
def progress_bars(wanted: bool = True) -> Iterator[Tick]:
    """A Tick that draws one bar for each thing being done, on stderr and only if that is a screen."""
    if not (wanted and sys.stderr.isatty()):
        yield quiet
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def tick(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)

        yield tick


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    framed: bool,
    figures: bool = True,
) -> str:
    """`rows` under `headings`; with `figures`, every column but the first is right-aligned."""
    grid = Table(box=box.SIMPLE_HEAD if framed else None)
    for index, heading in enumerate(headings):
        grid.add_column(heading, justify="right" if figures and index else "left", no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    console = Console(file=io.StringIO(), force_terminal=framed, width=WIDTH)
    with console.capture() as captured:
        console.print(grid)
    return captured.get()
