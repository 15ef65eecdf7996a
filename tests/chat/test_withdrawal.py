"""Who loses the right to an answer while it is written reads no more of it."""

import time
from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.utils import timezone

from chat import asking, runs, withdrawal
from chat.asking import Question
from chat.models import ChatExchange
from tests.chat.meanwhile import wait_for, wait_for_text
from tests.chat.test_server import first
from tests.factories import AdviserFactory, CustomerFactory
from tests.server import Caller, Server, read_events

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 15  # as docs/asvs.md has it; the answer itself would take twenty
LONG = "伊藤正雄さんの要点は？ [[long:400]][[pace:0.05]]"


def hand_over(customer, adviser):
    customer.sales_rep = adviser
    customer.save()


def keep_from_ai(customer):
    customer.ai_excluded = True
    customer.save()


def archive(customer):
    customer.archived_at = timezone.now()
    customer.save()


def leave(adviser):
    adviser.is_active = False
    adviser.save()


LOSSES = {
    "handed-over": (lambda tanaka, suzuki, ito: hand_over(ito, suzuki), "handed_over"),
    "excluded": (lambda tanaka, suzuki, ito: keep_from_ai(ito), "excluded_meanwhile"),
    "archived": (lambda tanaka, suzuki, ito: archive(ito), "archived_meanwhile"),
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


@pytest.mark.parametrize("customer", [True, False], ids=["chosen", "named"])
def test_nothing_more_is_sent_of_who_is_kept_from_the_ai_meanwhile(
    simulator, tanaka, ito, customer
):
    message = "伊藤正雄さんのイベントは？ [[tool:endless]][[silent:0.7]]"
    exchange = asking.ask(Question(tanaka, message, customer=ito if customer else None))
    wait_for(lambda: len(simulator.requests) == 1)

    keep_from_ai(ito)

    wait_for(lambda: ChatExchange.objects.get().status not in ChatExchange.RUNNING)
    exchange.refresh_from_db()
    assert (exchange.error_kind, len(simulator.requests)) == ("excluded_meanwhile", 1)


def test_question_that_names_who_is_kept_from_the_ai_goes_on_without(simulator, tanaka, ito):
    keep_from_ai(ito)

    exchange = asking.ask(Question(tanaka, "伊藤正雄さんに関わるイベントは？"))

    assert runs.live(exchange.pk).wait_closed(10)
    exchange.refresh_from_db()
    assert (exchange.status, len(simulator.requests)) == ("done", 2)


def asked_by(*people):
    rows = [ChatExchange.objects.create(adviser=person, message="？") for person in people]
    return [row.pk for row in rows]


def test_right_of_ones_own_is_as_good_as_a_roles(tanaka):
    [chat_id] = asked_by(tanaka)
    tanaka.groups.clear()
    lost = withdrawal.withdrawn([chat_id])

    tanaka.user_permissions.add(Permission.objects.get(codename="add_chatexchange"))

    assert (lost, withdrawal.withdrawn([chat_id])) == ({chat_id: "not_allowed"}, {})


@pytest.mark.parametrize("askers", [1, 3])
def test_rights_of_many_are_asked_at_once(
    tanaka, suzuki, manager, askers, django_assert_num_queries
):
    chat_ids = asked_by(*[tanaka, suzuki, manager][:askers])

    with django_assert_num_queries(3):
        assert withdrawal.withdrawn(chat_ids) == {}


def test_what_is_seen_is_what_each_of_the_askers_sees(
    tanaka, suzuki, manager, office, ito, nakamura
):
    people = [tanaka, suzuki, manager, office, AdviserFactory(), AdviserFactory(branch="")]
    people[-1].groups.set(manager.groups.all())  # a manager of no branch
    for person, customer in product(people, [ito, nakamura, CustomerFactory(sales_rep=None), None]):
        for about in (customer, None):
            row = ChatExchange.objects.create(adviser=person, message="？", customer=about)
            row.used.set([customer] if customer else [])

    each = {
        row.pk
        for person in get_user_model().objects.with_role()
        for row in ChatExchange.objects.filter(adviser=person).visible_to(person).readable()
    }

    assert {row.pk for row in withdrawal.seen_of(ChatExchange.objects.all())} == each
    assert 0 < len(each) < len(people) * 8


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
        lost_at = time.monotonic()
        event, _, data = list(events)[-1]
        seconds = time.monotonic() - lost_at

    kept = ChatExchange.objects.get().response
    assert (event, data["ending"]["kind"]) == ("interrupted", LOSSES[loss][1])
    assert (data["response"], data["withheld"], kept[:5]) == ("", True, "0000。")
    assert seconds <= AT_ONCE


@pytest.mark.postgres
def test_colleague_who_loses_the_right_reads_no_more(simulator, tanaka, compliance, ito):
    with Server(WEB_WORKERS="2") as server:
        _, data = first(Caller(server, tanaka).ask(LONG, customer_id=ito.pk), "start")
        events = read_events(Caller(server, compliance).follow(data["chat_id"]))
        next(event for event, *_ in events if event == "delta")
        leave(compliance)
        rest = [event for event, *_ in events]

    assert set(rest) == {"delta"}
