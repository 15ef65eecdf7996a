"""Another model stands in: only where somebody approved it, and only where nothing was paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.asking import Question
from tests.factories import HoldingFactory

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = "jp.anthropic.claude-sonnet-5-5"
OTHER = "jp.anthropic.claude-sonnet-4-6"


@pytest.fixture
def approved(settings, simulator):
    settings.BEDROCK_FALLBACK_MODEL_ID = OTHER
    settings.BEDROCK_FALLBACK_APPROVED_BY = "2026-11-20 森"
    return simulator


@pytest.fixture
def maturing(ito):
    return HoldingFactory(customer=ito, maturity_date=timezone.localdate() + timedelta(days=20))


@pytest.mark.parametrize(
    ("fault", "tries"),
    [("gone", 1), ("throttle", 3), ("unavailable", 3), ("error:ServiceQuotaExceededException", 1)],
)
def test_approved_model_answers_where_the_first_refused(answered, approved, tanaka, fault, tries):
    exchange = answered(Question(tanaka, f"[[only:5-5]][[{fault}]] 要点は？"))

    assert (exchange.status, exchange.model_id) == ("done", OTHER)
    assert approved.models == [FIRST] * tries + [OTHER]


THINKS = "[[think]][[only:5-5]][[later]][[gone]] 30日以内に満期を迎える債券は？"


def blocks(request):
    return [block for message in request["messages"] for block in message["content"]]


def test_other_model_in_a_later_round_gets_no_thought_of_the_first(
    answered, approved, tanaka, maturing
):
    exchange = answered(Question(tanaka, THINKS))

    thoughts = [["reasoningContent" in one for one in blocks(body)] for body in approved.requests]
    assert (exchange.status, approved.models) == ("done", [FIRST, FIRST, OTHER])
    assert [sum(found) for found in thoughts] == [0, 1, 0]
    assert "伊藤正雄様（C001）" in exchange.response


@pytest.mark.parametrize(("model", "taken"), [(FIRST, True), ("model-of-tomorrow", False)])
def test_records_are_search_results_only_for_a_model_that_takes_them(
    answered, simulator, settings, tanaka, maturing, model, taken
):
    settings.BEDROCK_MODEL_ID = model

    exchange = answered(Question(tanaka, "30日以内に満期を迎える債券は？"))

    sent = blocks(simulator.requests[1])[-1]["toolResult"]["content"][0]
    assert ("searchResult" in sent, f"crm://holding/{maturing.pk}@" in str(sent)) == (taken, True)
    assert "［1］" in exchange.response


@pytest.mark.parametrize("fault", ["denied", "invalid", "expired"])
def test_other_model_is_not_asked_where_it_cannot_help(answered, approved, tanaka, fault):
    exchange = answered(Question(tanaka, f"[[only:5-5]][[{fault}]] 要点は？"))

    assert (exchange.status, approved.models) == ("failed", [FIRST])


@pytest.mark.parametrize(
    "fault",
    [
        "drop",
        "hangup",
        "error:ModelTimeoutException",
        "error:GatewayTimeout",
        "early]][[throw:serviceUnavailableException",
    ],
)
def test_other_model_is_not_asked_where_the_first_may_be_paid(answered, approved, tanaka, fault):
    answered(Question(tanaka, f"[[only:5-5]][[{fault}]] 要点は？"))

    assert approved.models == [FIRST]


def test_unapproved_model_is_never_asked(answered, approved, settings, tanaka):
    settings.BEDROCK_FALLBACK_APPROVED_BY = ""

    exchange = answered(Question(tanaka, "[[only:5-5]][[gone]] 要点は？"))

    assert (exchange.error_kind, approved.models) == ("model_gone", [FIRST])


def test_both_models_gone_ends_as_gone(answered, approved, tanaka):
    exchange = answered(Question(tanaka, "[[gone]] 要点は？"))

    assert (exchange.error_kind, approved.models) == ("model_gone", [FIRST, OTHER])


def test_steps_of_the_page_tell_of_the_other_model(answered, approved, page, tanaka):
    exchange = answered(Question(tanaka, "[[only:5-5]][[gone]] 要点は？"))

    shown = page.get(f"/chat?conversation={exchange.conversation_id}").content.decode()

    assert (
        "<dt>代わりのモデル</dt><dd>Claude Sonnet 4.6（日本）（承認: 2026-11-20 森）</dd>" in shown
    )
    assert "<dt>失敗（1回目）</dt><dd>Claude Sonnet 5.5（日本）　" in shown
