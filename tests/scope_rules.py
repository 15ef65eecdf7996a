"""What each cell of the matrix must answer."""

from enum import Enum

from tests.scope_tables import (
    ACTS,
    BACK_OFFICE,
    CUSTOMERS_ROWS,
    KEEPERS,
    NAMED_ACTS,
    NO_HISTORY,
    NOBODY,
    OPEN,
    PEOPLE,
    REDIRECTS,
    SEEN_BY,
    SEEN_FOR,
    SHOWS_ARCHIVED,
    STAFF,
    TELLS_ARCHIVED,
    WORKERS,
)


class Answer(Enum):
    LOGIN = "to the log-in page, or 401"
    MISSING = "404, the same as for a number that nobody has"
    FORBIDDEN = "403"
    NO_SUCH_METHOD = "405"
    ANSWERED = "an answer about the record, be it a complaint about what was sent"


def expected(cell):
    """The answers that the rules allow to a cell; nearly always one."""
    route, person = cell.route, cell.person
    if route.path.startswith(OPEN):
        return set(Answer)
    if cell.method in ("PUT", "PATCH", "DELETE") and not route.path.startswith("api/"):
        return {Answer.NO_SUCH_METHOD}
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
    route = cell.route
    is_act = route.name in NAMED_ACTS or route.act in ACTS
    if route.takes(cell.method) is None and (is_act or cell.method != "GET"):
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
        is_told = cell.method == "POST" and cell.route.name in TELLS_ARCHIVED
        return is_told and sees(cell)
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
    if cell.method == "POST" and cell.route.name.endswith("_change"):
        needed = change
    if cell.method == "POST" and cell.route.name.endswith("_simple_history"):
        needed = NOBODY  # earlier values come back on the product's own page
    if cell.row == "archived" and needed is not look:
        needed = NOBODY  # for reading only
    lacking = set() if cell.person in needed & look else {Answer.FORBIDDEN}
    is_missing = cell.route.kinds and not sees(cell)
    if is_missing or (model in NO_HISTORY and cell.route.name.endswith("_history")):
        return {Answer.MISSING} | lacking
    return lacking or {Answer.ANSWERED}
