"""`make soak`: minutes of ordinary load, after which the server is as it was.

Some callers leave pauses so that the machine is busy by about a third: they look at pages, search,
write by the API and ask the chat. Compared are the first moment after the warm-up and the end.
"""

import asyncio
import itertools
import os
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg

from drills.load import Load, ms, percentile, read, write
from drills.processes import last_event, question
from drills.stage import Stage, adviser
from tests.server import bearer, customer_of, session

WARM_UP = 0.2  # of the time: templates, pools and threads come as they are first needed
SAMPLES = 5  # of each moment; the least counts, since a request at work holds more
MIB = 1 << 20
# What may come on top between the warm-up and the end.
TOLERATED = {"memory": 0.05, "descriptors": 8, "connections": 4, "threads": 8}


@dataclass(frozen=True)
class Sample:
    memory: int  # bytes, of the main process and its workers; shared memory counted once (PSS)
    descriptors: int
    connections: int  # to the database
    threads: int

    def __str__(self):
        return (
            f"memory {self.memory / MIB:.1f} MiB, descriptors {self.descriptors}, database"
            f" connections {self.connections}, threads {self.threads}"
        )


def soak(cluster, minutes, say):
    """0 when nothing grew and nothing failed, else 1."""
    with Stage(cluster).set() as stage, stage.site() as (site, client):
        taking = partial(least, site, cluster)
        user = adviser()
        people = bearer(user), session(user), customer_of(user).pk
        moments, load, told = asyncio.run(loaded(client, people, taking, minutes * 60, say))
        lost = load.lost()
    warm, end = moments["warm"], moments["end"]
    grown = [name for name in TOLERATED if is_grown(name, getattr(warm, name), getattr(end, name))]
    say(
        f"{len(load.reads)} pages and searches, 95 of 100 within {ms(percentile(load.reads, 0.95))};"
        f" {len(load.writes)} writes; {len(load.failures())} failed, {len(lost)} lost;"
        f" answers of the chat by their end: {dict(told)}"
    )
    say(f"tolerated: memory +{TOLERATED['memory']:.0%}, others + {list(TOLERATED.values())[1:]}")
    say(f"grown: {', '.join(grown) or 'nothing'}")
    return 1 if grown or load.failures() or lost or set(told) != {"done"} else 0


def is_grown(name, before, after):
    more = TOLERATED[name]
    return after > (before * (1 + more) if name == "memory" else before + more)


async def loaded(client, people, taking, seconds, say):
    headers, pages, customer = people
    load, told = Load(), Counter()
    moments, until = {}, asyncio.Event()

    async def note(name):
        moments[name] = await asyncio.to_thread(taking)
        say(f"{name:>6} after {time.monotonic() - started:4.0f} s: {moments[name]}")

    started = time.monotonic()
    await note("start")
    searches = [f"/customers?q={quote('佐')}", f"/api/customers?q={quote('山')}"]
    paths = ["/", "/customers", f"/customers/{customer}", *searches]
    callers = [
        *(looking(client, pages, load, until, paths) for _ in range(2)),
        read(client, headers, load, until, "/api/customers", pause=1),
        writing(client, headers, load, until),
        asking(client, headers, told, until),
    ]
    tasks = [asyncio.create_task(caller) for caller in callers]
    await asyncio.sleep(seconds * WARM_UP)
    await note("warm")
    await asyncio.sleep(seconds * (1 - WARM_UP))
    until.set()
    await asyncio.gather(*tasks)
    await asyncio.sleep(5)  # what was still open is closed
    await note("end")
    return moments, load, told


async def looking(client, headers, load, until, paths):
    for path in itertools.cycle(paths):
        if until.is_set():
            return
        load.reads.append(await client.get(path, headers))
        await asyncio.sleep(0.5)


async def writing(client, headers, load, until):
    while not until.is_set():
        await write(client, headers, load, 1)
        await asyncio.sleep(1)


async def asking(client, headers, told, until):
    while not until.is_set():
        answers = await asyncio.gather(
            *(question(client, headers, "要点は？ [[long:40]][[pace:0.05]]") for _ in range(4))
        )
        told.update(map(ending, answers))
        await asyncio.sleep(1)


def ending(answer):
    """The last event of a whole stream, else how it broke off."""
    if answer.status == 200 and answer.is_whole:
        return last_event(answer)
    return f"{answer.status}, cut" if answer.status == 200 else str(answer.status)


def least(site, cluster):
    samples = []
    for _ in range(SAMPLES):
        samples.append(sample(site, cluster))
        time.sleep(0.2)
    return Sample(*(min(getattr(one, name) for one in samples) for name in TOLERATED))


def sample(site, cluster):
    pids = [site.nodes[0].pid, *site.workers()]
    own = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
    with psycopg.connect(**cluster.connecting) as connection:
        (connections,) = connection.execute(own).fetchone()
    return Sample(
        memory=sum(map(proportional_size, pids)),
        descriptors=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids),
        connections=connections,
        threads=sum(len(os.listdir(f"/proc/{pid}/task")) for pid in pids),
    )


def proportional_size(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) << 10
