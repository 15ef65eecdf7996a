"""What can go wrong on the wire; each fault is played by the simulator."""

import datetime
import time

import pytest
from django.utils import timezone

from chat import asking, runs, wording
from chat.asking import Question
from chat.budgets import Refused
from chat.models import ChatExchange, Conversation
from tests.chat.meanwhile import database_away, wait_for, wait_for_text, wait_for_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("fault", "status", "kind", "requests"),
    [
        ("throttle", "failed", "throttled", 3),
        ("unavailable", "failed", "unavailable", 3),
        ("error:InternalServerException", "failed", "unavailable", 3),
        ("denied", "failed", "access_denied", 1),
        ("expired", "failed", "not_configured", 1),
        ("gone", "failed", "model_gone", 1),
        ("invalid", "failed", "rejected", 1),
        ("hangup", "failed", "unavailable", 1),
        ("empty", "failed", "empty", 1),
        ("error:ModelTimeoutException", "failed", "timeout", 1),
        ("drop", "interrupted", "incomplete", 1),
        ("short", "interrupted", "incomplete", 1),
        ("badcrc", "interrupted", "incomplete", 1),
        ("badutf", "interrupted", "incomplete", 1),
        ("throw:internalServerException", "interrupted", "unavailable", 1),
        ("throw:throttlingException", "interrupted", "throttled", 1),
        ("throw:modelStreamErrorException", "interrupted", "incomplete", 1),
    ],
)
def test_fault_ends_in_its_own_state(
    answered, simulator, tanaka, ito, fault, status, kind, requests
):
    exchange = answered(Question(tanaka, f"[[{fault}]] 保有商品は？", customer=ito))

    assert (exchange.status, exchange.error_kind) == (status, kind)
    assert len(simulator.requests) == requests
    assert kind in wording.FAILURES


@pytest.mark.parametrize("fault", ["drop", "short", "badcrc", "throw:modelStreamErrorException"])
def test_stream_cut_inside_a_tools_input_uses_no_tool(answered, simulator, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[in-tool]][[{fault}]] 30日以内に満期を迎える債券は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "incomplete")
    assert [step["step"] for step in exchange.tool_trace] == ["prompt", "model_failed"]
    assert len(simulator.requests) == 1


def test_text_that_came_before_the_fault_is_kept(answered, tanaka, ito):
    exchange = answered(Question(tanaka, "[[drop]] 保有商品は？", customer=ito))

    assert exchange.response.startswith("（模擬応答）")


def test_throttled_once_is_asked_again(answered, simulator, tanaka, ito):
    exchange = answered(Question(tanaka, "[[throttle-once]] 保有商品は？", customer=ito))

    assert (exchange.status, len(simulator.requests)) == ("done", 2)
    assert [step["step"] for step in exchange.tool_trace] == ["prompt", "model_failed", "model"]


def test_throttled_inside_the_stream_is_not_asked_again(answered, simulator, tanaka):
    exchange = answered(Question(tanaka, "[[early]][[throw:throttlingException]] 要点は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "throttled")
    assert len(simulator.requests) == 1


@pytest.mark.parametrize("oddity", ["unknown", "twice", "split:1", "split:7", "unknown]][[twice"])
def test_oddity_of_the_wire_changes_nothing(answered, tanaka, ito, oddity):
    plain = answered(Question(tanaka, "保有商品は？", customer=ito))
    odd = answered(Question(tanaka, f"[[{oddity}]] 保有商品は？", customer=ito))

    assert (odd.status, odd.response) == ("done", plain.response)
    assert (odd.output_tokens, odd.stop_reason) == (plain.output_tokens, "end_turn")


def test_whole_answer_without_its_counts_is_done_and_estimated(answered, tanaka):
    exchange = answered(Question(tanaka, "[[nocount]] 要点は？"))

    assert (exchange.status, exchange.stop_reason) == ("done", "end_turn")
    assert (exchange.total_tokens, exchange.cost_is_estimated) == (None, True)


def test_byte_by_byte_answer_ends_at_its_time_limit(answered, settings, tanaka):
    settings.CHAT_ANSWER_SECONDS = 1

    exchange = answered(Question(tanaka, "[[drip:0.01]] 要点は？"))

    assert (exchange.status, exchange.error_kind) in {
        ("interrupted", "timeout"),
        ("failed", "timeout"),
    }
    assert exchange.cost_is_estimated


def test_silence_after_the_first_words_is_not_asked_again(answered, simulator, settings, tanaka):
    settings.BEDROCK_READ_TIMEOUT = 0.3
    settings.BEDROCK_REGION = "ap-northeast-3"  # another client, with this time limit

    exchange = answered(Question(tanaka, "[[stall:2]] 保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("interrupted", "timeout")
    assert len(simulator.requests) == 1


def test_silence_before_the_first_byte_is_not_asked_again(answered, simulator, settings, tanaka):
    settings.BEDROCK_READ_TIMEOUT = 0.3
    settings.BEDROCK_REGION = "ap-northeast-3"

    exchange = answered(Question(tanaka, "[[silent:1]] 保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "timeout")
    assert len(simulator.requests) == 1


def test_unreachable_service_says_so(answered, settings, tanaka):
    settings.BEDROCK_ENDPOINT_URL = "http://127.0.0.1:9"

    exchange = answered(Question(tanaka, "保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "unavailable")


def test_missing_credentials_are_not_configured(answered, settings, tanaka, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    settings.BEDROCK_REGION = "ap-northeast-2"

    exchange = answered(Question(tanaka, "保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "not_configured")


def test_missing_region_is_not_configured(answered, settings, tanaka):
    settings.BEDROCK_REGION = ""
    settings.BEDROCK_ENDPOINT_URL = None

    exchange = answered(Question(tanaka, "保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "not_configured")


def test_switched_off_ai_is_never_asked(answered, simulator, settings, tanaka):
    settings.AI_ENABLED = False

    exchange = answered(Question(tanaka, "保有商品は？"))

    assert (exchange.error_kind, simulator.requests) == ("disabled", [])


def test_stop_ends_a_silent_answer_at_once(simulator, tanaka, transactional_db):
    exchange = asking.ask(Question(tanaka, "[[stall:30]] 保有商品は？"))
    wait_for_text(exchange)
    started = time.monotonic()

    runs.stop(exchange.pk)

    exchange.refresh_from_db()
    assert exchange.status == "stopped"
    assert exchange.response.startswith("（模擬応答）")
    assert time.monotonic() - started < 1


def test_stop_before_the_first_byte_ends_the_answer_at_once(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[silent:30]] 保有商品は？"))
    wait_for(lambda: simulator.requests)

    runs.stop(exchange.pk)

    exchange.refresh_from_db()
    assert (exchange.status, exchange.cost_is_estimated) == ("stopped", True)
    wait_for_threads()
    wait_for(lambda: simulator.hung_up)
    assert (runs._writing, simulator.hung_up, len(simulator.requests)) == (0, 1, 1)


def test_stop_before_the_first_byte_leaves_the_line_of_the_next_question_alone(simulator, tanaka):
    stopped = asking.ask(Question(tanaka, "[[silent:30]] 保有商品は？"))
    wait_for(lambda: simulator.requests)
    runs.stop(stopped.pk)
    next_one = asking.ask(Question(tanaka, "[[long:20]]"))

    runs.wait(next_one.pk, 20)

    next_one.refresh_from_db()
    assert (next_one.status, len(next_one.response)) == ("done", 100)


def test_error_that_nobody_foresaw_keeps_what_came(answered, tanaka):
    exchange = answered(Question(tanaka, "[[badshape]] 要点は？"))

    assert (exchange.status, exchange.error_kind) == ("interrupted", "internal")
    assert exchange.response.startswith("（模擬応答）")


def test_stop_from_another_process_is_found_in_the_row(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[stall:30]] 保有商品は？"))
    wait_for_text(exchange)

    ChatExchange.objects.filter(pk=exchange.pk).update(stop_requested=True)

    assert runs.live(exchange.pk).wait_closed(3)
    exchange.refresh_from_db()
    assert exchange.status == "stopped"


def test_stop_before_the_records_are_read_frees_the_conversation(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "要点は？ [[pace:0.5]]"))

    runs.stop(exchange.pk)
    wait_for_threads()

    exchange.refresh_from_db()
    assert exchange.status == "stopped"
    assert asking.ask(Question(tanaka, "次は？", conversation=exchange.conversation)).pk


def test_answer_ended_while_its_records_were_read_stays_ended(simulator, tanaka):
    exchange = ChatExchange.objects.create(
        conversation=Conversation.objects.create(adviser=tanaka, title="会話"),
        adviser=tanaka,
        message="要点は？",
        status="stopped",
    )

    with pytest.raises(Refused):
        runs._answer(runs.Run(exchange.pk))

    exchange.refresh_from_db()
    assert (exchange.status, simulator.requests) == ("stopped", [])


@pytest.mark.parametrize("char", ["\x00", "\ud83d"], ids=["nul", "surrogate"])
def test_character_that_no_database_stores_is_replaced(answered, simulator, tanaka, char):
    exchange = answered(Question(tanaka, f"[[odd:{ord(char)}]] 要点は？"))

    assert (exchange.status, exchange.response) == ("done", "文字\ufffdです")


def test_broken_off_answer_is_known_to_the_next_question(answered, simulator, tanaka, ito):
    cut = answered(Question(tanaka, "[[drop]] 保有商品は？", customer=ito))
    answered(Question(tanaka, "続きを教えて", conversation=cut.conversation))

    assert len(simulator.requests[-1]["messages"]) == 3


def test_failed_repetition_leaves_the_good_answer_in_the_conversation(
    answered, simulator, tanaka, ito
):
    good = answered(Question(tanaka, "保有商品は？", customer=ito))
    talk = good.conversation
    answered(Question(tanaka, "[[invalid]]", conversation=talk, regenerate_of=good))
    answered(Question(tanaka, "続きを教えて", conversation=talk))

    assert len(simulator.requests[-1]["messages"]) == 3


@pytest.mark.parametrize("age", [datetime.timedelta(seconds=1), None], ids=["expired", "no-lease"])
def test_row_of_a_dead_process_is_reaped(tanaka, age):
    lost = ChatExchange.objects.create(
        adviser=tanaka,
        message="要点は？",
        status="streaming",
        lease_expires_at=age and timezone.now() - age,
    )

    runs.reap_lost()

    lost.refresh_from_db()
    assert (lost.status, lost.error_kind) == ("interrupted", "lost")


def test_running_answer_is_saved_while_it_grows(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[stall:30]] 保有商品は？"))
    run = wait_for_text(exchange)

    time.sleep(1.2)

    exchange.refresh_from_db()
    assert (exchange.status, exchange.response) == ("streaming", run.text)
    runs.stop(exchange.pk)


@pytest.mark.postgres
def test_answer_is_whole_although_the_database_was_away(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[long:20]][[pace:0.1]]"))
    run = wait_for_text(exchange)

    with database_away():
        wait_for(lambda: run.outcome)
        time.sleep(1)

    assert run.wait_closed(20)
    exchange.refresh_from_db()
    assert (exchange.status, len(exchange.response), len(simulator.requests)) == ("done", 100, 1)
