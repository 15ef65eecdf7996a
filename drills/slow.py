"""A thousand callers who send a header line now and then and never come to the end."""

import asyncio
import time

from drills.drill import Drill, seen
from drills.load import Load, ms, percentile, read
from drills.stage import adviser
from tests.deploy.site import HOST
from tests.server import session

SLOW, SECONDS = 1000, 20
START = f"GET /crm/customers HTTP/1.1\r\nHost: {HOST}\r\n".encode()


def slow_headers(stage):
    pages = session(adviser())
    with stage.site() as (site, client):

        async def looked(load):
            until = asyncio.Event()
            readers = [asyncio.create_task(read(client, pages, load, until)) for _ in range(2)]
            await asyncio.sleep(SECONDS)
            until.set()
            await asyncio.gather(*readers)

        async def play():
            calm, beset = Load(), Load()
            await looked(calm)
            slow = [await client.open() for _ in range(SLOW)]
            dripping = asyncio.create_task(drip(slow))
            await looked(beset)
            dripping.cancel()
            closed = sum(is_closed(*one) for one in slow)
            for _, writer in slow:
                writer.close()
            return calm, beset, closed

        calm, beset, closed = asyncio.run(play())
    before, during = percentile(calm.reads, 0.95), percentile(beset.reads, 0.95)
    wrong = calm.failures() + beset.failures()
    return seen(
        f"95 of 100 pages within {ms(before)} before, {ms(during)} during ({len(beset.reads)} pages,"
        f" {len(wrong)} failed); {closed} of the slow ones closed after {SECONDS} s",
        not wrong,
        during <= max(1.5 * before, before + 0.05),
        closed == SLOW,
    )


def is_closed(reader, writer):
    return reader.at_eof() or reader.exception() is not None or writer.is_closing()


async def drip(slow):
    """A byte a second each."""
    started = time.monotonic()
    for at in range(len(START)):
        for _, writer in slow:
            writer.write(START[at : at + 1])
        await asyncio.sleep(max(0, started + at + 1 - time.monotonic()))


DRILLS = [
    Drill(
        "slow-headers",
        f"{SLOW} callers who drip their headers through nginx: the others' p95 is within 1.5 times or"
        " 50 ms of before, 0 failed, the slow ones are closed after 15 s",
        slow_headers,
    )
]
