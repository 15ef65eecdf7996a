"""A list of which a page shows a part: the part, how many there are, the addresses around it."""

from collections.abc import Callable
from dataclasses import dataclass

from wealthai.keyset import Page

PAGE_SIZE = 100


@dataclass(frozen=True)
class Paged:
    """`link` makes the address of the page at a position."""

    page: Page
    count: int
    link: Callable

    @classmethod
    def of(cls, keyset, rows, count, place, link):
        return cls(keyset.page_at(rows, PAGE_SIZE, place, count), count, link)

    @property
    def rows(self):
        return self.page.rows

    @property
    def previous(self):
        return self.page.previous and self.link(self.page.previous)

    @property
    def next(self):
        return self.page.next and self.link(self.page.next)
