"""What the page does when the network or the session ends under it, in a real browser."""

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.models import ChatExchange
from customers.models import Customer
from tests.browser import IN_BROWSER
from tests.chat.asking import ask

pytestmark = [*IN_BROWSER, pytest.mark.usefixtures("simulator")]


def refusal(chat):
    chat.wait_for_selector("[data-refusal]:not([hidden])")
    return chat.inner_text("[data-refusal-text]")


def test_question_sent_without_a_network_comes_back(chat):
    chat.context.set_offline(True)
    ask(chat, "要点は？")
    words = refusal(chat)
    chat.context.set_offline(False)

    assert words == "送信できませんでした。通信を確かめて、もう一度送ってください。"
    assert chat.input_value("#message") == "要点は？"
    assert ChatExchange.objects.count() == 0


def ask_without_a_reply(chat, question, *, is_saved):
    """The page hears nothing of this one; the server has the question or has not."""
    held = []

    def hold(route):
        if held:
            route.continue_()
        else:
            held.append(route.fetch().status if is_saved else None)

    chat.route("**/api/chat", hold)
    ask(chat, question)
    for _ in range(250):
        if held:
            return
        chat.wait_for_timeout(20)
    pytest.fail("the page sent nothing")


@pytest.mark.parametrize("is_saved", [True, False], ids=["saved", "on-its-way"])
def test_question_whose_reply_hangs_outlives_a_reload_and_is_asked_once(chat, is_saved):
    ask_without_a_reply(chat, "[[long:2]] 消えては困る質問", is_saved=is_saved)

    chat.reload()
    kept = chat.input_value("#message")
    chat.press("#message", "Control+Enter")
    chat.wait_for_selector("[data-ended=done]")
    chat.reload()

    assert (kept, chat.input_value("#message")) == ("[[long:2]] 消えては困る質問", "")
    assert (ChatExchange.objects.count(), chat.locator("[data-answer]").count()) == (1, 1)


def test_saved_question_that_the_page_shows_is_not_kept_to_be_sent_again(chat):
    ask(chat, "[[long:2]]")
    chat.wait_for_selector("[data-ended=done]")
    ask_without_a_reply(chat, "[[long:2]] 次の質問", is_saved=True)

    chat.reload()
    chat.locator("[data-answer]").nth(1).wait_for()

    assert (chat.input_value("#message"), ChatExchange.objects.count()) == ("", 2)


@pytest.mark.parametrize("why", ["role", "archived"])
def test_running_answer_is_read_on_where_nothing_can_be_asked(chat, tanaka, ito, why):
    ask(chat, "伊藤正雄さんの要点は？ [[long:60]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0005。")
    if why == "role":
        tanaka.groups.clear()
    else:
        Customer.objects.filter(pk=ito.pk).without_history().update(archived_at=timezone.now())

    chat.reload()
    chat.wait_for_selector("[data-status] >> text=回答")
    chat.wait_for_selector("[data-ended=done]")

    assert chat.locator("[data-ask]").count() == 0
    assert "0059。" in chat.inner_text("[data-answer] [data-text]")


def test_answer_without_a_network_is_read_on_when_it_is_back(chat):
    ask(chat, "[[long:40]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0005。")

    chat.route("**/api/chat/*/events", lambda route: route.abort(), times=2)
    chat.reload()
    chat.wait_for_selector("[data-status] >> text=つなぎ直しています")
    chat.wait_for_selector("[data-ended=done]")

    assert "0039。" in chat.inner_text("[data-answer] [data-text]")


def test_question_of_an_ended_session_is_still_there_after_the_log_in(chat, log_in, tanaka):
    Session.objects.all().delete()
    ask(chat, "要点は？")
    refusal(chat)

    log_in(tanaka)
    chat.goto("/chat")

    assert chat.input_value("#message") == "要点は？"


@pytest.mark.parametrize("words", ["", "   ", "　\n　"], ids=["nothing", "spaces", "wide-spaces"])
def test_question_without_words_is_not_sent(chat, words):
    ask(chat, words)

    assert chat.locator("[data-answer]").count() == 0
    assert ChatExchange.objects.count() == 0


def test_pressing_send_twice_asks_once(chat):
    chat.fill("#message", "[[long:2]]")
    chat.dblclick("[data-send]")
    chat.wait_for_selector("[data-ended=done]")

    assert ChatExchange.objects.count() == 1


def test_next_question_does_not_wait_for_what_the_page_fetches_of_the_last(chat):
    chat.route("**/chat?conversation=*", lambda route: None)  # is never answered
    ask(chat, "[[long:2]]")
    chat.wait_for_selector("[data-ended=done]")

    ask(chat, "[[long:2]] 次の質問")

    chat.locator("[data-ended=done]").nth(1).wait_for()
    assert ChatExchange.objects.count() == 2
