"""A drill: what is expected, in words, and what plays it and tells what it saw."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    text: str
    is_expected: bool


@dataclass(frozen=True)
class Drill:
    name: str
    expected: str
    play: Callable[..., Seen]


def seen(text, *conditions):
    return Seen(text, all(conditions))
