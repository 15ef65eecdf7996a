"""What every drill plays on: a database with a fictional firm, the model's simulator, and a site."""

import contextlib
import tempfile
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from chat.simulator.server import running
from customers.models import Adviser, Customer
from customers.roles import Role
from drills.client import Client
from drills.site import ROOT, DrilledSite

PASSWORD = "correct-horse-battery-staple"
CUSTOMERS = 300


class Stage:
    def __init__(self, cluster):
        self.cluster = cluster
        self.made = 0

    @contextlib.contextmanager
    def set(self):
        # One connection that follows the database as it comes and goes.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        with (
            running(pace=0.05) as self.simulator,
            tempfile.TemporaryDirectory(prefix="wealthai-drill-") as folder,
        ):
            self.folder = Path(folder)
            fill()
            yield self

    @contextlib.contextmanager
    def site(self, nodes=1, folder=None, code=ROOT, **variables):
        """Yields (site, client) of a site of its own; its database connections go with it."""
        self.made += 1
        folder = folder or self.folder / f"site-{self.made}"
        folder.mkdir(exist_ok=True)
        with DrilledSite(folder, self.simulator.url, nodes, code, **variables).running() as site:
            yield site, Client(site)
        connection.close()


def fill():
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    options = {"customers": CUSTOMERS, "password": PASSWORD, "no_progress": True}
    with Path("/dev/null").open("w") as nowhere:
        call_command("demo", stdout=nowhere, **options)


def adviser(number=0):
    """One who has customers."""
    with_customers = Customer.objects.active().values("sales_rep")
    found = Adviser.objects.filter(groups__name=Role.ADVISER, pk__in=with_customers)
    return found.distinct().order_by("pk")[number]


def administrator():
    return Adviser.objects.filter(groups__name=Role.ADMINISTRATOR).order_by("pk").first()
