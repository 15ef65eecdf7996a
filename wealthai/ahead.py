"""The next thing is made while the database still works on the last one."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
END = object()


def made_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """`items`, each made by a thread of its own while its predecessor is used: one ahead, no more.

    Making them may ask no database: the thread is no part of the caller's transaction.
    """
    making = iter(items)
    with ThreadPoolExecutor(1, "ahead") as thread:
        upcoming = thread.submit(next, making, END)
        while (item := upcoming.result()) is not END:
            upcoming = thread.submit(next, making, END)
            yield item
