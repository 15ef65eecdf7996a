"""A source is the version that was read: not the one before, and not the one after."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from chat.asking import Question
from chat.models import ChatExchange, Conversation
from chat.sources import open_at
from customers.models import EconomicEvent, Holding
from tests.factories import EconomicEventFactory, HoldingFactory

pytestmark = pytest.mark.django_db(transaction=True)
MATURING = "30日以内に満期を迎える債券は？"


@pytest.fixture
def bond(ito):
    due = timezone.localdate() + timedelta(days=20)
    return HoldingFactory(customer=ito, quantity=100, maturity_date=due)


def version(row):
    return f"crm://holding/{row.pk}@{row.history.first().history_id}"


def save_elsewhere(pk):
    def save():
        row = Holding.objects.get(pk=pk)
        row.quantity = 999
        row.save()
        connection.close()

    saver = threading.Thread(target=save)
    saver.start()
    saver.join()


def test_row_that_another_system_wrote_has_no_version_before_the_history_tells_it(
    answered, tanaka, bond
):
    Holding.objects.filter(pk=bond.pk).without_history().update(quantity=55)

    exchange = answered(Question(tanaka, MATURING))

    assert exchange.citations[0]["source"] == f"crm://holding/{bond.pk}@0"


@pytest.mark.postgres
def test_save_between_read_and_stamp_does_not_change_the_source(tanaka, bond):
    from chat.masking import masker_for
    from chat.tools import ToolCall, use

    read, saved = version(bond), []

    def save_before_the_stamp(execute, sql, params, many, context):
        if Holding.history.model._meta.db_table in sql and not saved:
            saved.append(bond.pk)
            save_elsewhere(bond.pk)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(save_before_the_stamp):
        result = use(ToolCall("1", "maturities", {"days": 30}), tanaka, masker_for([]))

    assert ([source.uri for source in result.sources], saved) == ([read], [bond.pk])
    assert version(bond) != read


def test_source_opens_its_version_although_a_save_was_under_way(bond):
    read = version(bond)
    first = bond.history.first().history_date
    bond._history_date = first + timedelta(seconds=1)
    bond.save()
    at = (first + timedelta(hours=1)).isoformat()

    moments = open_at([{"source": read, "customer_id": 1, "read_at": at}])

    assert moments == {(read, at): first.isoformat()}


def test_source_that_was_read_twice_opens_each_moment(bond):
    read, first = version(bond), bond.history.first().history_date
    bond._history_date = first + timedelta(minutes=5)
    bond.save()
    at = [(first + timedelta(minutes=late)).isoformat() for late in (1, 2)]

    moments = open_at([{"source": read, "customer_id": 1, "read_at": one} for one in at])

    assert moments == {(read, one): one for one in at}


def test_number_that_the_history_does_not_tell_opens_when_it_was_read():
    at = timezone.now().isoformat()
    cited = [{"source": f"crm://note/1@{one}", "customer_id": 1, "read_at": at} for one in (0, 99)]

    assert set(open_at(cited).values()) == {at}


def test_sources_of_one_kind_take_one_query(bond, django_assert_num_queries):
    read = [version(bond)]
    bond.save()
    read.append(version(bond))
    at = timezone.now().isoformat()

    with django_assert_num_queries(1):
        open_at([{"source": one, "customer_id": 1, "read_at": at} for one in read])


def test_event_says_where_it_is_shown_or_opens_there(client, tanaka, manager):
    event = EconomicEventFactory(title="米FOMC")
    cited = {"source": f"crm://event/{event.pk}@1", "customer_id": None, "number": 1}
    cited |= {"label": "イベント 米FOMC", "read_at": timezone.now().isoformat()}
    pages = []
    for adviser in (tanaka, manager):
        talk = Conversation.objects.create(adviser=adviser, title="会話")
        ChatExchange.objects.create(
            conversation=talk, adviser=adviser, message="？", response="［1］", citations=[cited]
        )
        client.force_login(adviser)
        page = client.get(reverse("chat:home", query={"conversation": talk.pk}))
        pages.append(page.content.decode())

    assert "管理画面の「経済イベント」に表示します。" in pages[0]
    assert f'href="{reverse("admin:customers_economicevent_change", args=[event.pk])}"' in pages[1]
    assert EconomicEvent.objects.count() == 1
