"""What `make bench` runs: `python -m bench [section …] [--rows N]`.

A whole run writes its table into docs/performance.md; a part of it, or one of another size, only
prints. Exit code 1 when a target was missed.
"""

import argparse
import os
import shutil
import signal
import sys

import django

from tests.cluster import find_binaries, throwaway

ROWS = 1_000_000
SECTIONS = (
    "search",
    "api",
    "pages",
    "sqlite",
    "masking",
    "dashboard",
    "monitoring",
    "chat",
    "history",
    "writes",
)  # the last one changes the tables
# As deploy/README.md advises. It waits for the disk as a server in service does: writing is not made
# to look cheap.
POSTGRES = (
    "shared_buffers=4GB",
    "work_mem=64MB",
    "maintenance_work_mem=1GB",
    "effective_cache_size=12GB",
    "random_page_cost=1.1",
    "max_wal_size=8GB",
    "checkpoint_timeout=30min",
    "wal_compression=lz4",
    "jit=off",
)
ENVIRONMENT = {
    "DEMO": "1",
    "STATIC_MANIFEST": "0",
    "LOG_LEVEL": "ERROR",
    "AWS_ACCESS_KEY_ID": "bench",  # boto3 signs for the simulator too
    "AWS_SECRET_ACCESS_KEY": "bench",
    "RATE_LIMITS": "api=1000000/m,search=1000000/m,chat=1000000/m",  # one person asks for all
    "CHAT_DAILY_YEN": "1000000",  # one person asks a thousand questions
    "DJANGO_SETTINGS_MODULE": "bench.settings",
}


def main(arguments):
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("sections", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--rows", type=int, default=ROWS, help="customers in the large database")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(unknown)}")
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is missing (Debian: apt-get install postgresql)")
    if shutil.which("wrk") is None:  # told now, not after a quarter of an hour
        raise SystemExit("wrk is missing (Debian: apt-get install wrk)")
    with throwaway(binaries, POSTGRES) as url:
        os.environ.update(ENVIRONMENT, DATABASE_URL=url)
        django.setup()
        from bench.run import run  # its imports need the settings

        wanted = [name for name in SECTIONS if name in (asked.sections or SECTIONS)]
        is_whole = not asked.sections and asked.rows == ROWS
        return run(wanted, asked.rows, into_document=is_whole)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the cluster goes with the run
    sys.exit(main(sys.argv[1:]))
