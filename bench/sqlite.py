"""Search on SQLite, in a process of its own: Django knows one database per process."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.report import Figure, Section
from bench.timing import milliseconds, share

ROOT = Path(__file__).resolve().parent.parent
MOST = 100_000


def measure(count):
    with tempfile.TemporaryDirectory(prefix="wealthai-bench-") as folder:
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
        command = [sys.executable, "-m", "bench.on_sqlite", str(count)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    return section(count, json.loads(done.stdout))


def section(count, told):
    p95 = share(told["seconds"], 0.95)
    figures = [
        Figure("Queries that are not exact", str(len(told["wrong"])), "0", not told["wrong"]),
        Figure("Page and capped count, median", milliseconds(median(told["seconds"]))),
        Figure("… 95 of 100 within", milliseconds(p95), "≤ 100 ms", p95 <= 0.1),
    ]
    note = f"{len(told['seconds'])} queries of the same kinds, seed {told['seed']}."
    return Section(f"Search on SQLite, {count:,} customers", figures, note)
