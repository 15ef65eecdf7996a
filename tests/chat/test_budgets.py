"""What a day's budget allows, what is reserved before a call and what is paid after it."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from chat import asking, budgets, catalogue, runs
from chat.asking import Question
from chat.bedrock import Usage
from chat.blocks import Blocks
from chat.models import ChatExchange, Conversation
from tests.chat.meanwhile import wait_for_text

pytestmark = pytest.mark.django_db(transaction=True)

SONNET = "jp.anthropic.claude-sonnet-5-5"


@pytest.fixture
def spent(tanaka):
    """Lets Tanaka have spent that many yen today."""

    def spend(yen, **columns):
        ChatExchange.objects.create(adviser=tanaka, message="先の質問", cost_yen=yen, **columns)

    return spend


def queued(adviser):
    """The account of a question that is being answered."""
    talk = Conversation.objects.create(adviser=adviser, title="会話")
    lease = timezone.now() + timedelta(minutes=1)
    row = ChatExchange.objects.create(
        adviser=adviser,
        conversation=talk,
        message="質問",
        status="streaming",
        lease_expires_at=lease,
    )
    return budgets.Account(row.pk, adviser)


def test_used_up_budget_asks_nothing_and_keeps_the_question(answered, simulator, spent, tanaka):
    spent(1000)

    exchange = answered(Question(tanaka, "保有商品は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "budget")
    assert (exchange.message, exchange.cost_yen, exchange.model_id) == ("保有商品は？", None, None)
    assert simulator.requests == []


def test_refusal_names_the_midnight_in_japan(api, simulator, spent):
    spent(1000)

    answer = api.post("/api/chat", {"message": "保有商品は？"}, format="json")

    reset = timezone.localtime() + timedelta(days=1)
    left = budgets.reset_after(timezone.now()) - timezone.now()
    assert answer.status_code == 429
    assert 0 <= int(answer["Retry-After"]) - left.total_seconds() < 60
    assert f"{reset.month}月{reset.day}日 0:00に戻ります" in answer.json()["detail"]


def test_last_yen_of_the_day_may_still_be_spent(answered, spent, tanaka):
    spent("999.99")

    assert answered(Question(tanaka, "保有商品は？")).status == "done"


def test_question_that_cost_nothing_known_does_not_stop_the_next(answered, spent, tanaka):
    spent(None, status="failed")

    assert answered(Question(tanaka, "保有商品は？")).status == "done"


def test_budget_is_each_persons_own(answered, spent, suzuki):
    spent(1000)

    assert answered(Question(suzuki, "保有商品は？")).status == "done"


def test_one_person_may_have_another_budget(answered, settings, spent, tanaka):
    settings.CHAT_DAILY_YEN_OF = {"SR001": 3000}
    spent(1000)

    assert answered(Question(tanaka, "保有商品は？")).status == "done"


def test_yesterday_in_japan_does_not_count(answered, spent, tanaka):
    midnight = budgets.reset_after(timezone.now()) - timedelta(days=1)
    spent(1000, created_at=midnight - timedelta(seconds=1))

    assert answered(Question(tanaka, "保有商品は？")).status == "done"


def test_day_ends_at_midnight_in_japan():
    evening, night = (datetime(2026, 11, 26, hour, tzinfo=UTC) for hour in (14, 15))

    assert budgets.reset_after(evening) == datetime(2026, 11, 26, 15, tzinfo=UTC)
    assert budgets.reset_after(night) == datetime(2026, 11, 27, 15, tzinfo=UTC)


def test_counted_answer_costs_what_was_counted_and_releases_the_rest(answered, tanaka):
    exchange = answered(Question(tanaka, "保有商品は？"))

    usage = Usage(input=exchange.input_tokens, output=exchange.output_tokens)
    assert exchange.cost_yen == catalogue.cost_in_yen(SONNET, usage, 155)
    assert (exchange.cost_is_estimated, exchange.reserved_yen) == (False, None)


def test_running_answer_holds_its_worst_case(simulator, settings, tanaka):
    exchange = asking.ask(Question(tanaka, "[[stall:30]] 要点は？"))
    wait_for_text(exchange)

    exchange.refresh_from_db()
    assert exchange.reserved_yen > catalogue.cost_in_yen(SONNET, Usage(output=4000), 155)
    assert budgets.standing(tanaka).spent == exchange.reserved_yen
    runs.stop(exchange.pk)


@pytest.mark.parametrize("fault", ["hangup", "early]][[throw:throttlingException"])
def test_call_of_which_nothing_came_costs_its_worst_case(answered, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[{fault}]] 要点は？"))

    assert exchange.cost_yen > catalogue.cost_in_yen(SONNET, Usage(output=4000), 155)
    assert (exchange.cost_is_estimated, exchange.total_tokens) == (True, None)


@pytest.mark.parametrize("fault", ["drop", "short", "badcrc", "throw:throttlingException"])
def test_cut_answer_is_estimated_by_what_came_of_it(answered, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[{fault}]] 要点は？"))

    least, most = (catalogue.cost_in_yen(SONNET, Usage(output=n), 155) for n in (1000, 4000))
    assert least < exchange.cost_yen < most
    assert (exchange.cost_is_estimated, exchange.total_tokens) == (True, None)


def heard(**delta):
    blocks = Blocks()
    blocks.take({"contentBlockDelta": {"contentBlockIndex": 0, "delta": delta}})
    return blocks


@pytest.mark.parametrize(
    "delta",
    [
        {"text": "資" * 1000},
        {"toolUse": {"input": "x" * 3000}},
        {"reasoningContent": {"text": "資" * 1000}},
        {"reasoningContent": {"redactedContent": b"x" * 3000}},
    ],
    ids=["text", "tool", "thought", "hidden thought"],
)
def test_estimate_is_all_that_was_sent_what_came_and_a_margin(delta):
    call = budgets.Call(SONNET, sent_tokens=500, heard=heard(**delta))

    output = 3000 * 0.45 + budgets.UNSEEN_TOKENS
    assert call.yen == catalogue.cost_in_yen(SONNET, Usage(input=500, output=int(output)), 155)
    assert call.is_estimated


def test_estimate_is_never_more_than_the_worst_case():
    call = budgets.Call(SONNET, sent_tokens=500, heard=heard(text="資" * 9000))

    assert call.yen == call.worst_yen


def test_stopped_answer_is_estimated(simulator, tanaka):
    exchange = asking.ask(Question(tanaka, "[[stall:30]] 要点は？"))
    wait_for_text(exchange)
    runs.stop(exchange.pk)

    exchange.refresh_from_db()
    assert (exchange.cost_is_estimated, exchange.reserved_yen) == (True, None)
    assert 0 < exchange.cost_yen < catalogue.cost_in_yen(SONNET, Usage(output=4000), 155)


@pytest.mark.parametrize("fault", ["throttle", "denied", "gone", "invalid", "expired"])
def test_refused_call_costs_nothing(answered, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[{fault}]] 要点は？"))

    assert (exchange.cost_yen, exchange.cost_is_estimated) == (0, False)


def test_repeated_and_further_calls_add_up(tanaka):
    account = queued(tanaka)
    account.open(SONNET, "質問").is_free = True
    for output in (100, 200):
        account.open(SONNET, "質問").usage = Usage(input=10, output=output, total=10 + output)

    columns = account.counts() | account.cost()
    assert (columns["input_tokens"], columns["output_tokens"], columns["total_tokens"]) == (
        20,
        300,
        320,
    )
    assert columns["cost_yen"] == catalogue.cost_in_yen(SONNET, Usage(input=20, output=300), 155)


def test_further_call_of_an_exchange_needs_budget_too(settings, tanaka):
    settings.CHAT_DAILY_YEN = 5
    account = queued(tanaka)
    account.open(SONNET, "質問")

    with pytest.raises(budgets.Refused, match="budget"):
        account.open(SONNET, "質問")
    assert len(account.calls) == 1


def test_exchange_that_ended_meanwhile_asks_nothing_more(tanaka):
    account = queued(tanaka)
    ChatExchange.objects.update(status="stopped")

    with pytest.raises(budgets.Refused, match="lost"):
        account.open(SONNET, "質問")


def test_reservation_of_a_dead_process_becomes_an_estimate(tanaka):
    account = queued(tanaka)
    account.open(SONNET, "質問")
    ChatExchange.objects.update(lease_expires_at=timezone.now())

    runs.reap_lost()

    row = ChatExchange.objects.get()
    assert (row.reserved_yen, row.cost_is_estimated, row.cost_yen) == (None, True, account.yen)


def test_model_without_a_price_is_reckoned_at_the_dearest(answered, settings, tanaka):
    settings.BEDROCK_MODEL_ID = "jp.anthropic.claude-of-tomorrow"

    exchange = answered(Question(tanaka, "要点は？"))

    usage = Usage(input=exchange.input_tokens, output=exchange.output_tokens)
    assert exchange.cost_yen == catalogue.cost_in_yen("jp.anthropic.claude-sonnet-4-6", usage, 155)
    assert exchange.cost_is_estimated


def test_twenty_questions_at_the_edge_get_one_call(settings, spent, tanaka):
    settings.CHAT_DAILY_YEN = 1000
    spent("999.99")
    accounts, allowed = [queued(tanaka) for _ in range(20)], []

    def ask(account):
        try:
            allowed.append(account.open(SONNET, "質問"))
        except budgets.Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[account]) for account in accounts]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert len(allowed) == 1


@pytest.mark.parametrize(
    ("yen", "near", "used_up"),
    [(799, False, False), (800, True, False), (999, True, False), (1000, False, True)],
)
def test_standing_warns_from_80_percent_on(spent, tanaka, yen, near, used_up):
    spent(yen)

    standing = budgets.standing(tanaka)

    assert (standing.is_near, standing.is_used_up) == (near, used_up)


def test_budget_of_nothing_stops_the_model(settings, tanaka):
    settings.CHAT_DAILY_YEN = 0

    standing = budgets.standing(tanaka)

    assert (standing.is_used_up, standing.percent) == (True, 100)


def test_worst_case_is_more_than_the_longest_answer(settings):
    call = budgets.Call(SONNET, budgets.most_tokens(["指示", "質問"]))

    assert call.worst_yen > Decimal("11.00") * settings.BEDROCK_MAX_TOKENS / 1_000_000 * 155
