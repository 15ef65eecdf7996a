"""What was paid for is stored, whatever stands against it once the answer has ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import runs, turn
from chat.models import ChatExchange, Conversation

pytestmark = pytest.mark.django_db(transaction=True)
NOT_STORABLE = "\ud83d"  # in no database


@pytest.fixture
def run(tanaka):
    """An answer whose words have come."""
    talk = Conversation.objects.create(adviser=tanaka, title="会話")
    row = ChatExchange.objects.create(
        conversation=talk, adviser=tanaka, message="要点は？", status="streaming"
    )
    run = runs.Run(row.pk)
    run.turn = turn.prepare(row)
    run.add("全文です。")
    return run


def stored(run, *names):
    return ChatExchange.objects.values_list(*names).get(pk=run.chat_id)


def test_answer_whose_figures_cannot_be_checked_is_kept_without_a_verdict(run):
    run.turn.grounds.texts.append(None)

    run.end("done")

    assert stored(run, "status", "response", "guard_verdict") == ("done", "全文です。", None)


def test_answer_that_no_database_stores_lets_its_readers_go(run):
    run.add(NOT_STORABLE)

    with pytest.raises(UnicodeEncodeError):
        run.end("done")

    assert run.wait_closed(0)


def test_words_are_kept_and_reckoned_although_the_rest_cannot_be_stored(run):
    ChatExchange.objects.update(reserved_yen=7)
    run.turn.note("tool", rows=object())

    run.end("done")

    names = ("status", "error_kind", "response", "lease_expires_at")
    assert stored(run, *names) == ("interrupted", "internal", "全文です。", None)
    assert stored(run, "cost_yen", "reserved_yen", "cost_is_estimated") == (7, None, True)


def test_lease_of_an_answer_that_waits_for_the_database_is_renewed(run):
    ChatExchange.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    run.outcome = ("done", None, None)

    runs._tend([run])
    runs.reap_lost()

    assert stored(run, "status") == ("streaming",)
