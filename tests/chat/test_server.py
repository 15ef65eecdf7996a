"""The chat in worker processes: what a single process cannot show."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange, Conversation
from tests.factories import HoldingFactory
from tests.server import Caller, Server, read_events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def first(response, kind):
    """The first event of that kind: (id, data)."""
    return next((at, data) for event, at, data in read_events(response) if event == kind)


def test_forty_streams_over_a_pool_of_four_all_complete(simulator, tanaka):
    ended = []

    def ask(number):
        last = list(read_events(caller.ask(f"質問{number} [[long:40]][[pace:0.05]]")))[-1]
        ended.append((last[0], last[2]["response"]))

    with Server(DATABASE_POOL_SIZE="4", WEB_WORKERS="1", RATE_LIMITS="chat=40/m") as server:
        caller = Caller(server, tanaka)
        readers = [threading.Thread(target=ask, args=[number]) for number in range(40)]
        [reader.start() for reader in readers]
        [reader.join(60) for reader in readers]

    whole = "".join(f"{number:04}。" for number in range(40))
    assert ended == [("done", whole)] * 40


def test_first_character_arrives_within_300_ms(simulator, tanaka):
    with Server() as server:
        caller = Caller(server, tanaka)
        list(read_events(caller.ask("温める")))  # the first question makes the client
        simulator.sent_at.clear()

        first(caller.ask("要点は？ [[pace:0.2]]"), "delta")
        arrived = time.monotonic()

    assert arrived - simulator.sent_at[0] < 0.3


def test_answer_is_finished_although_its_reader_left(simulator, tanaka):
    with Server() as server:
        response = Caller(server, tanaka).ask("[[long:20]][[pace:0.05]]")
        first(response, "delta")
        hang_up(server, response)
        wait_until(lambda: not ChatExchange.objects.running().exists())

    assert len(ChatExchange.objects.get(status="done").response) == 100


def test_second_reader_gets_the_whole_answer_from_any_worker(simulator, tanaka):
    with Server() as server:
        caller = Caller(server, tanaka)
        _, data = first(caller.ask("[[long:20]][[pace:0.1]]"), "start")
        texts = []
        for _ in range(4):
            events = list(read_events(caller.follow(data["chat_id"])))
            texts.append("".join(data["text"] for event, _, data in events if event == "delta"))

    assert texts == [ChatExchange.objects.get().response] * 4


def test_stop_works_from_every_worker(simulator, tanaka):
    with Server(WEB_WORKERS="4") as server:
        caller = Caller(server, tanaka)
        running = [first(caller.ask("[[long:400]][[pace:0.1]]"), "start")[1] for _ in range(4)]
        for data in running:
            caller.stop(data["chat_id"])
        wait_until(lambda: not ChatExchange.objects.running().exists())

    assert set(ChatExchange.objects.values_list("status", flat=True)) == {"stopped"}


def test_stop_from_another_worker_ends_the_call_that_is_silent_yet(simulator, tanaka):
    with Server(WEB_WORKERS="4") as server:
        caller = Caller(server, tanaka)
        _, data = first(caller.ask("[[silent:30]] 要点は？"), "start")
        wait_until(lambda: simulator.requests)
        ChatExchange.objects.filter(pk=data["chat_id"]).update(stop_requested=True)
        wait_until(lambda: simulator.hung_up)

    assert (simulator.hung_up, len(simulator.requests)) == (1, 1)
    assert ChatExchange.objects.get().status == "stopped"


def test_sigterm_interrupts_streams_and_keeps_their_text(simulator, tanaka):
    with Server(WEB_WORKERS="1") as server:
        events = read_events(Caller(server, tanaka).ask("[[long:400]][[pace:0.1]]"))
        next(event for event, *_ in events if event == "delta")
        server.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        last = list(events)[-1]

    row = ChatExchange.objects.get()
    assert (last[0], last[2]["ending"]["kind"]) == ("interrupted", "restarted")
    assert (row.status, row.response) == ("interrupted", last[2]["response"])
    assert time.monotonic() - started < 5


def test_sigterm_saves_an_answer_that_nobody_reads(simulator, tanaka):
    with Server(WEB_WORKERS="1") as server:
        response = Caller(server, tanaka).ask("[[long:400]][[pace:0.1]]")
        first(response, "delta")
        hang_up(server, response)
        time.sleep(0.5)  # the server notices at its second write

    row = ChatExchange.objects.get()
    assert (row.status, row.error_kind) == ("interrupted", "restarted")
    assert row.response != ""


def test_killed_worker_loses_at_most_a_second(simulator, tanaka):
    with Server(WEB_WORKERS="1") as server:
        response = Caller(server, tanaka).ask("[[long:100]][[pace:0.1]]")
        first(response, "delta")
        time.sleep(3)
        os.kill(server.workers()[0], signal.SIGKILL)

    assert len(ChatExchange.objects.get().response) >= 5 * 18


def hang_up(server, response):
    response.close()
    server.wires[-1].close()


def wait_until(condition):
    deadline = time.monotonic() + 15
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def test_answer_of_a_killed_worker_unfolds_what_was_done(simulator, tanaka, client, ito):
    HoldingFactory(customer=ito, maturity_date=timezone.localdate() + timedelta(days=20))
    with Server(WEB_WORKERS="1") as server:
        first(Caller(server, tanaka).ask("[[stall:30]] 30日以内に満期を迎える債券は？"), "delta")
        wait_until(lambda: has_step("tool"))
        os.kill(server.workers()[0], signal.SIGKILL)
    ChatExchange.objects.update(lease_expires_at=timezone.now())
    client.force_login(tanaka)

    talk = Conversation.objects.get()
    page = client.get(reverse("chat:home", query={"conversation": talk.pk})).content.decode()
    row = ChatExchange.objects.get()
    assert [step["step"] for step in row.tool_trace] == ["prompt", "model", "tool"]
    assert (row.error_kind, row.total_tokens > 0, len(row.citations)) == ("lost", True, 1)
    assert "照会　償還の予定" in page


def has_step(name):
    steps = ChatExchange.objects.values_list("tool_trace", flat=True).get() or []
    return name in [step["step"] for step in steps]
