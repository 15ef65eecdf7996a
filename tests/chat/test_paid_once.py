"""One question is one paid call, however often and from how many tabs it is sent."""

import threading

import pytest
from django.db import connection

from chat import asking, runs
from chat.asking import Question
from chat.models import ChatExchange, Conversation
from wealthai.api import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(question, times):
    """What asking `question` in that many threads at once gave: chat ids and errors."""
    results, together = [], threading.Barrier(times)

    def ask():
        together.wait()
        try:
            results.append(asking.ask(question).pk)
        except (asking.StillAnswering, Conflict) as error:
            results.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


def finish():
    for exchange in ChatExchange.objects.all():
        runs.wait(exchange.pk, 20)


def test_question_sent_five_times_with_one_key_is_asked_once(simulator, tanaka):
    ids = at_once(Question(tanaka, "要点は？", idempotency_key="key-1"), 5)
    finish()

    assert ids == [ChatExchange.objects.get(status="done").pk] * 5
    assert len(simulator.requests) == 1


def test_two_tabs_of_a_conversation_get_one_answer_at_a_time(simulator, tanaka):
    talk = Conversation.objects.create(adviser=tanaka, title="会話")

    results = at_once(Question(tanaka, "[[pace:0.1]] 要点は？", conversation=talk), 5)
    finish()

    answered = ChatExchange.objects.get(status="done").pk
    assert sorted(map(str, results)) == sorted(map(str, [answered, *[asking.StillAnswering] * 4]))
    assert len(simulator.requests) == 1
