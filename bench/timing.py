"""Measuring: what is compared takes turns, so that a busy moment of the machine meets both."""

import time
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Timed:
    """Seconds that something took, and what it returned last."""

    seconds: list[float] = field(default_factory=list)
    result: object = None

    @property
    def median(self):
        return median(self.seconds)

    @property
    def mean(self):
        return sum(self.seconds) / len(self.seconds)


def timed(act, into=None):
    into = into or Timed()
    started = time.perf_counter()
    into.result = act()
    into.seconds.append(time.perf_counter() - started)
    return into


def in_turns(rounds, **acts):
    """Each act once per round; returns a Timed by name."""
    found = {name: Timed() for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            timed(act, found[name])
    return found


def share(values, part):
    """The value that `part` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def milliseconds(seconds):
    return f"{seconds * 1000:,.1f} ms"


def times(ratio):
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:,.1f}×"
