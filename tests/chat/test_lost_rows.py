"""A process that is only away, and taken for gone: its row is ended under it."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import asking, runs
from chat.asking import Question
from chat.models import ChatExchange
from tests.chat.test_faults import wait_for, wait_for_text, wait_for_threads
from tests.chat.test_server import first
from tests.server import Caller, Server

pytestmark = pytest.mark.django_db(transaction=True)
MISSED = timedelta(seconds=1)


def reap(exchanges):
    """As whoever looks next does once the lease was not renewed."""
    exchanges.update(lease_expires_at=timezone.now() - MISSED)
    runs.reap_lost()


def test_worker_that_lost_its_row_hangs_up_and_writes_nothing(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[long:400]][[pace:0.02]]"))
    run = wait_for_text(exchange)
    ChatExchange.objects.filter(pk=exchange.pk).end_as_lost()
    ended = ChatExchange.objects.values().get(pk=exchange.pk)

    assert run.wait_closed(5)

    wait_for(lambda: simulator.hung_up)
    assert ChatExchange.objects.values().get(pk=exchange.pk) == ended
    assert (run.outcome[:2], len(simulator.requests)) == (("interrupted", "lost"), 1)


def test_answer_that_comes_after_its_row_was_ended_changes_nothing(simulator, tanaka, monkeypatch):
    monkeypatch.setattr(runs, "TICK", 4)  # the heartbeat hangs, but not into the next test
    exchange = asking.ask(Question(tanaka, "[[long:20]][[pace:0.02]]"))
    wait_for_text(exchange)
    ChatExchange.objects.filter(pk=exchange.pk).end_as_lost()
    ended = ChatExchange.objects.values().get(pk=exchange.pk)

    wait_for_threads()

    assert ChatExchange.objects.values().get(pk=exchange.pk) == ended


@pytest.mark.postgres
def test_paused_worker_that_wakes_asks_nothing_and_writes_nothing(simulator, tanaka):
    with Server(WEB_WORKERS="1") as server:
        caller = Caller(server, tanaka)
        first(caller.ask("[[long:400]][[pace:0.05]]"), "delta")
        worker = server.workers()[0]
        os.kill(worker, signal.SIGSTOP)
        reap(ChatExchange.objects.running())
        ended = ChatExchange.objects.values().get()
        os.kill(worker, signal.SIGCONT)
        wait_for(lambda: simulator.hung_up)

    assert ChatExchange.objects.values().get() == ended
    assert (ended["error_kind"], simulator.hung_up, len(simulator.requests)) == ("lost", 1, 1)


@pytest.mark.postgres
def test_question_asked_again_by_hand_ends_the_call_that_was_taken_for_gone(simulator, tanaka):
    with Server(WEB_WORKERS="1") as server:
        caller = Caller(server, tanaka)
        _, data = first(caller.ask("[[long:400]][[pace:0.05]]"), "start")
        wait_for(lambda: simulator.requests)
        reap(ChatExchange.objects.filter(pk=data["chat_id"]))
        caller.ask("[[long:2]]", "application/json", regenerate_of=data["chat_id"]).read()
        wait_for(lambda: simulator.hung_up)

    states = dict(ChatExchange.objects.values_list("status", "error_kind"))
    assert states == {"interrupted": "lost", "done": None}
    assert (simulator.hung_up, len(simulator.requests)) == (1, 2)
