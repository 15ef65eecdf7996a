"""The customer list as a file. It is finished before anything of it leaves: a download that breaks
off half-way, a character that the encoding lacks, or a text that no cell of Excel holds, would
otherwise look like a whole list.

The file lies in the temporary folder, so neither memory nor a database connection is held while a
slow line takes it away.
"""

import csv
import datetime
import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import filterfalse, islice
from typing import IO, Any

import xlsxwriter
from django.db import models
from django.utils import timezone

from customers.forms import ListQuery
from customers.forms.export import XLSX_ROWS, Kind
from customers.listing import add_holdings, with_sight

CHUNK = 1000
OF_HOLDINGS = {"gain", "due"}  # columns for which each customer's holdings are read
# What a spreadsheet would take for the beginning of a formula, also after its own trimming.
FORMULA = re.compile("[=+\\-@\t\r\n\0＝＋－＠]")
LISTED = 100
CELL = 32_767  # what a cell of Excel holds, in UTF-16
FIRST_YEAR = 1900  # of Excel's calendar


@dataclass
class Lost:
    """What the file cannot hold of one cell: a character, or the length of its text."""

    customer: Any
    heading: str
    what: str
    hint: str = ""


@dataclass
class Export:
    file: IO[bytes]
    kind: str
    keys: list[int] = field(default_factory=list)  # of its customers, in order
    lost: list[Lost] = field(default_factory=list)
    lost_count: int = 0

    @property
    def rows(self) -> int:
        return len(self.keys)

    def miss(self, lost: Lost) -> None:
        self.lost_count += 1
        if len(self.lost) < LISTED:
            self.lost.append(lost)


def export_of(query: ListQuery, customers: models.QuerySet, kind: str) -> Export:
    """The customers of `query`, in its order and with its columns, as a file at its beginning."""
    cells = [cell for column in query.columns for cell in column.cells]
    found = query.keyset.sorted(with_sight(query, query.found_in(customers)))
    export = Export(tempfile.TemporaryFile(), kind)  # noqa: SIM115 — the response closes it
    write = write_xlsx if kind == Kind.XLSX else write_csv
    write(export, cells, ready(found, query.shown))
    export.file.seek(0)
    return export


def ready(found: models.QuerySet, shown: Mapping[str, str]) -> Iterator[Any]:
    """One customer after the other, through a cursor of the database where it has one."""
    rows = found.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        if OF_HOLDINGS & shown.keys():
            add_holdings(chunk)
        yield from chunk


def write_csv(export: Export, cells: list, customers: Iterator[Any]) -> None:
    encoding = "cp932" if export.kind == Kind.CP932 else "utf-8-sig"
    text = io.TextIOWrapper(export.file, encoding=encoding, errors="replace", newline="")
    writer = csv.writer(text)
    writer.writerow(heading for heading, _ in cells)
    for customer in customers:
        values = [value(customer) for _, value in cells]
        if export.kind == Kind.CP932:
            for (heading, _), value in zip(cells, values, strict=True):
                if isinstance(value, str) and not survives(value):
                    for char in filterfalse(survives, value):
                        export.miss(Lost(customer, heading, char, f"U+{ord(char):04X}"))
        writer.writerow(map(csv_cell, values))
        export.keys.append(customer.pk)
    text.flush()
    text.detach()


def csv_cell(value: Any) -> Any:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%Y/%m/%d %H:%M}"
    if isinstance(value, datetime.date):
        return f"{value:%Y/%m/%d}"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return "" if value is None else value


def neutral(text: str) -> str:
    """`text` as no spreadsheet takes it for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def survives(text: str) -> bool:
    """Whether cp932 gives `text` back: Python writes ¥ there as a backslash without a word."""
    try:
        return text.encode("cp932").decode("cp932") == text
    except UnicodeEncodeError:
        return False


def write_xlsx(export: Export, cells: list, customers: Iterator[Any]) -> None:
    book = xlsxwriter.Workbook(export.file, {"constant_memory": True})
    sheet = book.add_worksheet("顧客一覧")
    bold = book.add_format({"bold": True})
    formats = {
        datetime.datetime: book.add_format({"num_format": "yyyy/mm/dd hh:mm"}),
        datetime.date: book.add_format({"num_format": "yyyy/mm/dd"}),
    }
    sheet.freeze_panes(1, 0)
    for column, (heading, _) in enumerate(cells):
        sheet.set_column(column, column, max(12, 2 * len(heading) + 2))
        sheet.write_string(0, column, heading, bold)
    for customer in islice(customers, XLSX_ROWS):
        export.keys.append(customer.pk)
        for column, (heading, value_of) in enumerate(cells):
            value = value_of(customer)
            if isinstance(value, str) and (length := units(value)) > CELL:
                export.miss(Lost(customer, heading, f"{length:,}文字"))
            else:
                write_cell(sheet, export.rows, column, value, formats)
    book.close()


def units(text: str) -> int:
    """As long as Excel counts it."""
    return len(text.encode("utf-16-le")) // 2


def write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict) -> None:
    """By its own type: left to guess, the library would make formulas and links of texts."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value)
    elif isinstance(value, datetime.date) and value.year < FIRST_YEAR:
        sheet.write_string(row, column, csv_cell(value))
    elif isinstance(value, datetime.date):
        if isinstance(value, datetime.datetime):
            value = timezone.make_naive(value)
        sheet.write_datetime(row, column, value, formats[type(value)])
    else:
        sheet.write_number(row, column, value)
