"""What changed between two rows of a history table, in the words of the screens."""

import datetime
import json
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import formats, timezone

MISSING = "―"
REVERTED = "以前の内容に戻す"
# Every save moves them; the row's own time already says when.
SILENT = {"created_at", "updated_at"}


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str
    name: str


def changes(newer, older, names):
    """The fields in which two rows differ, in the model's order. `names` comes from names_of()."""
    return [
        Change(
            field.verbose_name,
            in_words(field, getattr(older, field.attname), names),
            in_words(field, getattr(newer, field.attname), names),
            field.name,
        )
        for field in newer.tracked_fields
        if field.name not in SILENT
        and said(getattr(newer, field.attname)) != said(getattr(older, field.attname))
    ]


def revert_reason(text):
    return f"{REVERTED}：{text}"


def said(value):
    """An emptied text and a missing one read the same; 0 and False are facts."""
    return None if value == "" else value


def names_of(records, user, known=()):
    """{(field name, id): text} of the rows that `records` point to, one query per kind of row.

    `records` may be of several tables. People of the firm are named to everybody who may read the
    history; other rows only to those who may see them. What is missing here is shown by its number.
    `known` are names in the same form that need no query, as are people that came with the rows.
    """
    names = dict(known)
    wanted = {}
    for record in records:
        for field in record.tracked_fields:
            value = getattr(record, field.attname)
            if not isinstance(field, models.ForeignKey) or value is None:
                continue
            if field.related_model is get_user_model() and field.is_cached(record):
                names[field.name, value] = str(getattr(record, field.name) or f"#{value}")
            elif (field.name, value) not in names:
                wanted.setdefault(field.related_model, set()).add((field.name, value))
    for related, keys in wanted.items():
        rows = related._default_manager.all()
        if hasattr(rows, "visible_to") and related is not get_user_model():
            rows = rows.visible_to(user)
        found = rows.in_bulk({value for _, value in keys})
        names |= {key: str(found[key[1]]) for key in keys if key[1] in found}
    return names


def in_words(field, value, names):
    if value is None or value == "":
        return MISSING
    if isinstance(field, models.ForeignKey):
        return names.get((field.name, value), f"#{value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime.datetime):
        return formats.date_format(timezone.localtime(value), "Y/m/d H:i")
    if isinstance(value, datetime.date):
        return formats.date_format(value, "Y/m/d")
    if isinstance(value, (int, Decimal)):
        return f"{value:,}"
    if isinstance(value, list):
        return "、".join(map(str, value)) or MISSING
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
