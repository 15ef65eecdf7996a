"""What history and search cost whoever writes: one customer saved, and 100,000 loaded."""

import io
import os
from functools import partial
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from bench import data, database, plain
from bench.people import customers
from bench.report import Figure, Section
from bench.timing import Timed, in_turns, milliseconds, timed, times
from customers.importing.store import instances_of
from customers.models import Customer
from customers.search_index import loading
from wealthai.ahead import made_ahead
from wealthai.tracking import create_many
from wealthai.writing import Source, writing

SAVES, LOADED, ROUNDS = 400, 100_000, 3
ADDRESS = "東京都港区赤坂{}-2-3"
PIECE = 1 << 18  # bytes of a COPY sent at a time
NEW = 5_000_000  # keys from here on are free


def measure():
    stored = data.rows()
    with writing(source=Source.IMPORT, reason="bench"):
        figures = saves() + loads(min(LOADED, stored))
    note = "With fsync, as a server in service; saving also without waiting for the disk."
    return Section(f"Writing, {stored:,} customers in the table", figures, note)


# --- One customer -----------------------------------------------------------------------------
def saves():
    plain.fill()
    figures = []
    for waiting in ("on", "off"):
        database.run(f"SET synchronous_commit = {waiting}")
        figures += save_figures(waiting)
    database.run("SET synchronous_commit = on")
    return figures


def save_figures(waiting):
    own, other = Saver(Customer, waiting), Saver(plain.Plain, waiting)
    words = "" if waiting == "on" else ", not waiting for the disk"
    figures = []
    for act in ("insert", "update"):
        took = in_turns(SAVES, ours=getattr(own, act), plain=getattr(other, act))
        ours, theirs = took["ours"].median, took["plain"].median
        mean = took["ours"].mean / took["plain"].mean
        figures += [
            Figure(
                f"{act.capitalize()} one customer{words}: ours · plain ORM",
                f"{milliseconds(ours)} · {milliseconds(theirs)} (means: {times(mean)})",
            ),
            Figure("… times the plain save", times(ours / theirs), "≤ 3×", ours <= 3 * theirs),
        ]
    return figures


class Saver:
    """Inserts and updates customers of its own, each in a transaction."""

    def __init__(self, model, waiting):
        first = NEW if waiting == "on" else NEW + SAVES
        made = customers(first, SAVES, data.adviser_ids())
        names = [field.attname for field in plain.columns() if field.name != "updated_at"]
        self.rows = [model(**{name: getattr(row, name) for name in names}) for row in made]
        self.inserted = self.updated = 0

    def insert(self):
        with transaction.atomic():
            self.rows[self.inserted].save(force_insert=True)
        self.inserted += 1

    def update(self):
        row = self.rows[self.updated]
        row.address = ADDRESS.format(self.updated)
        with transaction.atomic():
            row.save()
        self.updated += 1


# --- Many -------------------------------------------------------------------------------------
def loads(count):
    """In turns, into tables that hold the same customers before and after."""
    make_bare()
    bare, whole, most = Timed(), Timed(), 0
    for number in range(ROUNDS):
        rows = list(customers(NEW + 10 * SAVES + number * count, count, data.adviser_ids()))
        text, values = copy_text(rows), values_of(rows)
        before = memory()
        for act, taken in ((partial(bare_copy, text), bare), (partial(load, values), whole)):
            database.run("CHECKPOINT")
            timed(act, taken)
        most = max(most, whole.result - before)
    ratio = whole.median / bare.median
    return [
        Figure(f"Bare COPY of {count:,} customers to as many", f"{bare.median:.2f} s"),
        Figure(
            "The same with search live, history and every check",
            f"{whole.median:.1f} s, {most / 2**20:.0f} MiB of memory more",
        ),
        Figure("… times the bare COPY", times(ratio), "≤ 15×", ratio <= 15),
    ]


def values_of(rows):
    names = [field.attname for field in plain.columns() if field.name != "updated_at"]
    return [{name: getattr(row, name) for name in names} for row in rows]


def load(values):
    """As the import does: chunk by chunk, all or nothing. Returns the most memory it had."""
    most = 0
    with transaction.atomic(), loading():
        for instances in made_ahead(instances_of(Customer, values)):
            create_many(Customer, instances)
            most = max(most, memory())
    return most


def make_bare():
    """Indexed before it is filled, as our table was."""
    database.run("DROP TABLE IF EXISTS bench_bare")
    database.run("CREATE TABLE bench_bare AS SELECT * FROM bench_plain LIMIT 0")
    database.run("ALTER TABLE bench_bare ADD PRIMARY KEY (customer_id)")
    database.run("CREATE UNIQUE INDEX ON bench_bare (email)")
    database.run("CREATE INDEX ON bench_bare (updated_at)")
    database.run("INSERT INTO bench_bare SELECT * FROM bench_plain")
    database.run("VACUUM ANALYZE bench_bare")


def bare_copy(text):
    names = ", ".join(field.column for field in plain.columns())
    statement = f"COPY bench_bare ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := text.read(PIECE):
            copy.write(piece)


def copy_text(rows):
    """The rows as the file of a COPY; invented customers hold none of its marks."""
    names = [field.attname for field in plain.columns()]
    text = io.BytesIO()
    for row in rows:
        row.updated_at = timezone.now()
        values = (getattr(row, name) for name in names)
        line = "\t".join("\\N" if value is None else str(value) for value in values)
        text.write(f"{line}\n".encode())
    text.seek(0)
    return text


def memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
