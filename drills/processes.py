"""gunicorn: a worker killed, the server stopped, the server reloaded a hundred times."""

import asyncio
import os
import signal
import time

from chat.models import ChatExchange
from drills.drill import Drill, seen
from drills.load import Load, during, ms, present, read, write
from drills.stage import adviser
from tests.server import bearer, session

Status = ChatExchange.Status
STREAMS, RELOADS = 100, 100
GAP = 0.06  # seconds between two questions
PATIENCE = 5  # seconds that somebody may wait while the machine is busy with starting workers
LEASE = 15  # seconds after which whoever looks next finds that a row has lost its process


def question(client, headers, text, on_piece=None):
    headers = {**headers, "Accept": "text/event-stream"}
    return client.send("POST", "/api/chat", headers, {"message": text}, on_piece)


async def asked(client, headers, count, text):
    """`count` streams, begun one after the other, each with its first words or ended; their tasks."""
    speaking = [asyncio.Event() for _ in range(count)]

    def heard(event):
        return lambda body: event.set() if b"event: delta" in body else None

    async def ask(number, event):
        await asyncio.sleep(number * GAP)
        try:
            return await question(client, headers, text, heard(event))
        finally:
            event.set()

    tasks = [asyncio.create_task(ask(*one)) for one in enumerate(speaking)]
    async with asyncio.timeout(60):
        await asyncio.gather(*(event.wait() for event in speaking))
    return tasks


def last_event(answer):
    return answer.text.strip().rpartition("event: ")[2].partition("\n")[0]


# --- A worker is killed ------------------------------------------------------------------------
def kill_a_worker(stage):
    user = adviser()
    headers, pages = bearer(user), session(user)
    before = ChatExchange.objects.count()
    with stage.site() as (site, client):

        async def play():
            tasks = await asked(client, headers, 12, "要点は？ [[long:60]][[pace:0.1]]")
            page_before = await client.get("/customers", pages)
            await asyncio.sleep(1)  # of the last one the first words are stored, too
            killed = min(site.workers())
            os.kill(killed, signal.SIGKILL)
            next_page = await client.get("/customers", pages)
            answers = await asyncio.gather(*tasks)
            while (await client.get("/readyz", {})).status != 200:
                await asyncio.sleep(0.1)
            await asyncio.sleep(LEASE)
            history = await client.get("/api/chat", headers)
            return page_before, next_page, answers, history

        page_before, next_page, answers, _ = asyncio.run(play())
        broken = [one for one in answers if last_event(one) != "done"]
        rows = ChatExchange.objects.order_by("-pk")[: len(answers)]
        kept = [row for row in rows if row.status == Status.INTERRUPTED and row.response]
        asked_in_all = ChatExchange.objects.count() - before
        new_workers = len(site.workers())
    return seen(
        f"{len(broken)} of 12 broke off, {len(kept)} kept as interrupted with what they had said;"
        f" {12 - len(broken)} whole; next page {next_page.status} in {ms(next_page.seconds)} after {ms(page_before.seconds)} before;"
        f" {new_workers} workers",
        0 < len(broken) < 12,
        len(kept) == len(broken),
        asked_in_all == 12,
        next_page.status == 200 and next_page.seconds <= page_before.seconds + 1,
        new_workers == 2,
    )


# --- The server is stopped ---------------------------------------------------------------------
def stop_with_streams(stage):
    headers = bearer(adviser())
    before = set(ChatExchange.objects.values_list("pk", flat=True))
    with stage.site() as (site, client):

        async def play():
            tasks = await asked(client, headers, STREAMS, "要点は？ [[long:2000]][[pace:0.2]]")
            told = time.monotonic()
            site.nodes[0].terminate()
            answers = await asyncio.gather(*tasks)
            ended = time.monotonic() - told
            code = await asyncio.to_thread(site.nodes[0].wait, 30)
            return answers, ended, time.monotonic() - told, code

        answers, ended, gone, code = asyncio.run(play())
    rows = ChatExchange.objects.exclude(pk__in=before)
    kept = rows.filter(status=Status.INTERRUPTED, error_kind="restarted").exclude(response="")
    told = sum(last_event(one) == "interrupted" for one in answers)
    return seen(
        f"{told} told ({sum(one.status != 200 for one in answers)} refused) within {ended:.1f} s; process gone after {gone:.1f} s with code {code};"
        f" {rows.count()} questions saved, {kept.count()} with what had been said",
        told == STREAMS and ended <= 5,
        code == 0 and gone <= 10,
        rows.count() == kept.count() == STREAMS,
    )


# --- The server is reloaded --------------------------------------------------------------------
def reload_under_load(stage):
    user = adviser()
    headers, pages, load = bearer(user), session(user), Load()
    with stage.site() as (site, client):
        node = client.of_node(site.sockets[0])

        async def reloads():
            for _ in range(RELOADS):
                await reload(site)

        async def play():
            await during(
                reloads(),
                lambda until: write(client, headers, load, until=until),
                lambda until: write(client, headers, load, until=until),
                lambda until: read(client, pages, load, until),
                # Both read what all workers measured.
                lambda until: read(client, pages, load, until, "/"),
                lambda until: read(node, {}, load, until, "/metrics"),
            )

        asyncio.run(play())
    failed = load.failures()
    return seen(
        f"{RELOADS} reloads; {len(load.writes)} writes, {len(load.reads)} pages: {len(failed)} failed"
        f" {[one.status for one in failed][:5] or ''}, {len(load.lost())} lost;"
        f" longest wait {ms(load.longest())}",
        not failed and load.longest() <= PATIENCE,
        len(load.acknowledged()) == len(load.writes) == len(present(load.writes)) > 100,
    )


async def reload(site):
    """Returns when all workers are new ones."""
    old = site.workers()
    site.nodes[0].send_signal(signal.SIGHUP)
    async with asyncio.timeout(60):
        while old & (now := site.workers()) or len(now) < len(old):
            await asyncio.sleep(0.05)


DRILLS = [
    Drill(
        "worker-killed",
        "12 answers being written, one of two workers killed with -9: its answers are kept as"
        " interrupted, the others end whole, the next page waits less than 1 s more, a new worker comes",
        kill_a_worker,
    ),
    Drill(
        "stopped",
        f"SIGTERM with {STREAMS} open streams: each told interrupted within 5 s, the process gone"
        " within 10 s with code 0, 0 questions lost",
        stop_with_streams,
    ),
    Drill(
        "reloads",
        f"{RELOADS} reloads under load, one upon the other: 0 failed writes, every page whole with 200,"
        f" nobody waits longer than {PATIENCE} s",
        reload_under_load,
    ),
]
