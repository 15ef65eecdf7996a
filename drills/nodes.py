"""Two application nodes on one database: what they share, and what is left when one is killed."""

import asyncio
import contextlib
import json
import os
import re
import signal
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.db import connection

from chat.models import ChatExchange
from drills.drill import Drill, seen
from drills.load import Load, during, ms, present, read, write
from drills.processes import asked, last_event, question
from drills.stage import adviser
from tests.deploy.site import HOST
from tests.server import bearer, session

CALLERS, SECONDS = 6, 15
WRONG, HELD_BACK = 5, "続けて間違えたため"  # passwords, and what is said from then on


# --- What they share ---------------------------------------------------------------------------
def shared(stage):
    user = adviser(1)  # the other one has spent something today
    headers, pages = bearer(user), session(user)
    budget = {"CHAT_DAILY_YEN_OF": f"{user.rep_code}=1"}
    with stage.site(nodes=2, **budget) as (site, client):
        first, second = (client.of_node(path) for path in site.sockets)

        async def play():
            sessions = [(await node.get("/customers", pages)).status for node in (first, second)]
            guesses = [await guess(node) for node in [first, second] * (WRONG // 2) + [first]]
            after = [await guess(node) for node in (first, second)]
            paid = len(stage.simulator.requests)
            spending = await question(first, headers, "要点は？ [[long:3]]")
            refused = await question(second, headers, "もう一つ？ [[long:3]]")
            return sessions, guesses, after, last_event(spending), refused, paid

        sessions, guesses, after, spending, refused, paid = asyncio.run(play())
        paid = len(stage.simulator.requests) - paid
    kind = ChatExchange.objects.filter(adviser=user).order_by("-pk").first().error_kind
    return seen(
        f"one session: {sessions}; {WRONG} wrong passwords in turns, held back {guesses}, then {after};"
        f" budget of one: first node {spending}, second {last_event(refused)} ({kind}),"
        f" {paid} call of the model",
        sessions == [200, 200],
        guesses == [False] * WRONG and after == [True, True],
        spending == "done" and kind == "budget" and paid == 1,
    )


async def guess(node):
    """A log-in with a wrong password: whether the code is held back by now."""
    page = await node.get("/accounts/login", {})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
    cookie = SimpleCookie(page.headers["set-cookie"])
    name = next(iter(cookie))
    fields = {"login": "SR999", "password": "wrong-wrong-wrong", "csrfmiddlewaretoken": token}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{name}={cookie[name].value}",
        "Origin": f"https://{HOST}",
    }
    answer = await node.send("POST", "/accounts/login", headers, urlencode(fields))
    return HELD_BACK in answer.text


# --- An answer seen from the other node ----------------------------------------------------------
def followed(stage):
    headers = bearer(adviser())
    with stage.site(nodes=2) as (site, client):
        first, second = (client.of_node(path) for path in site.sockets)

        async def play():
            (whole,) = await asked(first, headers, 1, "要点は？ [[long:40]][[pace:0.05]]")
            chat = await asyncio.to_thread(newest)
            resumed = await follow(second, headers, chat, had=20)
            (stopped,) = await asked(first, headers, 1, "要点は？ [[long:2000]][[pace:0.1]]")
            chat = await asyncio.to_thread(newest)
            ended = await second.send("POST", f"/api/chat/{chat}/stop", headers)
            return await whole, resumed, await stopped, ended, chat

        whole, resumed, stopped, ended, chat = asyncio.run(play())
    rest, all_of_it = text_of(resumed), text_of(whole)
    status = ChatExchange.objects.get(pk=chat).status
    return seen(
        f"resumed on the other node: {len(rest)} of {len(all_of_it)} characters after the 20 it had;"
        f" stopped there ({ended.status}) after {ms(ended.seconds)}, the reader here was told"
        f" {last_event(stopped)} in the end, the row is {status}",
        len(all_of_it) == 200 and rest == all_of_it[20:],
        status == "stopped" and ended.status == 200 and stopped.is_whole,
    )


def newest():
    with contextlib.closing(connection):  # of this thread
        return ChatExchange.objects.order_by("-pk").values_list("pk", flat=True)[0]


def follow(node, headers, chat, had):
    headers = {**headers, "Accept": "text/event-stream", "Last-Event-ID": str(had)}
    return node.get(f"/api/chat/{chat}/events", headers)


def text_of(answer):
    blocks = [block for block in answer.text.split("\n\n") if block.startswith("event: delta")]
    return "".join(json.loads(block.partition("data: ")[2])["text"] for block in blocks)


# --- One of them is killed ---------------------------------------------------------------------
def kill_one(stage):
    user = adviser()
    headers, pages, load = bearer(user), session(user), Load()
    with stage.site(nodes=2) as (site, client):

        async def death():
            await asyncio.sleep(SECONDS / 3)
            os.killpg(site.nodes[0].pid, signal.SIGKILL)
            await asyncio.sleep(2)
            failed_by_then = len(load.failures())
            await asyncio.sleep(SECONDS)
            return failed_by_then

        async def play():
            writers = [lambda until: write(client, headers, load, until=until)] * (CALLERS // 2)
            readers = [lambda until: read(client, pages, load, until)] * (CALLERS // 2)
            return await during(death(), *writers, *readers)

        at_death = asyncio.run(play())
    failed = load.failures()
    return seen(
        f"{len(load.writes)} writes, {len(load.reads)} pages: {len(load.acknowledged())} acknowledged,"
        f" {len(load.lost())} lost; {at_death} broke off as the node died, {len(failed) - at_death}"
        f" failed afterwards; {len(present(load.writes)) - len(load.acknowledged())} saved twice or"
        f" unasked; longest wait {ms(load.longest())}",
        not load.lost(),
        at_death <= CALLERS,
        len(failed) == at_death,
        load.longest() <= 10,
    )


DRILLS = [
    Drill(
        "nodes-share",
        "two nodes: a session of one is good at the other; wrong passwords and a day's budget add up"
        " over both (the sixth is held back at either; 1 call of the model)",
        shared,
    ),
    Drill(
        "nodes-stream",
        "two nodes: an answer of one is read on, and stopped, at the other",
        followed,
    ),
    Drill(
        "node-killed",
        f"one of two nodes killed with -9 under {CALLERS} callers: 0 acknowledged writes lost, only"
        " what was being answered there breaks off, 0 failures afterwards",
        kill_one,
    ),
]
