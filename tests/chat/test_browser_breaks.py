"""What the page does when the network or the session ends under it, in a real browser."""

import pytest
from django.contrib.sessions.models import Session

from chat.models import ChatExchange
from tests.chat.asking import ask

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.browser,
    pytest.mark.usefixtures("simulator"),
]


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


def test_pressing_again_twice_asks_once_more_only(chat):
    ask(chat, "[[long:2]]")
    chat.wait_for_selector("[data-again]")

    chat.dblclick("[data-again]")
    chat.locator("[data-ended=done]").nth(1).wait_for()

    assert ChatExchange.objects.count() == 2


def test_pressing_send_twice_asks_once(chat):
    chat.fill("#message", "[[long:2]]")
    chat.dblclick("[data-send]")
    chat.wait_for_selector("[data-ended=done]")

    assert ChatExchange.objects.count() == 1
