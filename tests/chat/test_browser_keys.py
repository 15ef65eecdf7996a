"""Enter and Esc in the chat, also in every order of events of an input method."""

import pytest

from chat.models import ChatExchange
from tests.browser import IN_BROWSER
from tests.chat.asking import ask

pytestmark = [*IN_BROWSER, pytest.mark.usefixtures("simulator")]
ENDED = "new CompositionEvent('compositionend', {bubbles: true, data: '要点'})"
KEY = "new KeyboardEvent('keydown', {key: '%s', bubbles: true, cancelable: true, %s})"
ORDERS = {
    "chrome-composing": lambda key: [KEY % (key, "isComposing: true, keyCode: 229")],
    "keycode-only": lambda key: [KEY % (key, "isComposing: false, keyCode: 229")],
    "safari-end-first": lambda key: [ENDED, KEY % (key, "isComposing: false")],
}


def press_while_converting(chat, key, order, field="#message"):
    events = ", ".join(ORDERS[order](key))
    chat.evaluate(f"[{events}].forEach((e) => document.querySelector('{field}').dispatchEvent(e))")


@pytest.mark.parametrize("order", ORDERS)
def test_enter_that_confirms_kanji_never_sends(chat, order):
    chat.check("[data-enter-sends]")
    chat.fill("#message", "要点")

    press_while_converting(chat, "Enter", order)

    assert chat.input_value("#message") == "要点"
    assert ChatExchange.objects.count() == 0


@pytest.mark.parametrize("order", ORDERS)
def test_esc_that_cancels_a_conversion_never_stops(chat, order):
    ask(chat, "[[long:20]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0003。")

    press_while_converting(chat, "Escape", order)
    chat.wait_for_selector("[data-ended=done]")

    assert ChatExchange.objects.get().status == "done"


@pytest.mark.parametrize("order", ["chrome-composing", "keycode-only"])
def test_esc_that_cancels_a_conversion_closes_no_menu(chat, long_talk, order):
    chat.click(".chat-menu > summary")

    press_while_converting(chat, "Escape", order, "#title")

    assert chat.is_visible("#title")


def test_plain_enter_sends_only_when_chosen(chat):
    chat.fill("#message", "要点")
    chat.press("#message", "Enter")
    kept = chat.input_value("#message")

    chat.check("[data-enter-sends]")
    chat.press("#message", "Enter")
    chat.wait_for_selector("[data-ended]")

    assert (kept, ChatExchange.objects.count()) == ("要点\n", 1)


def test_steps_open_beside_the_answer_and_close_before_an_answer_stops(chat):
    ask(chat, "[[long:2]]")
    chat.click(".answer-steps > summary")
    shown = chat.is_visible(".steps-panel")
    ask(chat, "[[long:400]][[pace:0.01]]")
    chat.wait_for_selector("[data-running] >> text=0005。")

    chat.keyboard.press("Escape")

    assert (shown, chat.is_visible(".steps-panel")) == (True, False)
    assert chat.query_selector("[data-running]") is not None


def test_esc_in_another_field_leaves_the_steps_open(chat):
    ask(chat, "[[long:2]]")
    chat.click(".answer-steps > summary")

    chat.press("#find-conversation", "Escape")

    assert chat.is_visible(".steps-panel")


ELSEWHERE = {
    "account": [".person > summary"],
    "reason": ["[data-rate] > summary >> nth=-1"],
    "title": [".chat-menu > summary", "#title"],
    "search": ["#find-conversation"],
}


@pytest.mark.parametrize("places", ELSEWHERE.values(), ids=ELSEWHERE)
def test_esc_meant_for_something_else_stops_no_answer(chat, long_talk, places):
    ask(chat, "[[stall:30]] 要点は？")
    chat.wait_for_selector("[data-running] >> text=（模擬応答）")
    for place in places:
        chat.click(place)
    chat.keyboard.type("x")
    chat.keyboard.press("Escape")

    assert chat.locator(":is([data-menu], [data-rate])[open]").count() == 0
    assert chat.is_enabled("[data-stop]")
