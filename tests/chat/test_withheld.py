"""An exchange that used a customer who went to a colleague: its words are shown at no door."""

import json

import pytest
from django.urls import reverse

from chat.models import WITHHELD, WITHHELD_TITLE, ChatExchange, Conversation
from customers.models import AccessRecord

HOME = reverse("chat:home")
CHATS = reverse("admin:chat_chatexchange_changelist")
TALKS = reverse("admin:chat_conversation_changelist")
SECRETS = ("大野達也", "年収は1234万円")


def hand_over(customer, adviser):
    customer.sales_rep = adviser
    customer.save()


@pytest.fixture
def talk(tanaka, ito, ono):
    """Tanaka compared Ito and Ono in a conversation about neither."""
    talk = Conversation.objects.create(adviser=tanaka, title="伊藤正雄と大野達也を比べて")
    said = {"message": "伊藤正雄と大野達也を比べて", "response": "年収は1234万円です"}
    ChatExchange.objects.create(conversation=talk, adviser=tanaka, **said).used.set([ito, ono])
    return talk


@pytest.fixture
def exchange(talk):
    return talk.exchanges.get()


@pytest.fixture
def ono_gone(talk, ono, suzuki):
    hand_over(ono, suzuki)


def leaks(response):
    return [word for word in SECRETS if word in response.content.decode()]


def test_words_are_shown_while_every_customer_is_ones_own(page, talk):
    assert leaks(page.get(HOME, {"conversation": talk.pk})) == list(SECRETS)


def test_page_shows_a_sentence_instead(page, talk, ono_gone):
    response = page.get(HOME, {"conversation": talk.pk})

    assert leaks(response) == []
    assert WITHHELD in response.text
    assert response.text.count(WITHHELD_TITLE) == 2  # in the list and above the conversation


def test_texts_that_left_are_refused(page, exchange, ono, suzuki):
    ChatExchange.objects.update(tool_trace=[{"step": "prompt", "sent": ["大野達也"]}])
    url = reverse("chat:answer-sent", args=[exchange.pk])

    before = leaks(page.get(url))
    hand_over(ono, suzuki)

    assert (before, page.get(url).status_code) == (["大野達也"], 404)


def test_list_of_conversations_names_nobody(page, ono_gone):
    assert leaks(page.get(HOME)) == []


def test_api_shows_a_sentence_instead(api, exchange, ono_gone):
    one, [listed] = (
        api.get(f"/api/chat/{exchange.pk}").json(),
        api.get("/api/chat").json()["results"],
    )

    assert (one["message"], one["response"], one["withheld"]) == (WITHHELD, "", True)
    assert listed == one


@pytest.mark.django_db(transaction=True)
def test_stream_tells_the_sentence_alone(api, exchange, ono_gone):
    body = b"".join(api.get(f"/api/chat/{exchange.pk}/events")).decode()

    assert "event: delta" not in body
    done = json.loads(body.rpartition("data: ")[2])
    assert (done["message"], done["response"]) == (WITHHELD, "")


@pytest.mark.parametrize("words", ["大野", "1234万", "比べて"])
def test_search_in_the_history_finds_no_word_of_it(api, exchange, ono_gone, words):
    assert api.get("/api/chat", {"q": words}).json()["results"] == []


def test_timeline_of_the_other_customer_quotes_nothing(page, exchange, ito, ono, suzuki):
    ChatExchange.objects.filter(pk=exchange.pk).update(customer=ito)
    hand_over(ono, suzuki)

    response = page.get(ito.get_absolute_url())

    assert leaks(response) == []
    assert WITHHELD in response.text


@pytest.fixture
def branch(client, manager, talk, ito, ono, suzuki):
    """The branch manager had asked; Ono then went to another branch."""
    Conversation.objects.update(adviser=manager)
    ChatExchange.objects.update(adviser=manager, tool_trace=[{"sent_question": "大野達也"}])
    hand_over(ono, suzuki)
    client.force_login(manager)
    return client


@pytest.mark.parametrize("url", [CHATS, TALKS], ids=["exchanges", "conversations"])
def test_admin_lists_a_sentence_for_who_lacks_the_scope(branch, url):
    assert leaks(branch.get(url)) == []


def test_admin_shows_a_sentence_to_who_lacks_the_scope(branch, exchange, talk):
    one = branch.get(reverse("admin:chat_chatexchange_change", args=[exchange.pk]))
    other = branch.get(reverse("admin:chat_conversation_change", args=[talk.pk]))

    assert (leaks(one), leaks(other)) == ([], [])
    assert WITHHELD in one.text


@pytest.mark.parametrize("url", [CHATS, TALKS], ids=["exchanges", "conversations"])
def test_admin_finds_no_word_of_it_for_who_lacks_the_scope(branch, url):
    assert branch.get(url, {"q": "比べて"}).context["cl"].result_count == 0


def test_compliance_reads_all_of_it(client, compliance, exchange, ono_gone):
    client.force_login(compliance)

    page = client.get(reverse("admin:chat_chatexchange_change", args=[exchange.pk]))

    assert leaks(page) == list(SECRETS)
    assert client.get(CHATS, {"q": "大野"}).context["cl"].result_count == 1


def test_words_come_back_with_the_customer(page, talk, ono, ono_gone, tanaka):
    hand_over(ono, tanaka)

    assert leaks(page.get(HOME, {"conversation": talk.pk})) == list(SECRETS)


def test_withheld_question_is_not_repeated(api, exchange, ono_gone):
    asked = {"message": "もう一度", "regenerate_of": exchange.pk}
    missing = asked | {"regenerate_of": 999_999}

    answers = [api.post("/api/chat", body, format="json").json() for body in (asked, missing)]

    assert answers[0]["errors"] == answers[1]["errors"]
    assert list(answers[0]["errors"]) == ["regenerate_of"]


# --- Looks ------------------------------------------------------------------------------------
def looked_at():
    """(person, customer) of each look, those at several customers as a set of codes."""
    return [
        (look.user.rep_code, look.customer and look.customer.code)
        for look in AccessRecord.objects.order_by("pk").select_related("user", "customer")
    ]


@pytest.fixture
def about_ito(exchange, ito):
    exchange.used.set([ito])
    ChatExchange.objects.filter(pk=exchange.pk).update(customer=ito)


@pytest.mark.parametrize(
    "url", ["/api/chat", "/api/chat/{}", "/admin/chat/chatexchange/{}/change/"]
)
def test_reading_what_others_asked_is_a_look(client, compliance, exchange, about_ito, url):
    client.force_login(compliance)

    client.get(url.format(exchange.pk))

    assert looked_at() == [("CO001", "C001")]


def test_look_at_several_customers_is_found_by_each(client, compliance, exchange, ito, ono):
    client.force_login(compliance)

    client.get(f"/api/chat/{exchange.pk}")

    found = [AccessRecord.objects.about([customer]).count() for customer in (ito, ono)]
    assert (looked_at(), found) == ([("CO001", None)], [1, 1])


def test_ones_own_questions_are_no_look(api, exchange):
    api.get("/api/chat")
    api.get(f"/api/chat/{exchange.pk}")

    assert looked_at() == []


def test_chat_page_about_a_customer_is_a_look(page, ito, talk):
    page.get(HOME, {"customer": ito.pk})
    page.get(HOME, {"conversation": talk.pk})

    assert looked_at() == [("SR001", "C001")]
