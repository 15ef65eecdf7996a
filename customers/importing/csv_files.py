"""CSV files as people really send them: encodings, line numbers, broken quotes.

No database and no knowledge of what the columns mean.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from customers.importing.problems import Problem

UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
MULTIBYTE = re.compile("[^\x00-\x7f\ufffd]")
SAVE_AS = "CSV（UTF-8）で保存し直してください。"


@dataclass(frozen=True)
class Record:
    line: int  # where it starts in the file, counted from 1 as editors do
    cells: list[str]


@dataclass
class CsvFile:
    name: str
    header: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    # False when records may be missing, so that row numbers pointing here prove nothing.
    is_whole: bool = True

    def refuse(self, advice: str, line: int | None = None) -> None:
        self.problems.append(Problem(self.name, advice, line=line))
        self.is_whole = False


RARE = 20  # characters to one damaged byte: a file with a fault, not one in another encoding


class UnknownEncodingError(Exception):
    """Neither UTF-8 nor cp932."""


def read_csv(path: Path) -> CsvFile:
    """The file's records; whatever is wrong with it is in `problems`, never raised."""
    file = CsvFile(path.name)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        file.refuse("ファイルがありません。フォルダーに置いてください。")
        return file
    except OSError as error:
        file.refuse(f"ファイルを読めません（{error.strerror}）。権限を確かめてください。")
        return file
    try:
        text = decode(data)
    except UnknownEncodingError as error:
        file.refuse(str(error))
        return file
    _split(file, text)
    return file


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM, else cp932 (what Windows calls Shift_JIS), both strictly.

    A file that is UTF-8 but for some bytes is decoded as UTF-8 with U+FFFD in their place: the
    check of each cell then names line and column. Read as cp932 instead, such a file would often
    pass as garbage. Python's own `shift_jis` is not used: it fails on 髙, 﨑 and ㈱.
    """
    if data.startswith(UTF16_BOMS):
        raise UnknownEncodingError(f"文字コードが UTF-16 です。{SAVE_AS}")
    if data.startswith(UTF8_BOM):
        return data[len(UTF8_BOM) :].decode("utf-8", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    damaged = data.decode("utf-8", errors="replace")
    if len(MULTIBYTE.findall(damaged)) > damaged.count("\ufffd"):
        return damaged
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        text = ""
    if not text and len(damaged) > RARE * damaged.count("\ufffd"):
        return damaged
    if not text or _looks_like_euc(data, text):
        raise UnknownEncodingError(
            f"{line}行目に UTF-8 でも Shift_JIS（cp932）でも読めない文字があります。{SAVE_AS}"
        )
    return text


def _looks_like_euc(data: bytes, as_cp932: str) -> bool:
    """EUC-JP mostly passes as cp932, as a row of half-width kana that nobody would write."""
    half_width = len(HALF_WIDTH_KANA.findall(as_cp932))
    if half_width * 2 <= len(MULTIBYTE.findall(as_cp932)):
        return False
    try:
        data.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    return True


def _split(file: CsvFile, text: str) -> None:
    records = _records(file, text)
    header = next(records, None)
    if header is None:
        file.refuse("ファイルが空です。1行目に列の名前が必要です。")
        return
    file.header = [name.strip() for name in header.cells]
    blank: list[Record] = []
    for record in records:
        if not any(cell.strip() for cell in record.cells):
            blank.append(record)
            continue
        # Excel leaves rows of commas at the end; in the middle one would shift the row numbers.
        for gap in blank:
            file.refuse("空の行です。行を削除するか、値を入れてください。", gap.line)
        blank = []
        if len(record.cells) != len(header.cells):
            file.refuse(
                f"値が {len(record.cells)} 個あります。見出しと同じ {len(header.cells)} 個に"
                'してください（値の中のカンマは " で囲みます）。',
                record.line,
            )
        file.records.append(record)


def _records(file: CsvFile, text: str) -> Iterator[Record]:
    # newline="" keeps line breaks inside quotes as they are and counts each \n, \r or \r\n once.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            file.refuse(
                '引用符 " の対応が取れていないか、値が長すぎます。'
                '値の中の " は "" と書き、値全体を " で囲んでください。',
                line,
            )
            continue
        if cells:
            yield Record(line, cells)
