"""One run: databases of three sizes, then section after section."""

import logging
import sys
import time

from bench import (
    api,
    chat,
    dashboard,
    data,
    database,
    history,
    masking,
    monitoring,
    pages,
    report,
    search,
    sqlite,
    writes,
)

logger = logging.getLogger(__name__)

TEN, SMALL = 10, 10_000
MEASURES = {
    "search": lambda: search.measure("small"),
    "api": api.measure,
    "pages": lambda: pages.measure(["ten", "large"]),
    "sqlite": lambda: sqlite.measure(min(sqlite.MOST, data.rows())),
    "masking": lambda: masking.measure("small"),
    "dashboard": dashboard.measure,
    "monitoring": monitoring.measure,
    "chat": chat.measure,
    "history": lambda: history.measure("small"),
    "writes": writes.measure,
}


def run(wanted, rows, into_document):
    """0 when no target was missed, else 1."""
    started = time.monotonic()
    database.without_pool()
    facts = report.machine(database.version())
    make_databases(rows)
    database.use("large")
    sections = []
    for name in wanted:
        say(report.rule(f"{name}, after {time.monotonic() - started:.0f} s"))
        sections.append(measured(name))
        say(report.table(sections[-1]))
    database.close()
    if into_document:
        report.write(report.document(facts, sections))
    missed = sum(len(section.missed) for section in sections)
    say(report.rule(f"{missed} missed, {time.monotonic() - started:.0f} s"))
    return 1 if missed else 0


def measured(name):
    """A section that breaks is one that missed: the hour of the others is not lost with it."""
    try:
        return MEASURES[name]()
    except Exception as error:
        logger.exception("section %s broke off", name)
        broken = report.Figure("Broke off", type(error).__name__, "all of it", False)
        return report.Section(name, [broken])


def make_databases(rows):
    database.make_template()
    for name, count in (("ten", TEN), ("small", min(SMALL, rows)), ("large", rows)):
        say(f"Making {count:,} customers …")
        database.make(name)
        with database.using(name):
            data.fill(count)


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
