"""Rounds of tools on the wire: the simulator asks for them, as a model does."""

import datetime
import time
from contextlib import contextmanager

import pytest
from django.db import OperationalError
from django.db.backends.signals import connection_created
from django.urls import reverse
from django.utils import timezone

from chat import asking, assistant, runs
from chat.asking import Question
from customers.models import Customer
from tests.factories import (
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bond(ito):
    product = ProductFactory(product_name="トヨタ社債", currency="USD")
    due = timezone.localdate() + datetime.timedelta(days=20)
    return HoldingFactory(customer=ito, product=product, maturity_date=due)


def steps(exchange, name):
    return [step for step in exchange.tool_trace if step["step"] == name]


def test_bonds_near_maturity_are_screened_by_name(answered, tanaka, bond):
    exchange = answered(Question(tanaka, "30日以内に満期を迎える債券は？"))

    assert exchange.status == "done"
    assert "伊藤正雄様（C001）" in exchange.response
    assert "トヨタ社債 10,000 USD［1］" in exchange.response
    assert exchange.guard_verdict == {"unverified": [], "removed_sources": 0}


def test_customers_affected_by_an_event_are_screened_by_name(answered, tanaka, bond):
    today = timezone.localdate()
    EconomicEventFactory(title="米FOMC", event_date=today, affected_currencies=["USD"])

    exchange = answered(Question(tanaka, "米FOMCの影響を受ける顧客は？"))

    assert [step["name"] for step in steps(exchange, "tool")] == ["events", "affected_customers"]
    assert "伊藤正雄様（C001）" in exchange.response


def test_cash_inflows_are_read_out_of_free_notes(answered, tanaka, ito):
    SalesNoteFactory(customer=ito, content="来春に退職金3千万円が入るとのこと。")

    exchange = answered(Question(tanaka, "入金がありそうな顧客は？"))

    assert "退職金3千万円が入るとのこと。［1］" in exchange.response


def test_screening_goes_on_in_a_conversation_that_has_named_customers(answered, tanaka, bond):
    SalesNoteFactory(customer=bond.customer, content="来春に退職金3千万円が入るとのこと。")
    first = answered(Question(tanaka, "30日以内に満期を迎える債券は？"))

    exchange = answered(
        Question(tanaka, "入金がありそうな顧客は？", conversation=first.conversation)
    )

    assert "退職金3千万円が入るとのこと。［1］" in exchange.response


def test_birthday_in_a_note_is_a_figure_of_the_records(answered, tanaka, ito):
    SalesNoteFactory(customer=ito, content="退職金の相談。お誕生日は1958年2月2日。")
    Customer.objects.without_history().update(birth_date="1958-02-02")

    exchange = answered(Question(tanaka, "入金がありそうな顧客は？"))

    assert "1958/02/02" in exchange.response
    assert exchange.guard_verdict["unverified"] == []


def test_no_name_is_sent_in_any_round(answered, simulator, tanaka, ito, nakamura, bond):
    SalesNoteFactory(customer=ito, content="伊藤様、中村健一様から資金の相談。")

    answered(Question(tanaka, "入金がありそうな顧客は？"))

    sent = str(simulator.requests)
    assert [word for word in ("伊藤", "中村", "イトウ", "090-1111") if word in sent] == []


def test_customer_met_in_a_result_is_used(answered, tanaka, ito, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))

    assert list(exchange.used.all()) == [ito]


def test_colleagues_customer_is_never_met(answered, tanaka, nakamura):
    due = timezone.localdate() + datetime.timedelta(days=20)
    HoldingFactory(customer=nakamura, maturity_date=due)

    exchange = answered(Question(tanaka, "満期が近い債券は？"))

    assert (exchange.response, exchange.used.count()) == ("（模擬応答）記録にありません。", 0)


def test_trace_tells_each_tool_and_its_rows(answered, tanaka, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))

    told = [(step["name"], step["rows"], step["status"]) for step in steps(exchange, "tool")]
    assert told == [("maturities", 1, "success")]


def test_tokens_of_all_rounds_are_counted(answered, simulator, tanaka, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))

    assert len(simulator.requests) == 2
    assert exchange.total_tokens == exchange.input_tokens + exchange.output_tokens
    assert exchange.input_tokens > len(str(simulator.requests[1]["messages"]))


def test_thought_goes_back_unchanged(answered, simulator, tanaka, bond):
    answered(Question(tanaka, "[[think]] 満期が近い債券は？"))

    said = simulator.requests[1]["messages"][1]["content"]
    thought = {"text": "考え中", "signature": "署名"}
    assert said[0] == {"reasoningContent": {"reasoningText": thought}}
    assert said[1]["toolUse"]["input"] == {"days": 90, "category": "BOND"}


@pytest.mark.parametrize("fault", ["bad-json", "unknown"])
def test_wrong_use_is_answered_to_the_model(answered, simulator, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[tool:{fault}]] 満期が近い債券は？"))

    result = simulator.requests[1]["messages"][2]["content"][0]["toolResult"]
    assert (result["status"], exchange.status) == ("error", "done")
    assert steps(exchange, "tool")[0]["status"] == "error"


def test_endless_use_ends_with_words(answered, simulator, tanaka):
    exchange = answered(Question(tanaka, "[[tool:endless]] 満期が近い債券は？"))

    assert (exchange.status, exchange.error_kind) == ("failed", "too_many_rounds")
    assert len(simulator.requests) == assistant.ROUNDS


def test_database_that_is_away_for_a_moment_is_waited_for(answered, tanaka, bond):
    def away_once(execute, *args):
        if "holdings" in args[0] and not failed:
            failed.append(args[0])
            raise OperationalError("gone")
        return execute(*args)

    failed = []
    with everywhere(away_once):
        exchange = answered(Question(tanaka, "満期が近い債券は？"))

    assert (len(failed), exchange.status, "［1］" in exchange.response) == (1, "done", True)


def test_refused_first_round_is_asked_again(answered, simulator, tanaka, bond):
    exchange = answered(Question(tanaka, "[[throttle-once]] 満期が近い債券は？"))

    assert (exchange.status, len(steps(exchange, "model_failed"))) == ("done", 2)


def test_cut_round_after_a_tool_is_not_asked_again(answered, simulator, tanaka, bond):
    exchange = answered(Question(tanaka, "[[drop]] 満期が近い債券は？"))

    assert (exchange.status, exchange.error_kind) == ("interrupted", "incomplete")
    assert len(simulator.requests) == 2


def test_stop_between_rounds_asks_no_further(simulator, tanaka, transactional_db):
    exchange = asking.ask(Question(tanaka, "[[silent:0.5]] [[tool:endless]] 満期は？"))
    run = runs.live(exchange.pk)

    run.stop()

    exchange.refresh_from_db()
    assert exchange.status == "stopped"
    wait_for_threads()
    assert len(simulator.requests) <= 1


def test_source_that_was_never_given_is_removed_and_counted(answered, tanaka, ito):
    exchange = answered(Question(tanaka, "[[cite:crm://customer/999@1]] 要点は？", customer=ito))

    assert "crm://" not in exchange.response
    assert exchange.guard_verdict["removed_sources"] == 1


def test_figure_of_no_record_is_marked_below_the_answer(answered, page, tanaka, ito):
    exchange = answered(Question(tanaka, "[[say:9億円です]] 要点は？", customer=ito))

    shown = page.get(reverse("chat:home", query={"conversation": exchange.conversation_id}))

    assert "根拠未確認　9億円" in shown.content.decode()


def test_source_opens_the_record_as_it_was(answered, page, tanaka, ito, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))
    bond.quantity = 77
    bond.save()

    shown = page.get(reverse("chat:home", query={"conversation": exchange.conversation_id}))

    url = shown.context["exchanges"][0].sources[0]["url"]
    then = page.get(url).context["standing"].portfolio
    assert [row.quantity for group in then.groups for row in group.holdings] == [10]


def test_sources_of_a_withheld_answer_are_not_told(answered, page, tanaka, suzuki, ito, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))
    ito.sales_rep = suzuki
    ito.save()

    told = page.get(reverse("chat:api-detail", args=[exchange.pk])).json()

    assert (told["withheld"], told["citations"], told["unverified"]) == (True, [], [])


def test_record_that_goes_along_with_the_question_is_cited_too(answered, tanaka, ito, bond):
    exchange = answered(Question(tanaka, "保有商品は？", customer=ito))

    cited = [one["label"] for one in exchange.citations if one["number"]]
    assert (cited, exchange.guard_verdict["unverified"]) == (["保有 トヨタ社債"], [])


def test_cited_sources_are_told_by_number(answered, page, tanaka, bond):
    exchange = answered(Question(tanaka, "満期が近い債券は？"))

    told = page.get(reverse("chat:api-detail", args=[exchange.pk])).json()

    source = f"crm://holding/{bond.pk}@{bond.history.latest().pk}"
    assert told["citations"] == [
        {"number": 1, "source": source, "label": "伊藤正雄 保有 トヨタ社債"}
    ]


def test_earlier_numbers_of_sources_are_not_sent_along(answered, simulator, tanaka, bond):
    first = answered(Question(tanaka, "満期が近い債券は？"))
    answered(Question(tanaka, "要点は？", conversation=first.conversation))

    assert "［1］" in first.response
    assert "［1］" not in str(simulator.requests[-1]["messages"])


@contextmanager
def everywhere(wrapper):
    """Around each statement of every connection that is opened meanwhile."""

    def wrap(connection, **kwargs):
        connection.execute_wrappers.append(wrapper)
        wrapped.append(connection)

    wrapped = []
    connection_created.connect(wrap)
    try:
        yield
    finally:
        connection_created.disconnect(wrap)
        for connection in wrapped:
            connection.execute_wrappers.remove(wrapper)


def wait_for_threads():
    deadline = time.monotonic() + 10
    while runs._writing and time.monotonic() < deadline:
        time.sleep(0.02)


def test_last_round_that_says_nothing_ends_no_answer(answered, tanaka):
    exchange = answered(Question(tanaka, "[[hush]] 満期が近い債券は？"))

    assert (exchange.status, exchange.error_kind) == ("interrupted", "empty")
