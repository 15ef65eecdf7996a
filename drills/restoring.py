"""Last night's backup on an empty machine: a fresh cluster with the two roles, the lines of "To restore" in
docs/operations.md, a site of the application's role, a log-in. The accounts and systemd are left out."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from django.test import override_settings

from customers.models import Adviser
from drills.disks import on
from drills.drill import Drill, seen
from drills.postgres import Postgres
from drills.stage import PASSWORD, adviser
from tests.deploy import roles
from tests.deploy.site import ROOT, Browser
from wealthai import backups

MINUTES = 10
DATABASE = "wealthai"
CREATE = f"CREATE DATABASE {DATABASE} OWNER {roles.OWNER} ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0"
MAKE_ROOM = f"ALTER DATABASE {DATABASE} RENAME TO {DATABASE}_before"


def restore(stage):
    with tempfile.TemporaryDirectory(prefix="wealthai-backup-") as folder:
        folder = Path(folder)
        with override_settings(BACKUP_RECIPIENTS=[backups.make_key(folder / "key")]):
            made = backups.make(folder / "backups")
        code, manifest = adviser().rep_code, backups.trusted(made)
        started = time.monotonic()
        with Postgres(stage.cluster.binaries).running() as cluster:
            install(cluster)
            refused = restored(cluster, made, folder / "key")
            by_superuser(cluster, MAKE_ROOM, CREATE)
            done = restored(cluster, made, folder / "key")
            install_again(cluster)
            compared = manage(cluster, roles.APP, "catch_up", "--all")
            with (
                on(cluster, DATABASE),
                stage.site(DATABASE_URL=address(cluster, roles.APP)) as (site, _),
            ):
                took = time.monotonic() - started
                browser = Browser(site)
                answer = browser.log_in(code, PASSWORD)
                page = browser.get("/crm/customers")
                people = Adviser.objects.count()
    return seen(
        f"into the new tables refused: {refused.returncode != 0}; into the empty database by the owner:"
        f" {(done.stdout or done.stderr).strip()} {people} people; ready {took:.0f} s after the empty"
        f" machine; log-in {answer.status}, then the customers {page.status}",
        "空ではありません" in refused.stderr,
        done.returncode == compared.returncode == 0,
        manifest.rows > 1000 and f"{manifest.rows:,}件" in done.stdout,
        took <= MINUTES * 60,
        (answer.status, page.status) == (302, 200),
    )


def install(cluster):
    """The part of deploy/install that makes roles, database and tables."""
    with on(cluster):
        roles.run("roles.sql")
    by_superuser(cluster, CREATE)
    install_again(cluster)


def install_again(cluster):
    for command in ("createcachetable", "migrate"):
        done = manage(cluster, roles.OWNER, command)
        if done.returncode:
            raise RuntimeError(done.stderr)
    with on(cluster, DATABASE):
        roles.run("privileges.sql")


def restored(cluster, made, key):
    return manage(cluster, roles.OWNER, "restore", made, "--identity", key)


def manage(cluster, role, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address(cluster, role)},
        capture_output=True,
        text=True,
    )


def address(cluster, role):
    return f"postgres://{role}@/{cluster.folder}/{DATABASE}"


def by_superuser(cluster, *statements):
    with psycopg.connect(**cluster.connecting, autocommit=True) as own:
        for statement in statements:
            own.execute(statement)


DRILLS = [
    Drill(
        "restore",
        f"last night's backup on an empty machine: within {MINUTES} minutes the owner's restore, refused"
        " until there is room, gives every table its rows and the same content, and a person logs in to a"
        " site of the application's role",
        restore,
    )
]
