"""Every two-byte character of cp932 leaves in each kind of file and reads back as it is stored.

外字 (private use) too: forms refuse them, but other systems may have stored them.
"""

import contextlib
import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories import CustomerFactory

URL = f"{reverse('customers:export')}?cols=name_kana&sort=code"
LEADS = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
IN_A_NAME = 90


def characters():
    """What the assigned byte pairs decode to; some characters have two pairs."""
    for lead in LEADS:
        for trail in [*range(0x40, 0x7F), *range(0x80, 0xFD)]:
            with contextlib.suppress(UnicodeDecodeError):
                yield bytes([lead, trail]).decode("cp932")


CHARS = sorted({text for text in characters() if len(text) == 1})
NAMES = [
    # A first letter that no spreadsheet takes for a formula.
    "名" + "".join(CHARS[start : start + IN_A_NAME])
    for start in range(0, len(CHARS), IN_A_NAME)
]


@pytest.fixture
def corpus(tanaka):
    rows = [CustomerFactory.build(name=name, sales_rep=tanaka) for name in NAMES]
    for number, row in enumerate(rows):
        row.customer_code = f"K{number:04}"
    Customer.objects.without_history().bulk_create(rows)


def exported(page, kind):
    return b"".join(page.post(URL, {"kind": kind, "reason": "試験"}).streaming_content)


def test_corpus_is_every_two_byte_character():
    assert len(CHARS) == 9_206


@pytest.mark.parametrize(("kind", "encoding"), [("csv", "utf-8-sig"), ("cp932", "cp932")])
def test_csv_reads_back_as_stored(page, corpus, kind, encoding):
    text = exported(page, kind).decode(encoding)

    assert [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:] == NAMES


def test_excel_reads_back_as_stored(page, corpus):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(page, "xlsx"))).active

    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == NAMES
