"""The roles of deploy/postgresql/ in the database of the tests, under names of their own."""

import contextlib
import os
import subprocess
from pathlib import Path

import psycopg
from django.db import connection

from tests.cluster import find_binaries
from tests.deploy.site import ROOT

# A role is the whole server's, on which two runs of the tests may be at work.
RUN = Path(os.environ.get("TEST_DATABASE", "test")).stem
APP, OWNER = f"app_of_{RUN}", f"owner_of_{RUN}"
KEYS = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}


def address():
    known = {name: connection.settings_dict[key] for name, key in KEYS.items()}
    return {name: str(value) for name, value in known.items() if value}


def connected(role=None):
    own = psycopg.connect(**address(), autocommit=True)
    if role:
        own.execute(f"SET ROLE {role}")
    return own


def run(name):
    """A file of deploy/postgresql/ as deploy/install runs it; returns what it says."""
    command = [find_binaries() / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-v", f"app={APP}"]
    command += ["-v", f"owner={OWNER}", "-f", ROOT / "deploy/postgresql" / name]
    known = {
        f"PG{name.replace('dbname', 'database').upper()}": at for name, at in address().items()
    }
    done = subprocess.run(command, env=os.environ | known, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@contextlib.contextmanager
def made():
    for name in ("roles.sql", "privileges.sql", "roles.sql", "privileges.sql"):  # safe to run again
        run(name)
    try:
        yield
    finally:
        with connected() as own:
            for role in (APP, OWNER):
                own.execute(f"DROP OWNED BY {role}")
                own.execute(f"DROP ROLE {role}")
