"""The text of one cell as a value of one model field, under that field's own rules."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from customers.importing.pg_arrays import ArrayError, parse_array
from wealthai.text import validate_plain_text

DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?", re.ASCII)
TRUE = {"true", "t", "1"}
FALSE = {"false", "f", "0"}


class CellError(ValueError):
    """A cell that cannot be taken; the text says, in Japanese, what to write instead."""


def parse(field: models.Field, text: str) -> Any:
    """`text`, which is not blank, as a value that `field` accepts. Raises CellError."""
    value = _parser(field)(text)
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise CellError(_advice(field, error)) from error


def parse_integer(text: str) -> int:
    number = parse_decimal(text)
    if number != int(number):
        raise CellError("小数のない数で書いてください。")
    return int(number)


def parse_decimal(text: str) -> Decimal:
    """Excel's `1.2E+11` is refused: the digits it dropped are gone."""
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    if not NUMBER.fullmatch(plain):
        raise CellError("数を半角数字で書いてください（例: 5000000、0.0050）。")
    return Decimal(plain.replace(",", ""))


def parse_date(text: str) -> date:
    found = DATE.fullmatch(text)
    try:
        year, month, day = (int(part) for part in found.groups() if part) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError as error:
        raise CellError("実在する日付を 2026-04-01 の形で書いてください。") from error


def parse_boolean(text: str) -> bool:
    word = text.lower()
    if word not in TRUE | FALSE:
        raise CellError("true か false で書いてください。")
    return word in TRUE


def parse_list(text: str) -> list[str]:
    """The texts of an array literal. NULL elements are left out: they say nothing."""
    try:
        items = [item for item in parse_array(text) if item is not None]
    except ArrayError as error:
        raise CellError('{"金融","建設"} の形で書いてください。') from error
    for item in items:
        try:
            validate_plain_text(item)
        except ValidationError as error:
            raise CellError(error.messages[0]) from error
    return items


def parse_line(text: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise CellError("改行や制御文字が含まれています。1行で書いてください。")
    return text


PARSERS: list[tuple[type[models.Field], Callable[[str], Any]]] = [
    (models.DateField, parse_date),
    (models.DecimalField, parse_decimal),
    (models.IntegerField, parse_integer),
    (models.BooleanField, parse_boolean),
    (models.JSONField, parse_list),
    (models.CharField, parse_line),
    (models.TextField, str),
]


def _parser(field: models.Field) -> Callable[[str], Any]:
    return next(parser for kind, parser in PARSERS if isinstance(field, kind))


def _advice(field: models.Field, error: ValidationError) -> str:
    if field.choices:
        words = "、".join(str(value) for value, _ in field.flatchoices)
        return f"次のいずれかを書いてください: {words}"
    return " ".join(error.messages)
