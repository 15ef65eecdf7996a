"""Every address of the site × method × person × record, made from the URLconf."""

import re
from dataclasses import dataclass

from django.urls import get_resolver

from tests.scope_tables import (
    CUSTOMERS_ROWS,
    OPEN,
    OTHER_PARTS,
    PEOPLE,
    RECORDS,
    ROWS,
    SEEN_BY,
    STAFF,
)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PART = re.compile(
    r"<(?:\w+:)?(?P<plain>\w+)>|\(\?P<(?P<named>\w+)>(?:[^()]|\([^()]*\))*\)|\(\[\^/\]\+\)"
)


@dataclass(frozen=True)
class Route:
    name: str
    path: str  # record ids stand as {kind}
    kinds: tuple
    view: object = None

    @property
    def in_back_office(self):
        return self.path.startswith("admin/")

    @property
    def in_api(self):
        return self.path.startswith("api/") and self.name != "api-docs"

    @property
    def act(self):
        return re.split(r"[-:_]", self.name)[-1]

    def methods_for(self, person):
        """All of HTTP; the back office tells POST from the rest only."""
        if self.path.startswith(OPEN):
            return ["GET"]
        if self.in_back_office and person not in STAFF:
            return ["GET"]
        return ["GET", "POST"] if self.in_back_office else METHODS

    def takes(self, method):
        """None where a plain function does not tell."""
        handler = getattr(self.view, "view_class", None) or getattr(self.view, "cls", None)
        if handler is None:
            return None
        name = "get" if method == "HEAD" else method.lower()
        return hasattr(handler, name) and name in handler.http_method_names

    def takes_change(self, method):
        return method in ("PUT", "PATCH", "DELETE") and self.takes(method)


@dataclass(frozen=True)
class Cell:
    person: str
    route: Route
    method: str
    row: str


def patterns(resolver=None, path="", space=""):
    for one in (resolver or get_resolver()).url_patterns:
        here = path + str(one.pattern).removeprefix("^").removesuffix("$")
        if hasattr(one, "url_patterns"):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from patterns(one, here, inner)
        else:
            yield f"{space}{one.name}", here, one.callback


def route_of(name, pattern, view):
    """None where a part of the address is of no known kind."""
    path, kinds, end = "", [], 0
    for part in PART.finditer(pattern):
        path += pattern[end : part.start()]
        end = part.end()
        word = part["named"] or part["plain"]
        before = path.rstrip("/").rpartition("/")[2]
        if word in OTHER_PARTS:
            path += OTHER_PARTS[word]
        elif word == "version" or before in RECORDS:
            kinds.append("change" if word == "version" else RECORDS[before])
            path += f"{{{len(kinds) - 1}}}"
        else:
            return None
    return Route(name, path + pattern[end:], tuple(kinds), view)


def unclassified():
    return [
        f"{name}: {pattern}"
        for name, pattern, view in patterns()
        if not route_of(name, pattern, view)
    ]


def routes():
    found = (route_of(*one) for one in patterns())
    return [one for one in found if one]


def rows_for(route, method):
    if not route.kinds:
        return ["none"]
    seen = set(SEEN_BY.get(route.kinds[0], CUSTOMERS_ROWS)) | {"missing"}
    if method not in ("GET", "POST") and not route.takes_change(method):
        seen &= {"missing", "others"}  # refused, or read once more
    return [row for row in ROWS if row in seen]


def cells():
    return [
        Cell(person, route, method, row)
        for person in PEOPLE
        for route in routes()
        for method in route.methods_for(person)
        for row in rows_for(route, method)
    ]
