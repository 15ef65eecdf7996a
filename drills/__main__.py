"""What `make drill` runs: `python -m drills [name …]`. Exit code 1 when anything was not as expected.

Each drill breaks something in a site of its own — PostgreSQL, the shipped nginx site, gunicorn with
the shipped settings, the model's simulator, all on loopback — and says what it saw.
"""

import argparse
import os
import shutil
import signal
import sys

import django

from tests.cluster import find_binaries

ENVIRONMENT = {
    "DEMO": "1",  # of this process, which makes the people and records; the site runs without it
    "STATIC_MANIFEST": "0",
    "LOG_LEVEL": "CRITICAL",
    "DJANGO_SETTINGS_MODULE": "wealthai.settings",
}


def main(arguments):
    parser = argparse.ArgumentParser(prog="drills", description=__doc__)
    parser.add_argument("names", nargs="*", help="the drills to play; all of them without a name")
    parser.add_argument("--minutes", type=float, help="instead: so many minutes of ordinary load")
    asked = parser.parse_args(arguments)
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is missing (Debian: apt-get install postgresql)")
    if not (shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")):
        raise SystemExit("nginx is missing (Debian: apt-get install nginx)")
    from drills.postgres import Postgres

    with Postgres(binaries).running() as cluster:
        os.environ.update(ENVIRONMENT, DATABASE_URL=cluster.url)
        django.setup()
        from drills.run import run, say  # their imports need the settings
        from drills.soak import soak

        return soak(cluster, asked.minutes, say) if asked.minutes else run(cluster, asked.names)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the processes go with the run
    sys.exit(main(sys.argv[1:]))
