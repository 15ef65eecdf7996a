"""Who loses the right to an answer while it is written reads no more of it."""

import pytest

from chat import asking, runs
from chat.asking import Question
from chat.models import ChatExchange
from tests.chat.test_faults import wait_for, wait_for_text
from tests.chat.test_server import first
from tests.server import Caller, Server, read_events

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "伊藤正雄さんの要点は？ [[long:400]][[pace:0.05]]"


def hand_over(customer, adviser):
    customer.sales_rep = adviser
    customer.save()


def leave(adviser):
    adviser.is_active = False
    adviser.save()


LOSSES = {
    "handed-over": (lambda tanaka, suzuki, ito: hand_over(ito, suzuki), "handed_over"),
    "left": (lambda tanaka, suzuki, ito: leave(tanaka), "not_allowed"),
    "other-role": (lambda tanaka, suzuki, ito: tanaka.groups.clear(), "not_allowed"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_answer_ends_with_the_right_to_it_and_is_kept(
    simulator, tanaka, suzuki, ito, monkeypatch, loss
):
    monkeypatch.setattr(runs, "LOOK_EVERY", 1)
    lose, kind = LOSSES[loss]
    exchange = asking.ask(Question(tanaka, LONG, customer=ito))
    run = wait_for_text(exchange)

    lose(tanaka, suzuki, ito)

    assert run.wait_closed(10)
    wait_for(lambda: simulator.hung_up)
    exchange.refresh_from_db()
    assert (exchange.status, exchange.error_kind, simulator.hung_up) == ("interrupted", kind, 1)
    assert exchange.response.startswith("0000。")


def test_answer_of_others_goes_on(simulator, tanaka, suzuki, ito, nakamura, monkeypatch):
    monkeypatch.setattr(runs, "LOOK_EVERY", 1)
    kept = asking.ask(Question(suzuki, "[[long:60]][[pace:0.05]]", customer=nakamura))
    run = wait_for_text(asking.ask(Question(tanaka, LONG, customer=ito)))

    leave(tanaka)

    assert run.wait_closed(10)
    runs.wait(kept.pk, 20)
    kept.refresh_from_db()
    assert (kept.status, kept.error_kind) == ("done", None)


@pytest.mark.postgres
@pytest.mark.parametrize("loss", ["handed-over", "left"])
def test_stream_of_who_lost_the_right_ends_without_the_words(simulator, tanaka, suzuki, ito, loss):
    with Server(WEB_WORKERS="1") as server:
        events = read_events(Caller(server, tanaka).ask(LONG, customer_id=ito.pk))
        next(event for event, *_ in events if event == "delta")
        LOSSES[loss][0](tanaka, suzuki, ito)
        event, _, data = list(events)[-1]

    kept = ChatExchange.objects.get().response
    assert (event, data["ending"]["kind"]) == ("interrupted", LOSSES[loss][1])
    assert (data["response"], data["withheld"], kept[:5]) == ("", True, "0000。")


@pytest.mark.postgres
def test_colleague_who_loses_the_right_reads_no_more(simulator, tanaka, compliance, ito):
    with Server(WEB_WORKERS="2") as server:
        _, data = first(Caller(server, tanaka).ask(LONG, customer_id=ito.pk), "start")
        events = read_events(Caller(server, compliance).follow(data["chat_id"]))
        next(event for event, *_ in events if event == "delta")
        leave(compliance)
        rest = [event for event, *_ in events]

    assert set(rest) == {"delta"}
