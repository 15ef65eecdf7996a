"""A process that is only away, and taken for gone: its row is ended under it."""

import os
import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import asking, keeping, runs
from chat.asking import Question
from chat.models import ChatExchange, Conversation
from tests.chat.meanwhile import database_away, wait_for, wait_for_text, wait_for_threads
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


def test_answer_that_began_is_given_up_as_soon_as_any(simulator, tanaka):
    run = wait_for_text(asking.ask(Question(tanaka, "[[long:400]][[pace:0.02]]")))

    assert ChatExchange.objects.get().lease_expires_at <= timezone.now() + keeping.LEASE
    run.stop()


def test_question_takes_the_place_of_one_whose_process_is_gone(simulator, tanaka):
    talk = Conversation.objects.create(adviser=tanaka, title="会話")
    before = {"status": "streaming", "lease_expires_at": timezone.now() - MISSED}
    lost = ChatExchange.objects.create(
        conversation=talk, adviser=tanaka, message="要点は？", **before
    )

    asking.ask(Question(tanaka, "次は？", conversation=talk, idempotency_key="k" * 16))

    lost.refresh_from_db()
    assert (lost.status, lost.error_kind) == ("interrupted", "lost")
    assert talk.exchanges.exclude(pk=lost.pk).count() == 1
    wait_for_threads()


def test_process_gives_up_no_row_that_it_is_writing_itself(simulator, tanaka):
    run = wait_for_text(asking.ask(Question(tanaka, "[[long:400]][[pace:0.02]]")))

    reap(ChatExchange.objects.all())

    assert ChatExchange.objects.get().is_running
    run.stop()


def given_up_before_it_was_stored(tanaka):
    """A run whose answer is whole, and whose row was ended while the database kept it waiting."""
    talk = Conversation.objects.create(adviser=tanaka, title="会話")
    asked = {"conversation": talk, "adviser": tanaka, "message": "要点は？"}
    run = runs.Run(ChatExchange.objects.create(status="streaming", reserved_yen=9, **asked).pk)
    run.add("全文です。")
    run.outcome, run.ended_at = ("done", None, None), timezone.now() - MISSED
    ChatExchange.objects.end_as_lost()
    return run, asked


def test_whole_answer_takes_its_row_back_that_was_ended_while_the_database_was_away(tanaka):
    run, _ = given_up_before_it_was_stored(tanaka)

    keeping.keep_outcome(run)

    states = ChatExchange.objects.values_list("status", "error_kind", "response")
    assert states.get() == ("done", None, "全文です。")


def test_whole_answer_leaves_the_row_ended_when_more_was_asked_meanwhile(tanaka):
    run, asked = given_up_before_it_was_stored(tanaka)
    ChatExchange.objects.create(**asked)
    ended = ChatExchange.objects.values().get(pk=run.chat_id)

    keeping.keep_outcome(run)

    assert ChatExchange.objects.values().get(pk=run.chat_id) == ended


@pytest.mark.postgres
def test_answer_is_whole_although_the_database_was_away_beyond_its_lease(
    simulator, tanaka, monkeypatch
):
    monkeypatch.setattr(keeping, "LEASE", timedelta(seconds=1))
    run = wait_for_text(asking.ask(Question(tanaka, "[[long:20]][[pace:0.05]]")))
    with database_away():
        wait_for(lambda: run.outcome)
        wait_for(lambda: timezone.now() > run.ended_at + MISSED)

    runs.reap_lost()

    assert run.wait_closed(20)
    rows = ChatExchange.objects.values_list("status", "error_kind", "response")
    assert rows.get() == ("done", None, run.text)


@pytest.mark.postgres
def test_process_that_leaves_waits_for_the_answers_that_are_being_stored(
    simulator, tanaka, monkeypatch
):
    monkeypatch.setattr(runs, "_draining", False)  # put back at the end
    run = wait_for_text(asking.ask(Question(tanaka, "[[long:20]][[pace:0.05]]")))
    with database_away():
        wait_for(lambda: run.outcome)

    runs.leave()

    assert (run.closed, ChatExchange.objects.get().response) == (True, run.text)


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
