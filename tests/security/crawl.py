"""Every page of the site as each kind of person gets it, asked once for all tests of the folder."""

import re
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.test import override_settings

from tests.scope import Cell, routes
from tests.scope_world import World, content_of
from wealthai.database import READS

PEOPLE = ["anonymous", "owner", "owner's token", "administrator"]
# As in production; the crawl itself needs no nginx.
PRODUCTION = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
}
TABLE = re.compile(r'(?:INTO|UPDATE|FROM)\s+"?(\w+)')


@dataclass
class Page:
    person: str
    route: object
    method: str
    status: int
    headers: dict
    cookies: list
    body: str
    written: set = field(default_factory=set)

    def __str__(self):
        return f"{self.method} {self.route.name} ({self.person}): {self.status}"

    @property
    def is_html(self):
        return self.headers.get("Content-Type", "").startswith("text/html")


def concerns(person, route):
    """The rest is one and the same way to the log-in page."""
    if route.in_back_office:
        return person == "administrator"
    return route.in_api or "token" not in person


class Crawl:
    """`pages` is the whole site by GET; other questions are asked with `ask`."""

    def __init__(self):
        self.world = World()
        self.pages = [
            self.ask(person, route)
            for person in PEOPLE
            for route in routes()
            if concerns(person, route)
        ]

    def ask(self, person, route, method="GET", row="own", **options):
        path = self.world.path_of(Cell(person, route, method, row))
        written = set()

        def watch(execute, sql, params, many, context):
            if not READS.match(sql):
                written.add(TABLE.search(sql)[1])
            return execute(sql, params, many, context)

        client = self.world.people[person]
        with transaction.atomic(), connection.execute_wrapper(watch):
            response = client.generic(method, path, **{"secure": True} | options)
            body = content_of(response).decode(errors="replace")
            transaction.set_rollback(True)
        cookies = [morsel.OutputString() for morsel in response.cookies.values()]
        headers = dict(response.headers)
        return Page(person, route, method, response.status_code, headers, cookies, body, written)


def crawled(blocker):
    """For a fixture: the crawl, in a transaction that is taken back at the end."""
    with blocker.unblock(), override_settings(**PRODUCTION), transaction.atomic():
        yield Crawl()
        transaction.set_rollback(True)
