"""Last night's backup on an empty machine: a fresh cluster, a restore, a site, a log-in."""

import tempfile
import time
from pathlib import Path

from django.test import override_settings

from customers.models import Adviser
from drills.disks import on
from drills.drill import Drill, seen
from drills.postgres import Postgres
from drills.stage import PASSWORD, adviser
from tests.deploy.site import Browser
from wealthai import backups

MINUTES = 10


def restore(stage):
    with tempfile.TemporaryDirectory(prefix="wealthai-backup-") as folder:
        folder = Path(folder)
        with override_settings(BACKUP_RECIPIENTS=[backups.make_key(folder / "key")]):
            made = backups.make(folder / "backups")
        code = adviser().rep_code
        started = time.monotonic()
        with Postgres(stage.cluster.binaries).running() as cluster, on(cluster):
            manifest = backups.restore(made, folder / "key")
            with stage.site(DATABASE_URL=cluster.url) as (site, _):
                took = time.monotonic() - started
                browser = Browser(site)
                answer = browser.log_in(code, PASSWORD)
                page = browser.get("/crm/customers")
            people = Adviser.objects.count()
    return seen(
        f"{manifest.rows:,} rows in {len(manifest.tables)} tables, counts and hashes equal;"
        f" {people} people; ready {took:.0f} s after the empty machine; log-in {answer.status}, then"
        f" the customers {page.status}",
        manifest.rows > 1000,
        took <= MINUTES * 60,
        (answer.status, page.status) == (302, 200),
    )


DRILLS = [
    Drill(
        "restore",
        f"last night's backup on an empty machine: within {MINUTES} minutes every table has its rows"
        " and the same content, and a person logs in",
        restore,
    )
]
