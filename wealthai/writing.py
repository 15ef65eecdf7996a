"""Who writes, by what way, why and in which batch: known to every history row without being passed.

A request sets the way by its address (`WritingMiddleware`); commands and business acts say more:

    with writing(source=Source.IMPORT, reason="月次の取込"):
        …
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.db import models


class Source(models.TextChoices):
    """経路: the way by which a change came."""

    PAGE = "page", "画面"
    ADMIN = "admin", "管理画面"
    API = "api", "API"
    IMPORT = "import", "取込"
    BULK = "bulk", "一括"
    SQL = "sql", "SQL"
    SYSTEM = "system", "システム"


@dataclass(frozen=True)
class Writing:
    source: str = Source.SYSTEM
    reason: str = ""
    batch_id: int | None = None
    user_id: int | None = None  # where nobody is signed in (commands); a request's user comes first


UNSAID = Writing()
_current: ContextVar[Writing] = ContextVar("writing", default=UNSAID)


def current() -> Writing:
    return _current.get()


def current_source() -> str:
    return current().source


def current_batch() -> int | None:
    return current().batch_id


@contextmanager
def writing(**changes: Any) -> Iterator[Writing]:
    """What is saved inside the block is recorded with `changes` (fields of Writing)."""
    token = _current.set(replace(current(), **changes))
    try:
        yield current()
    finally:
        _current.reset(token)


def source_of(path: str) -> str:
    """The way that an address stands for; `path` is without the site's prefix."""
    if path.startswith("/admin/"):
        return Source.ADMIN
    return Source.API if path.startswith("/api/") else Source.PAGE
