"""Disks without space: the database's, and the one of logs, exports and backups.

A small file system in memory stands for the disk; making one takes root.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import psycopg
from django.db import connection
from django.test import override_settings

from drills.drill import Drill, seen
from drills.load import Load, present, write
from drills.postgres import Postgres
from drills.stage import PASSWORD, adviser, fill
from tests.deploy.site import Browser
from tests.server import bearer, session
from wealthai import backups

DATABASE_MB, FILES_MB = 400, 24
WRITES_UNTIL_FULL = 20_000
BLOCK = b"\0" * (1 << 16)
DUMMY = "filler"


class CannotMount(Exception):
    pass


@contextlib.contextmanager
def small_disk(megabytes):
    folder = Path(tempfile.mkdtemp(prefix="wealthai-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        folder.rmdir()
        raise CannotMount("A small file system cannot be made here: run the drill as root.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill_up(folder, leaving=0):
    """All of the space but `leaving` bytes."""
    path = folder / DUMMY
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            free = os.statvfs(folder)
            room = free.f_bavail * free.f_frsize - leaving
            if room <= 0 or not file.write(BLOCK[: min(len(BLOCK), room)]):
                return path
    return path


# --- The database's disk ------------------------------------------------------------------------
def database_full(stage):
    with small_disk(DATABASE_MB) as disk:
        (disk / "pg").mkdir()
        with Postgres(stage.cluster.binaries, disk / "pg").running() as cluster, on(cluster):
            fill()
            user = adviser()
            headers, pages, load = bearer(user), session(user), Load()
            with stage.site(DATABASE_URL=cluster.url) as (_, client):
                found = asyncio.run(run_out(client, headers, pages, load, disk, cluster))
            lost, saved = load.lost(), present(load.writes) - load.acknowledged()
            broken = damaged(cluster)
    full, reads, after = found
    return seen(
        f"{len(load.acknowledged())} acknowledged, {len(lost)} lost, refused {load.statuses()} ({len(saved)}"
        f" of them saved); pages while full: {reads}; after: write {after}; damaged tables {broken}",
        full,
        not lost,
        set(load.statuses()) == {503},
        set(reads) <= {200, 503},
        after == 201,
        not broken,
    )


async def run_out(client, headers, pages, load, disk, cluster):
    """Writes until the disk is full, a look while it is, a write when there is space again."""
    dummy = await asyncio.to_thread(fill_up, disk, 8 << 20)
    full = False
    for _ in range(WRITES_UNTIL_FULL // 20):
        await asyncio.gather(*(write(client, headers, load, 2) for _ in range(10)))
        if full := bool(load.refused()):
            break
    reads = [(await client.get("/customers", pages)).status for _ in range(5)]
    dummy.unlink()
    if not cluster.is_running():  # WAL cannot be written: PostgreSQL ends rather than guess
        await asyncio.to_thread(cluster.start)
    after = 0
    for _ in range(100):
        after = (await client.send("POST", "/api/customers", headers, {"name": "復旧"})).status
        if after == 201:
            break
        await asyncio.sleep(0.2)
    return full, reads, after


@contextlib.contextmanager
def on(cluster, database="postgres"):
    """Django in this process speaks to another cluster."""
    before = {name: connection.settings_dict[name] for name in ("HOST", "NAME")}
    connection.close()
    connection.settings_dict |= {"HOST": str(cluster.folder), "NAME": database}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= before


def damaged(cluster):
    """Tables that cannot be read to the end, by themselves or through an index."""
    broken = []
    with psycopg.connect(**cluster.connecting, autocommit=True) as own:
        for (table,) in own.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r'"):
            try:
                own.execute(f"SELECT count(t.*) FROM {table} AS t")
            except psycopg.Error:
                broken.append(table)
        own.execute("REINDEX DATABASE postgres")
    return broken


# --- The disk of logs, exports and backups ------------------------------------------------------
def files_full(stage):
    user = adviser()
    headers, pages, load = bearer(user), session(user), Load()
    # The measurements lie in memory (/run), not on this disk.
    variables = {"PROMETHEUS_MULTIPROC_DIR": str(stage.folder / "metrics")}
    with (
        small_disk(FILES_MB) as disk,
        stage.site(folder=disk, TMPDIR=str(disk), **variables) as (site, client),
    ):
        fill_up(disk)

        async def play():
            await asyncio.gather(*(write(client, headers, load, 10) for _ in range(5)))
            return [await client.get(path, pages) for path in ("/", "/customers", "/readyz")]

        looks = asyncio.run(play())
        export = exported(site, user)
        backup, left = backed_up(disk)
        (disk / DUMMY).unlink()
        again = asyncio.run(client.get("/customers", pages)).status
        alive = len(site.workers())
    return seen(
        f"writes {len(load.acknowledged())} of 50, {len(load.lost())} lost; pages"
        f" {[one.status for one in looks]}; export {export}; backup refused: {backup}, leaves"
        f" {left} files; with space again {again}; {alive} workers",
        len(load.acknowledged()) == 50 and not load.lost(),
        {one.status for one in looks} == {200},
        export in (500, 503),
        backup,
        not left,
        again == 200,
        alive == 2,
    )


def exported(site, user):
    """The status of an export of all customers, asked for on its page."""
    browser, path = Browser(site), "/crm/customers/export"
    browser.log_in(user.rep_code, PASSWORD)
    page = browser.get(path).data.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)
    fields = {"kind": "csv", "reason": "訓練", "csrfmiddlewaretoken": token}
    return browser.post(path, fields).status


def backed_up(disk):
    """Whether a backup says that it failed, and what it leaves behind."""
    folder = disk / "backups"
    key = Path(tempfile.mkdtemp()) / "key"
    with override_settings(BACKUP_RECIPIENTS=[backups.make_key(key)]):
        try:
            backups.make(folder)
        except (backups.DumpError, OSError):
            return True, len(list(folder.glob("*"))) if folder.exists() else 0
    return False, len(list(folder.glob("*")))


DRILLS = [
    Drill(
        "disk-of-database",
        "the database's disk full: writes 503, pages 200 or 503, nothing acknowledged is lost, no"
        " damaged table, writing again when there is space",
        database_full,
    ),
    Drill(
        "disk-of-files",
        "the disk of logs, exports and backups full: pages and writes go on, an export and a backup"
        " are refused and leave nothing behind",
        files_full,
    ),
]
