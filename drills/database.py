"""PostgreSQL: killed under writes, away for a minute, without a free connection."""

import asyncio
import time

import psycopg

from drills.drill import Drill, seen
from drills.load import Load, present, write
from drills.stage import administrator, adviser
from tests.server import bearer, customer_of, session

WRITES, WRITERS = 1000, 10
AWAY = 60  # seconds
HANGS = 5  # seconds that 40 callers at once may wait for their refusal


# --- Killed under writes ------------------------------------------------------------------------
def kill_under_writes(stage):
    headers, load = bearer(adviser()), Load()
    with stage.site() as (site, client):
        workers = site.workers()

        async def play():
            writers = [
                asyncio.create_task(write(client, headers, load, WRITES // WRITERS))
                for _ in range(WRITERS)
            ]
            while len(load.acknowledged()) < WRITES // 5:
                await asyncio.sleep(0.02)
            stage.cluster.kill()
            await asyncio.sleep(1)
            await asyncio.to_thread(stage.cluster.start)
            back = time.monotonic()
            while (
                await client.send("POST", "/api/customers", headers, {"name": "復旧"})
            ).status != 201:
                await asyncio.sleep(0.1)
            recovered = time.monotonic() - back
            await asyncio.gather(*writers)
            return recovered

        recovered = asyncio.run(play())
        is_same = workers == site.workers()
    unsure = present(load.writes) - load.acknowledged()
    return seen(
        f"{len(load.writes)} writes: {len(load.acknowledged())} acknowledged, {len(load.lost())} of"
        f" them lost; refused {load.statuses()}, of which {len(unsure)} had been saved; writing again"
        f" {recovered:.1f} s after the database; application {'not ' if is_same else ''}restarted",
        len(load.writes) == WRITES,
        not load.lost(),
        set(load.statuses()) == {503},
        recovered <= 5,
        is_same,
    )


# --- Away for a minute --------------------------------------------------------------------------
def away(stage):
    user = adviser()
    headers, pages = bearer(user), session(user)
    system = session(administrator())
    ask = {"message": "要点は？", "customer_id": customer_of(user).pk}
    with stage.site() as (_, client):
        asked = {
            "page": lambda: client.get("/customers", pages),
            "status": lambda: client.get("/status", system),
            "api": lambda: client.get("/api/customers", headers),
            "write": lambda: client.send("POST", "/api/customers", headers, {"name": "訓練"}),
            "chat": lambda: client.send("POST", "/api/chat", headers, ask),
            "/healthz": lambda: client.get("/healthz", {}),
            "/readyz": lambda: client.get("/readyz", {}),
        }

        async def play():
            await asyncio.gather(*(one() for one in asked.values()))
            paid = len(stage.simulator.requests)
            stage.cluster.kill()
            gone, answers = time.monotonic(), {name: [] for name in asked}
            while time.monotonic() - gone < AWAY:
                for name, answer in zip(
                    asked, await asyncio.gather(*(one() for one in asked.values())), strict=True
                ):
                    answers[name].append(answer)
                await asyncio.sleep(1)
            paid = len(stage.simulator.requests) - paid
            await asyncio.to_thread(stage.cluster.start)
            back = time.monotonic()
            while (await asked["page"]()).status != 200:
                await asyncio.sleep(0.1)
            return answers, paid, time.monotonic() - back

        answers, paid, recovered = asyncio.run(play())
    found = {name: sorted({one.status for one in given}) for name, given in answers.items()}
    slowest = max(one.seconds for given in answers.values() for one in given)
    refused = [one for name, given in answers.items() if not name.startswith("/") for one in given]
    in_japanese = sum("応答" in one.text for one in refused)
    told_when = sum("retry-after" in one.headers for one in refused)
    expected = {name: [503] for name in asked} | {"/healthz": [200]}
    return seen(
        f"{found}; slowest {slowest:.1f} s; {in_japanese} of {len(refused)} refusals in Japanese,"
        f" {told_when} with Retry-After; {paid} calls of the model; pages {recovered:.1f} s after",
        found == expected,
        slowest <= 3,
        in_japanese == told_when == len(refused),
        paid == 0,
        recovered <= 5,
    )


# --- No connection left -------------------------------------------------------------------------
def exhausted(stage):
    user = adviser()
    headers, pages = bearer(user), session(user)
    with stage.site() as (_, client):

        async def burst():
            """More callers at once than the connections that the pool still has."""
            return await asyncio.gather(
                *(client.get("/customers", pages) for _ in range(20)),
                *(
                    client.send("POST", "/api/customers", headers, {"name": "訓練"})
                    for _ in range(20)
                ),
            )

        async def play():
            hogs = await asyncio.to_thread(take_all_connections, stage.cluster.connecting)
            answers = await burst()
            for hog in hogs:
                hog.close()
            free = time.monotonic()
            while (await client.get("/customers", pages)).status != 200:
                await asyncio.sleep(0.1)
            return answers, time.monotonic() - free

        answers, recovered = asyncio.run(play())
    statuses = sorted({one.status for one in answers})
    refused = [one for one in answers if one.status == 503]
    slowest = max(one.seconds for one in answers)
    return seen(
        f"40 callers: {len(refused)} refused, {sum('retry-after' in one.headers for one in refused)}"
        f" with Retry-After, answers {statuses}; slowest {slowest:.1f} s; pages"
        f" {recovered:.1f} s after connections were free",
        statuses == [503],
        all("retry-after" in one.headers for one in refused),
        slowest <= HANGS,
        recovered <= 5,
    )


def take_all_connections(where):
    """Those of the application too: what it loses is taken before it has connected again."""
    hogs = [psycopg.connect(**where, autocommit=True)]
    while take_one(where, hogs):
        pass
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type ="
        " 'client backend' AND pid <> ALL(%s)"
    )
    hogs[0].execute(ended, [[hog.info.backend_pid for hog in hogs]])
    misses = 0
    while misses < 20:
        misses = 0 if take_one(where, hogs) else misses + 1
        time.sleep(0.01 if misses else 0)
    return hogs


def take_one(where, hogs):
    try:
        hogs.append(psycopg.connect(**where, autocommit=True))
    except psycopg.OperationalError:
        return False
    return True


DRILLS = [
    Drill(
        "database-killed",
        f"PostgreSQL killed with -9 and started again under {WRITES} writes: every acknowledged one"
        " is there, every other was answered 503, writing again within 5 s, no restart of ours",
        kill_under_writes,
    ),
    Drill(
        "database-away",
        f"{AWAY} s without a database: 503 in Japanese with Retry-After within 3 s (also /status and"
        " the chat), /healthz 200, /readyz 503, 0 calls of the model, pages again within 5 s",
        away,
    ),
    Drill(
        "connections",
        f"every connection taken by others: 503 with Retry-After within {HANGS} s, nobody hangs,"
        " pages again within 5 s of the first free one",
        exhausted,
    ),
]
