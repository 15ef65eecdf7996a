"""Chats in the back office: read by those who may see them, written by nobody."""

import pytest
from django.urls import reverse

from chat.models import ChatExchange, Conversation

CHATS = reverse("admin:chat_chatexchange_changelist")


@pytest.fixture
def exchange(tanaka, ito):
    conversation = Conversation.objects.create(adviser=tanaka, customer=ito, title="償還")
    return ChatExchange.objects.create(
        conversation=conversation, adviser=tanaka, customer=ito, message="償還はいつ？"
    )


def page_of(exchange, page="change"):
    return reverse(f"admin:chat_chatexchange_{page}", args=[exchange.pk])


def test_compliance_reads_every_chat(client, compliance, exchange):
    client.force_login(compliance)

    assert list(client.get(CHATS).context["cl"].result_list) == [exchange]
    assert "償還はいつ？" in client.get(page_of(exchange)).content.decode()


def test_branch_manager_does_not_see_a_colleagues_chat(client, manager, exchange):
    client.force_login(manager)

    assert list(client.get(CHATS).context["cl"].result_list) == []
    assert client.get(page_of(exchange)).status_code == 404


@pytest.mark.parametrize("page", ["change", "delete"])
def test_nobody_writes_chats(client, office, exchange, page):
    office.is_superuser = True
    office.save()
    client.force_login(office)

    assert client.post(page_of(exchange, page), {"post": "yes"}).status_code == 403


def test_chats_have_no_history_page(client, compliance, exchange):
    client.force_login(compliance)

    assert client.get(page_of(exchange, "history")).status_code == 404


def test_chat_list_needs_the_same_queries_for_one_row_and_three(
    client, compliance, exchange, django_assert_max_num_queries
):
    client.force_login(compliance)
    with django_assert_max_num_queries(12) as first:
        client.get(CHATS)
    for _ in range(2):
        ChatExchange.objects.create(
            adviser=exchange.adviser, customer=exchange.customer, message="続き"
        )

    with django_assert_max_num_queries(len(first)):
        client.get(CHATS)


def test_estimated_cost_is_marked_in_the_list(client, compliance, exchange):
    ChatExchange.objects.update(cost_yen=7, cost_is_estimated=True)
    client.force_login(compliance)

    assert "概算 7.00" in client.get(CHATS).content.decode()
