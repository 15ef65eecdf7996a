"""Records of a file as checked values: columns, words, references, duplicates. No database."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from customers.importing.csv_files import CsvFile, Record
from customers.importing.problems import Problem
from customers.importing.values import CellError, parse, parse_integer
from wealthai.models import Ruled
from wealthai.terminal import Tick, quiet

TICK_ROWS = 500


@dataclass(frozen=True)
class Column:
    name: str
    attribute: str = ""  # of the model, where it is not called like the column
    words: Mapping[str, str] = field(default_factory=dict)  # old vocabulary to ours
    only: frozenset[str] = frozenset()  # allowed values, where the model itself allows any
    refers_to: str = ""  # the file whose row number stands here
    is_required: bool = False  # beyond what the model requires
    check: Callable[[Any], str | None] | None = None  # advice for a value the model would take

    @property
    def attname(self) -> str:
        return self.attribute or self.name


@dataclass(frozen=True)
class FileSpec:
    name: str
    label: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # by which a row is found again on the next run; the first is never NULL
    unique: tuple[str, ...] = ()  # no two rows of the file may share one of these
    may_update: bool = True
    has_rules: bool = False  # of its model (`broken_rules`), none of which asks the database

    @property
    def has_code(self) -> bool:
        """Whether a code of its own names each row, rather than its content."""
        return len(self.key) == 1

    @property
    def attnames(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column.attname for column in self.columns))

    def model_field(self, attname: str) -> models.Field:
        found = self.model._meta.get_field(attname.removesuffix("_id"))
        assert isinstance(found, models.Field)
        return found


@dataclass(frozen=True)
class Row:
    """Values by attribute of the model; a reference is still a row number of another file."""

    line: int
    values: dict[str, Any]
    old_words: dict[str, str]  # by attribute, where the file has a word that is not ours


@dataclass
class ParsedFile:
    spec: FileSpec
    rows: list[Row]
    problems: list[Problem]


def parse_file(
    spec: FileSpec, file: CsvFile, row_counts: Mapping[str, int], tick: Tick = quiet
) -> ParsedFile:
    """`row_counts`: how many rows each file has; a file left out is too broken to count."""
    problems = [*file.problems, *_header_problems(spec, file)]
    known = {column.name: column for column in spec.columns}
    columns = [known.get(name) for name in file.header]
    rows = []
    for done, record in enumerate(file.records, 1):
        if len(record.cells) == len(columns):
            rows.append(_parse_record(spec, columns, record, row_counts, problems))
        if done % TICK_ROWS == 0 or done == len(file.records):
            tick(f"{spec.label}の確認", done, len(file.records))
    for attname in spec.unique:
        problems += _duplicates(spec, attname, rows)
    problems.sort(key=lambda problem: problem.line or 0)
    return ParsedFile(spec, rows, problems)


def has_header(spec: FileSpec, file: CsvFile) -> bool:
    """False when the first line is a row of values already, or separated by something else."""
    return any(column.name in file.header for column in spec.columns)


def _header_problems(spec: FileSpec, file: CsvFile) -> Iterable[Problem]:
    if not file.header:
        return
    names = [column.name for column in spec.columns]
    if not has_header(spec, file):
        yield Problem(
            file.name,
            f"列の名前がありません。1行目に {','.join(names)} をカンマ区切りで書いてください。",
            line=1,
        )
        return
    for name in dict.fromkeys(file.header):
        if name not in names:
            yield Problem(file.name, "知らない列です。列を削除してください。", 1, name)
        elif file.header.count(name) > 1:
            yield Problem(file.name, "同じ列が2つあります。1つにしてください。", 1, name)
    for attname in spec.attnames:
        spellings = [column.name for column in spec.columns if column.attname == attname]
        found = [name for name in spellings if name in file.header]
        if len(found) != 1:
            advice = "どちらか1つにしてください。" if found else "列がありません。加えてください。"
            yield Problem(file.name, advice, 1, "または".join(spellings))


def _parse_record(
    spec: FileSpec,
    columns: list[Column | None],
    record: Record,
    row_counts: Mapping[str, int],
    problems: list[Problem],
) -> Row:
    values: dict[str, Any] = {}
    old_words: dict[str, str] = {}
    for column, cell in zip(columns, record.cells, strict=True):
        if column is None:
            continue
        text = cell.strip()
        if text in column.words:
            old_words[column.attname] = text
        try:
            values[column.attname] = _value(spec, column, text, row_counts)
        except CellError as error:
            problems.append(Problem(spec.name, str(error), record.line, column.name, text or None))
    if spec.has_rules and len(values) == len(columns):
        problems += _broken_rules(spec, record.line, values)
    return Row(record.line, values, old_words)


def _broken_rules(spec: FileSpec, line: int, values: dict[str, Any]) -> Iterator[Problem]:
    row = spec.model(**values)
    assert isinstance(row, Ruled)
    for (*_, name), error in row.broken_rules():
        value = None if values[name] is None else str(values[name])
        yield Problem(spec.name, " ".join(error.messages), line, name, value)


def _value(spec: FileSpec, column: Column, text: str, row_counts: Mapping[str, int]) -> Any:
    model_field = spec.model_field(column.attname)
    if not text:
        if column.is_required or not (model_field.null or model_field.has_default()):
            raise CellError("値がありません。入力してください。")
        return model_field.get_default()
    if column.refers_to:
        return _row_number(column, text, row_counts)
    if column.only and text not in column.only:
        raise CellError(f"次のいずれかを書いてください: {'、'.join(sorted(column.only))}")
    try:
        value = parse(model_field, column.words.get(text, text))
    except CellError as error:
        raise CellError(f"{error}{_also(column)}") from error
    if column.check and (advice := column.check(value)):
        raise CellError(advice)
    return value


def _also(column: Column) -> str:
    return f"（{'、'.join(column.words)} も使えます）" if column.words else ""


def _row_number(column: Column, text: str, row_counts: Mapping[str, int]) -> int:
    number = parse_integer(text)
    last = row_counts.get(column.refers_to)
    if last is not None and not 1 <= number <= last:
        there = f"1から{last:,}までの番号にしてください" if last else "行を加えてください"
        raise CellError(
            f"{column.refers_to} にその番号の行がありません。{there}（見出しの次の行が1です）。"
        )
    return number


def _duplicates(spec: FileSpec, attname: str, rows: list[Row]) -> Iterable[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        value = row.values.get(attname)
        if value is None:
            continue
        line = first.setdefault(value.casefold(), row.line)
        if line != row.line:
            advice = f"{line}行目と同じ値です。重複しない値にしてください。"
            yield Problem(spec.name, advice, row.line, attname, value)
