"""What a page of the base may ask about systems that only upper apps know.

An upper app registers a probe in `AppConfig.ready()`; `/readyz` and the dashboard read them.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`state` is ok, warning or down; `text` is one Japanese clause for the state strip."""

    label: str
    state: str
    text: str


_probes: dict[str, Callable[[], Finding]] = {}


def register(name, probe):
    """`probe` takes nothing, returns a Finding, answers within a second and never raises."""
    _probes[name] = probe


def findings():
    return {name: probe() for name, probe in _probes.items()}
