import pytest
from django.db import OperationalError

from chat import asking, runs
from chat.asking import Question
from tests.factories import CustomerFactory, HoldingFactory, ProductFactory
from tests.security.test_whole_or_nothing import broken, everything_stored

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def softbank(ito):
    product = ProductFactory(product_code="CORP-SB-001", product_name="ソフトバンク社債")
    return HoldingFactory(
        customer=ito, product=product, quantity=10, unit_price=1_000_000, current_value=10_200_000
    )


def test_answer_quotes_the_holdings_of_the_chosen_customer(answered, tanaka, ito, softbank):
    exchange = answered(Question(tanaka, "保有商品を教えて", customer=ito))

    assert exchange.status == "done"
    assert "ソフトバンク社債（CORP-SB-001） 数量 10、評価額 10,200,000 JPY" in exchange.response


def test_answer_names_the_customer_although_the_model_never_saw_the_name(
    answered, simulator, tanaka, ito
):
    exchange = answered(Question(tanaka, "伊藤 正雄さんの要点は？", customer=ito))

    assert "伊藤正雄様の記録" in exchange.response
    assert "伊藤" not in str(simulator.requests)


def test_question_that_names_one_customer_is_about_that_customer(answered, tanaka, ito, softbank):
    exchange = answered(Question(tanaka, "伊藤正雄の保有商品は？"))

    assert exchange.customer == ito
    assert "ソフトバンク社債" in exchange.response


def test_two_customers_of_one_name_are_told_apart_by_their_codes(answered, tanaka, ito, softbank):
    CustomerFactory(customer_code="D00077", name="伊藤正雄", sales_rep=tanaka)

    which = answered(Question(tanaka, "伊藤正雄の保有商品は？"))
    found = answered(Question(tanaka, "C001の保有商品は？", conversation=which.conversation))

    assert which.customer is None
    assert "- C001 伊藤正雄" in which.response
    assert "- D00077 伊藤正雄" in which.response
    assert (found.customer, "ソフトバンク社債" in found.response) == (ito, True)


def test_question_never_reaches_a_colleagues_customer(answered, tanaka, nakamura):
    exchange = answered(Question(tanaka, "中村健一の保有商品は？"))

    assert exchange.customer is None


def test_second_question_knows_the_first(answered, simulator, tanaka, ito):
    first = answered(Question(tanaka, "保有商品は？", customer=ito))
    answered(Question(tanaka, "入金は？", conversation=first.conversation))

    roles = [message["role"] for message in simulator.requests[-1]["messages"]]
    assert roles == ["user", "assistant", "user"]


def test_usage_and_cost_are_recorded(answered, tanaka, ito):
    exchange = answered(Question(tanaka, "要点は？", customer=ito))

    assert exchange.total_tokens == exchange.input_tokens + exchange.output_tokens
    assert exchange.cost_yen > 0


def test_running_conversation_refuses_a_second_question(answered, tanaka, ito):
    exchange = asking.ask(Question(tanaka, "[[pace:0.2]] 要点は？", customer=ito))

    with pytest.raises(asking.StillAnswering):
        asking.ask(Question(tanaka, "もう一つ", conversation=exchange.conversation))
    runs.stop(exchange.pk)


def test_question_whose_saving_breaks_anywhere_left_nothing_and_its_place(simulator, tanaka, ito):
    question = Question(tanaka, "要点は？", customer=ito, idempotency_key="first")
    before, ends = everything_stored(), []

    def ask():
        try:
            return runs.wait(asking.ask(question).pk, 20) or "asked"
        except OperationalError:
            return "broken"

    while end := broken(ask, broken_at=len(ends) + 1):
        ends.append(end)
        assert (everything_stored(), runs._reserved, simulator.requests) == (before, 0, [])

    assert len(ends) >= 4
