"""Where something stands in a text: from its first letter to behind its last."""

import re
from collections.abc import Iterable, Iterator


class Taken:
    """Which letters of a text something stands in already; asked for each of thousands."""

    def __init__(self, length: int, spans: Iterable[tuple[int, int]] = ()):
        self.letters = bytearray(length)
        for first, last in spans:
            self.take(first, last)

    def take(self, first: int, last: int) -> None:
        self.letters[first:last] = b"\x01" * (last - first)

    def is_free(self, first: int, last: int) -> bool:
        return 1 not in self.letters[first:last]

    def free_in(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The stretches from `first` to `last` that nothing stands in."""
        for free in re.finditer(rb"\x00+", self.letters[first:last]):
            yield first + free.start(), first + free.end()
