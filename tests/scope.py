"""Every address of the site × person × record, and what the rules say to each.

The addresses come from the URLconf, so a new one is in the matrix as soon as it exists. One whose
record id is of an unknown kind lands in `unclassified()`, and a test asks to name it here:

- a new collection (`letters/<int:pk>`) → a line in RECORDS and a row in tests/scope_world.py
- a new act (`…/approve`) that needs a right → a line in ACTS
- a new model of the back office → a line in BACK_OFFICE
- a page that also shows archived customers' records → its name in SHOWS_ARCHIVED
"""

import re
from dataclasses import dataclass
from enum import Enum

from django.urls import get_resolver


class Answer(Enum):
    LOGIN = "to the log-in page, or 401"
    MISSING = "404, the same as for a number that nobody has"
    FORBIDDEN = "403"
    NO_SUCH_METHOD = "405"
    ANSWERED = "an answer about the record, be it a complaint about what was sent"


# Segment of the address before a record id -> kind of the record.
RECORDS = {
    "customers": "customer",
    "customer": "customer",
    "holdings": "holding",
    "holding": "holding",
    "notes": "salesnote",
    "salesnote": "salesnote",
    "inflows": "cashinflow",
    "cashinflow": "cashinflow",
    "tasks": "task",
    "task": "task",
    "views": "savedview",
    "savedview": "savedview",
    "batches": "changebatch",
    "changebatch": "changebatch",
    "chat": "chatexchange",
    "chatexchange": "chatexchange",
    "conversation": "conversation",
    "accessrecord": "accessrecord",
    "adviser": "adviser",
    "product": "product",
    "economicevent": "economicevent",
    "group": "group",
    "history": "change",
}
# Parts of addresses that name no record -> an example.
OTHER_PARTS = {"app_label": "customers", "url": "nothing", "uidb36": "1", "key": "x-y"}
# Outside of the log-in: no records here.
OPEN = (
    "accounts/",
    "healthz",
    "readyz",
    "metrics",
    "admin/login/",
    "admin/logout/",
    "admin/jsi18n/",
)

FIRM = {"office", "compliance", "administrator"}
TOKYO = {"owner", "owner's token", "manager"}
OSAKA = {"colleague", "colleague's token", "other manager"}
PEOPLE = ["anonymous", "deactivated", *sorted(TOKYO | OSAKA | FIRM)]
STAFF = {"manager", "other manager", *FIRM}
ROWS = ["missing", "own", "archived", "others"]  # own and archived: Tanaka's; others: Suzuki's

CUSTOMERS_ROWS = {"own": FIRM | TOKYO, "archived": FIRM | TOKYO, "others": FIRM | OSAKA}
ADVISERS_ROWS = {
    "own": {"owner", "owner's token"},
    "archived": {"owner", "owner's token"},
    "others": {"colleague", "colleague's token"},
}
# Kind -> who sees which row. What is not named belongs to a customer and is seen with him.
SEEN_BY = {
    "conversation": ADVISERS_ROWS,
    "chatexchange": {row: FIRM | people for row, people in ADVISERS_ROWS.items()},
    "savedview": {row: people for row, people in ADVISERS_ROWS.items() if row != "archived"},
    "accessrecord": {row: {"compliance", "administrator"} for row in CUSTOMERS_ROWS},
    "changebatch": {
        row: FIRM | people for row, people in ADVISERS_ROWS.items() if row != "archived"
    },
    "adviser": {"own": FIRM | TOKYO, "others": FIRM | OSAKA},
    "product": {"own": set(PEOPLE)},
    "economicevent": {"own": set(PEOPLE)},
    "group": {"own": set(PEOPLE)},
}
# The same for an act of its own: only who asked stops the answer.
SEEN_FOR = {"chat:api-stop": ADVISERS_ROWS}
# Last word of the view's name -> who may do it. What is not named is reading.
WORKERS = set(PEOPLE) - {"compliance"}
KEEPERS = {"office", "administrator"}
ACTS = {
    "create": WORKERS,
    "update": WORKERS,
    "contact": WORKERS,
    "facts": WORKERS,
    "correct": WORKERS,
    "done": WORKERS,
    "reopen": WORKERS,
    "stop": WORKERS,
    "revert": WORKERS,
    "delete": KEEPERS,
    "archive": KEEPERS,
    "restore": KEEPERS,
}
# The same for names whose last word says something else.
NAMED_ACTS = {
    "customers:view-update": set(PEOPLE),
    "customers:view-delete": set(PEOPLE),
    "customers:view-create": set(PEOPLE),
}
# Pages (not of the back office) that show what belongs to an archived customer.
SHOWS_ARCHIVED = {
    "customers:detail",
    "customers:holdings",
    "customers:notes",
    "customers:customer-tasks",
    "customers:inflows",
    "customers:history",
    "customers:history-export",
    "customers:as-of",
    "customers:restore",
    "chat:api-detail",
    "chat:api-events",
    "chat:api-stop",
}
# Model of the back office -> who looks, who adds, who changes, who deletes.
OFFICES = {"office", "administrator"}
AT_WORK = STAFF - {"compliance"}
NOBODY = set()
BACK_OFFICE = {
    "customer": (STAFF, AT_WORK, AT_WORK, NOBODY),
    "holding": (STAFF, AT_WORK, AT_WORK, OFFICES),
    "salesnote": (STAFF, AT_WORK, NOBODY, NOBODY),
    "task": (STAFF, AT_WORK, AT_WORK, {"administrator"}),
    "cashinflow": (STAFF, AT_WORK, AT_WORK, OFFICES),
    "product": (STAFF, OFFICES, OFFICES, {"administrator"}),
    "economicevent": (STAFF, OFFICES, OFFICES, OFFICES),
    "adviser": (STAFF, {"administrator"}, {"administrator"}, NOBODY),
    "group": ({"administrator"}, NOBODY, NOBODY, NOBODY),
    "accessrecord": (STAFF, NOBODY, NOBODY, NOBODY),
    "changebatch": ({"administrator"}, NOBODY, NOBODY, NOBODY),
    "savedview": (STAFF, NOBODY, NOBODY, NOBODY),
    "chatexchange": (STAFF, NOBODY, NOBODY, NOBODY),
    "conversation": (STAFF, NOBODY, NOBODY, NOBODY),
}

NO_HISTORY = {
    "group",
    "accessrecord",
    "changebatch",
    "savedview",
    "chatexchange",
    "conversation",
}
# They lead to another page without a look at the record, whoever it is.
REDIRECTS = {"admin:None", "customers:note-create"}
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
        elif before in RECORDS:
            kinds.append(RECORDS[before])
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


def rows_for(route):
    if not route.kinds:
        return ["none"]
    seen = set(SEEN_BY.get(route.kinds[0], CUSTOMERS_ROWS)) | {"missing"}
    if route.in_back_office and route.kinds[0] != "customer":
        seen.discard("archived")  # an archived customer's rows are like any other's there
    return [row for row in ROWS if row in seen]


def cells():
    return [
        Cell(person, route, method, row)
        for person in PEOPLE
        for route in routes()
        for method in route.methods_for(person)
        for row in rows_for(route)
    ]


# --- The rules -------------------------------------------------------------------------------
def expected(cell):
    """The answers that the rules allow to a cell; nearly always one."""
    route, person = cell.route, cell.person
    if route.path.startswith(OPEN):
        return set(Answer)
    known = person not in {"anonymous", "deactivated"}
    if not known or ("token" in person and not route.in_api):
        return {Answer.LOGIN} | wrong_method(cell)
    if route.in_back_office:
        return {Answer.LOGIN} if person not in STAFF else in_back_office(cell)
    if route.takes(cell.method) is False:
        return {Answer.NO_SUCH_METHOD, Answer.FORBIDDEN}
    may = may_act(cell)
    if route.name in REDIRECTS and cell.method in ("GET", "HEAD"):
        return {Answer.ANSWERED if may else Answer.FORBIDDEN, Answer.MISSING}
    if not is_there(cell):
        return {Answer.MISSING} | ({Answer.FORBIDDEN} if not may else set()) | wrong_method(cell)
    return {Answer.ANSWERED if may else Answer.FORBIDDEN} | wrong_method(cell)


def wrong_method(cell):
    """A plain function may refuse a method, and before it looks at the person or the record."""
    if cell.route.takes(cell.method) is None and cell.method != "GET":
        return {Answer.NO_SUCH_METHOD}
    return set()


def may_act(cell):
    if cell.route.in_api:
        rights = {"PUT": WORKERS, "PATCH": WORKERS, "POST": WORKERS, "DELETE": KEEPERS}
        return cell.person in rights.get(cell.method, PEOPLE)
    rights = NAMED_ACTS.get(cell.route.name, ACTS.get(cell.route.act, PEOPLE))
    return cell.person in rights


def is_there(cell):
    if not cell.route.kinds or cell.method == "OPTIONS":
        return True  # which methods there are does not depend on the record
    if cell.row == "archived" and cell.route.name not in SHOWS_ARCHIVED:
        return False
    return sees(cell)


def sees(cell):
    seen = SEEN_BY.get(cell.route.kinds[0], CUSTOMERS_ROWS)
    return cell.person in SEEN_FOR.get(cell.route.name, seen).get(cell.row, NOBODY)


def is_hidden(cell):
    """Nothing may tell the record of this cell from a missing one."""
    if not cell.route.kinds or cell.row == "missing":
        return False
    return not (sees(cell) if cell.route.in_back_office else is_there(cell))


def in_back_office(cell):
    """A record that is not visible is missing before anybody asks for rights."""
    model = next((part for part in cell.route.path.split("/") if part in BACK_OFFICE), None)
    if model is None or cell.route.name in REDIRECTS:
        return set(Answer) - {Answer.LOGIN}
    look, add, change, delete = BACK_OFFICE[model]
    acts = {"add": add, "delete": delete, "password_change": change, "access": change}
    needed = next((who for act, who in acts.items() if cell.route.name.endswith(act)), look)
    if cell.method == "POST" and cell.route.name.endswith(("_change", "_simple_history")):
        needed = change
    if cell.method == "POST" and cell.route.name.endswith("adviser_simple_history"):
        needed = NOBODY  # it could bring back rights that were taken away
    lacking = set() if cell.person in needed & look else {Answer.FORBIDDEN}
    is_missing = cell.route.kinds and not sees(cell)
    if is_missing or (model in NO_HISTORY and cell.route.name.endswith("_history")):
        return {Answer.MISSING} | lacking
    return lacking or {Answer.ANSWERED}
