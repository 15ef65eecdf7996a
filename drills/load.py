"""Writes and reads under which the drills break things: each write has a code of its own, to be
looked for afterwards."""

import asyncio
import itertools
from dataclasses import dataclass, field

from customers.models import Customer
from drills.client import Answer

_codes = itertools.count(1)


@dataclass
class Load:
    writes: dict[str, Answer] = field(default_factory=dict)  # by customer code
    reads: list[Answer] = field(default_factory=list)

    def acknowledged(self):
        return {code for code, answer in self.writes.items() if answer.status == 201}

    def lost(self):
        """Acknowledged and not there."""
        return self.acknowledged() - present(self.writes)

    def refused(self):
        return [answer for answer in self.writes.values() if answer.status != 201]

    def failures(self):
        """Answers that are not the whole of what was asked for."""
        wanted = [(201, one) for one in self.writes.values()] + [(200, one) for one in self.reads]
        return [one for status, one in wanted if one.status != status or not one.is_whole]

    def statuses(self):
        found = {}
        for answer in self.refused():
            found[answer.status] = found.get(answer.status, 0) + 1
        return found

    def longest(self):
        return max(one.seconds for one in [*self.writes.values(), *self.reads])


def present(codes):
    return set(
        Customer.objects.filter(customer_code__in=codes).values_list("customer_code", flat=True)
    )


async def write(client, headers, load, count=None, until=None):
    """One caller who adds customers: `count` of them, or until the event is set."""
    for _ in itertools.count() if count is None else range(count):
        if until and until.is_set():
            return
        code = f"DR{next(_codes):06}"
        body = {"name": "訓練 太郎", "customer_code": code}
        load.writes[code] = await client.send("POST", "/api/customers", headers, body)
        if load.writes[code].status != 201:
            await asyncio.sleep(0.05)


async def read(client, headers, load, until, path="/customers", pause=0.05):
    while not until.is_set():
        load.reads.append(await client.get(path, headers))
        await asyncio.sleep(pause)


async def during(event, *callers):
    """Runs `event`, a coroutine, under the callers, who end with it: functions of (until)."""
    until = asyncio.Event()
    tasks = [asyncio.create_task(caller(until)) for caller in callers]
    try:
        return await event
    finally:
        until.set()
        await asyncio.gather(*tasks)


def percentile(answers, part):
    ordered = sorted(one.seconds for one in answers)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def ms(seconds):
    return f"{seconds * 1000:,.0f} ms"
