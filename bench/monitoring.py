"""How soon a server says it is ready, and what the own monitoring costs: /metrics before and after many
reloads, and the throughput of a light page with and without it."""

import os
import re
import signal
import tempfile
import time
from pathlib import Path
from statistics import median

from bench import api, database
from bench.report import Figure, Section
from bench.timing import in_turns, milliseconds
from tests.server import Server

STARTS, READY_WITHIN = 5, 5  # seconds
RELOADS, ROUNDS, PAGE = 100, 15, "/accounts/login"
SCRAPES, MOST_SECONDS, MOST_COST = 30, 0.05, 0.03
COUNT = 'wealthai_requests_total{status="200",view="account_login"}'


def measure():
    with database.using("ten"):
        found = [cold_start(STARTS), *reloads(RELOADS), *throughput(ROUNDS)]
        return Section("Start and monitoring", found, NOTE)


NOTE = (
    f"gunicorn as shipped with two workers. Start: the slowest of {STARTS}, asked each tenth of a second; the"
    f" program's files are in memory. /metrics: medians of {SCRAPES}, after every page had been"
    f" asked for in both workers. Throughput: {PAGE}, {ROUNDS} rounds in turns of two servers, one of"
    " them without the middleware that measures; the cost is the median of the neighbours' ratios of"
    " processor time, which is what limits the throughput."
)


def cold_start(times):
    slowest = max(seconds_to_ready() for _ in range(times))
    within = f"≤ {READY_WITHIN} s"
    return Figure("Start to ready", f"{slowest:.1f} s", within, slowest <= READY_WITHIN)


def seconds_to_ready():
    """From the start of gunicorn's process to the first 200 of /readyz."""
    started = time.monotonic()
    with Server(**api.SERVER) as server:  # here /healthz answers
        while not is_ready(server):
            time.sleep(0.1)
        return time.monotonic() - started


def is_ready(server):
    answer = server.get("/readyz")
    answer.read()
    return answer.status == 200


def reloads(times):
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(**api.SERVER, PROMETHEUS_MULTIPROC_DIR=folder) as server,
    ):
        visit_every_view(server)
        fresh, files = scrape_seconds(server), len(files_in(folder))
        before = counted(server)
        for _ in range(times):
            server.get(PAGE).read()
            reload(server)
        old, lost = scrape_seconds(server), before + times - counted(server)
        slots = {file.stem.rpartition("_")[2] for file in files_in(folder)}
    return [
        Figure("/metrics, fresh", milliseconds(fresh), "≤ 50 ms", fresh <= MOST_SECONDS),
        Figure(f"… after {times} reloads", milliseconds(old), "≤ 50 ms", old <= MOST_SECONDS),
        Figure(
            "Files, fresh · worker slots after them",
            f"{files} · {len(slots)}",
            "≤ 4 slots",
            len(slots) <= 4,
        ),
        Figure("Answers lost from the counts", f"{lost:.0f} of {times}", "0", lost == 0),
    ]


def files_in(folder):
    """Of measurements; those by which workers follow each other lie beside them."""
    return list(Path(folder).glob("*.db"))


def visit_every_view(server):
    """Labels are what makes /metrics long; an answer of any kind makes one."""
    from tests.scope import routes

    for route in routes():
        for _ in range(4):  # whichever worker takes it
            server.get("/" + re.sub(r"{\d}", "1", route.path)).read()


def scrape_seconds(server):
    return in_turns(SCRAPES, it=lambda: server.get("/metrics").read())["it"].median


def counted(server):
    lines = server.get("/metrics").read().decode().splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(COUNT)), 0)


def reload(server):
    """Returns when all workers are new ones."""
    old = set(server.workers())
    os.kill(server.process.pid, signal.SIGHUP)
    while old & set(server.workers()) or len(server.workers()) < len(old):
        time.sleep(0.02)


def throughput(rounds):
    """What an answer costs the workers of two servers. On full processors the throughput is as much
    less as that is more, and a neighbour on the machine slows both but hardly changes it."""
    with Server(**api.SERVER) as measured, Server(**api.SERVER, BENCH_UNMEASURED="1") as bare:
        rows = []
        for number in range(rounds + 1):
            servers = (measured, bare) if number % 2 else (bare, measured)
            found = {server: speed_and_cost(server) for server in servers}
            rows.append((*found[measured], *found[bare]))
    speed, ours, bare_speed, plain = zip(*rows[1:], strict=True)
    cost = 1 - median(theirs / own for own, theirs in zip(ours, plain, strict=True))
    told = [
        f"{median(speeds):,.0f} requests/s, {milliseconds(median(costs))} each"
        for speeds, costs in ((bare_speed, plain), (speed, ours))
    ]
    return [
        Figure("Light page, unmeasured: throughput, processor time", told[0]),
        Figure("Light page, measured", told[1]),
        Figure("Throughput that monitoring costs", f"{cost:.1%}", "≤ 3 %", cost <= MOST_COST),
    ]


def speed_and_cost(server):
    """Answers a second, and the seconds of processor time that the workers took for each."""
    before = processor_seconds(server.workers())
    speed = api.requests_per_second(server, "", PAGE)
    return speed, (processor_seconds(server.workers()) - before) / (speed * api.SECONDS)


def processor_seconds(pids):
    """In user and system mode: fields 14 and 15 of proc(5)'s stat."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")
