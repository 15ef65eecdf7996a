"""PostgreSQL's text form of a one-dimensional array: `{"金融","建設"}`.

Rules: PostgreSQL manual, section 8.15.6 "Array Input and Output Syntax".
"""

import re

SPACE = " \t\n\r\v\f"
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
BARE = re.compile(r'((?:[^"\\{},]|\\.)+)', re.DOTALL)
ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class ArrayError(ValueError):
    """The text is no one-dimensional array."""


def parse_array(text: str) -> list[str | None]:
    """The elements of an array literal; an unquoted NULL becomes None.

    Raises ArrayError for anything else, nested arrays and bounds (`[0:1]={…}`) included: we have
    no column for them.
    """
    body = text.strip(SPACE)
    if len(body) < 2 or body[0] != "{":
        raise ArrayError("an array starts with {")
    at = _skip_space(body, 1)
    items: list[str | None] = []
    if body[at] == "}":
        return _end(body, at, items)
    while True:
        item, at = _element(body, at)
        items.append(item)
        mark = body[at : at + 1]
        if mark == "}":
            return _end(body, at, items)
        if mark != ",":
            raise ArrayError(f"a comma or }} is missing after element {len(items)}")
        at = _skip_space(body, at + 1)


def _element(body: str, at: int) -> tuple[str | None, int]:
    if found := QUOTED.match(body, at):
        return ESCAPE.sub(r"\1", found[1]), _skip_space(body, found.end())
    found = BARE.match(body, at)
    if not found or not (raw := _strip_unescaped(found[1])):
        raise ArrayError("an element is empty or a quote is not closed")
    if raw.upper() == "NULL":
        return None, found.end()
    return ESCAPE.sub(r"\1", raw), found.end()


def _strip_unescaped(raw: str) -> str:
    """Without surrounding white space, except a trailing one that a backslash protects."""
    raw = raw.lstrip(SPACE)
    kept = raw.rstrip(SPACE)
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return raw[: len(kept) + 1] if backslashes % 2 else kept


def _skip_space(body: str, at: int) -> int:
    while at < len(body) and body[at] in SPACE:
        at += 1
    return at


def _end(body: str, at: int, items: list[str | None]) -> list[str | None]:
    if at != len(body) - 1:
        raise ArrayError("text after the closing }")
    return items
