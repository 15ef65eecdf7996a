"""The story the product is for, in a real browser."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from chat import wording
from chat.models import ChatExchange, Conversation
from customers.models import Adviser, Customer
from tests.browser import IN_BROWSER
from tests.chat.asking import ask
from tests.customers.original import write_files
from tests.factories import SalesNoteFactory

pytestmark = [*IN_BROWSER, pytest.mark.usefixtures("simulator")]


def test_adviser_asks_about_ito_and_finds_the_answer_after_a_reload(screen, log_in, tmp_path):
    call_command("import_original", str(write_files(tmp_path)), "--no-progress")
    log_in(Adviser.objects.get(rep_code="SR001"))
    screen.goto("/chat")
    screen.fill("#message", "伊藤正雄さんの保有商品は？ [[pace:0.05]]")
    screen.press("#message", "Control+Enter")
    screen.wait_for_selector("[data-running] >> text=個人向け国債")
    screen.wait_for_selector("[data-ended=done]")

    screen.reload()

    quoted = screen.inner_text("[data-answer] [data-text]")
    history = screen.request.get("/api/chat").json()["results"]
    assert "個人向け国債（JGB-001） 数量 50、評価額 5,050,000 JPY" in quoted
    assert [row["response"].replace("- ", "").split() for row in history] == [quoted.split()]
    assert history[0]["customer_id"] == Customer.objects.get(name="伊藤正雄").pk


def test_reload_in_mid_answer_reads_on_to_the_end(chat):
    ask(chat, "[[long:60]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0005。")

    chat.reload()
    chat.wait_for_selector("[data-ended=done]")

    whole = "".join(f"{number:04}。" for number in range(60))
    assert chat.inner_text("[data-answer] [data-text]") == whole


def test_budget_near_its_end_is_told_as_soon_as_the_answer_stands(chat, tanaka):
    ChatExchange.objects.create(adviser=tanaka, message="先の質問", cost_yen="799.99")

    ask(chat, "要点は？")
    chat.wait_for_selector("[data-budget] >> text=80%を使いました")

    assert ChatExchange.objects.filter(status="done", conversation__isnull=False).count() == 1


def test_stop_keeps_what_was_written(chat):
    ask(chat, "[[stall:30]] 要点は？")
    chat.wait_for_selector("[data-running] >> text=（模擬応答）")

    chat.press("#message", "Escape")
    chat.wait_for_selector(".answer-ending >> text=停止しました")

    assert ChatExchange.objects.get().status == "stopped"
    assert "（模擬応答）" in chat.inner_text("[data-answer] [data-text]")


@pytest.mark.parametrize("status", [None, 502], ids=["cut", "refused"])
def test_stop_that_failed_says_so_and_can_be_pressed_again(chat, status):
    chat.route("**/stop", lambda r: r.fulfill(status=status) if status else r.abort(), times=1)
    ask(chat, "[[stall:30]] 要点は？")
    chat.wait_for_selector("[data-running] >> text=（模擬応答）")

    chat.click("[data-stop]")
    chat.wait_for_selector("[data-refusal] >> text=停止できませんでした")
    chat.click("[data-stop]")

    chat.wait_for_selector(".answer-ending >> text=停止しました")
    assert not chat.is_visible("[data-refusal]")


def test_throttled_answer_counts_down_to_another_try(chat, monkeypatch):
    monkeypatch.setattr(wording, "THROTTLED_SECONDS", 4)
    ask(chat, "[[throttle]] 要点は？")
    chat.wait_for_selector(".answer-ending >> text=AIが混み合っていて、回答できませんでした")
    chat.wait_for_selector("[data-again]:disabled >> text=（あと")
    chat.wait_for_selector("[data-announce] >> text=秒後にもう一度送れます", state="attached")

    chat.wait_for_selector("[data-announce] >> text=もう一度送れます", state="attached")
    chat.click("[data-again]")
    chat.locator("[data-ended]").nth(1).wait_for()

    assert ChatExchange.objects.filter(regenerate_of=None).count() == 1
    assert ChatExchange.objects.count() == 2


def test_refused_question_comes_back_into_the_field(chat, settings):
    settings.CHAT_MAX_STREAMS = 0
    chat.fill("#message", "消えては困る質問")

    chat.press("#message", "Control+Enter")
    chat.wait_for_selector("[data-refusal]:not([hidden])")

    assert chat.input_value("#message") == "消えては困る質問"


def lose_replies(chat, times):
    """Let `times` questions reach the server, but none of their replies the browser."""
    lost = []

    def lose(route):
        if route.request.method == "POST" and len(lost) < times:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    chat.route("**/api/chat", lose)


def test_question_sent_again_after_lost_replies_is_asked_once(chat):
    lose_replies(chat, times=2)
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-refusal]:not([hidden])")

    chat.press("#message", "Control+Enter")
    chat.wait_for_selector("[data-ended=done]")

    assert ChatExchange.objects.count() == 1


def test_question_that_came_back_stands_before_what_was_typed_since(chat):
    chat.route("**/api/chat", lambda route: route.abort())
    ask(chat, "消えては困る質問")
    chat.fill("#message", "次の質問")

    chat.wait_for_selector("[data-refusal]:not([hidden])")

    assert chat.input_value("#message") == "消えては困る質問\n次の質問"
    assert chat.is_visible("[data-empty]")


RESTARTING = {"status": 503, "headers": {"Retry-After": "1"}, "body": "<h1>503</h1>"}
ONE_PIECE = {"status": 200, "body": 'event: delta\nid: 0\ndata: {"text": "円"}\n\n'}
HASTE = "setTimeout = ((later) => (act) => later(act, 10))(setTimeout)"


def answer_reading_on(chat, reply, times):
    """Let the first `times` connections that read on get `reply`, the next ones the server."""
    seen = []

    def handle(route):
        seen.append(route)
        if len(seen) > times:
            route.continue_()
        else:
            route.fulfill(**reply)

    chat.route("**/api/chat/*/events", handle)
    return seen


def test_reader_waits_for_a_server_that_restarts(chat):
    connections = answer_reading_on(chat, RESTARTING, times=2)
    ask(chat, "[[long:40]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0005。")

    chat.reload()
    chat.wait_for_selector("[data-status] >> text=つなぎ直しています")
    chat.wait_for_selector("[data-ended=done]")

    assert (len(connections), chat.is_visible("[data-refusal]")) == (3, False)


def test_reader_holds_on_as_long_as_each_connection_brings_text(chat):
    chat.add_init_script(HASTE)
    connections = answer_reading_on(chat, ONE_PIECE, times=12)
    ask(chat, "[[stall:5]] 要点は？")
    chat.wait_for_selector("[data-running] >> text=（模擬応答）")

    chat.reload()
    chat.wait_for_selector("[data-ended=done]")

    assert len(connections) == 13


def test_reader_that_gives_up_says_that_the_answer_goes_on(chat):
    chat.add_init_script(HASTE)
    answer_reading_on(chat, RESTARTING, times=99)
    ask(chat, "[[stall:30]] 要点は？")
    chat.wait_for_selector("[data-running] >> text=（模擬応答）")

    chat.reload()
    chat.wait_for_selector("[data-refusal] >> text=回答は続いています")

    assert chat.locator("[data-running]").count() == 0
    assert chat.is_enabled("[data-send]")


@pytest.fixture
def phone(chat, chromium, live_server):
    """The same person's chat page on a phone."""
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        storage_state=chat.context.storage_state(),
    )
    window = context.new_page()
    window.goto("/chat")
    yield window
    context.close()


def test_phone_opens_another_conversation_from_the_list(phone, tanaka):
    talk = Conversation.objects.create(adviser=tanaka, title="償還の相談")
    phone.reload()
    hidden = phone.is_hidden("text=償還の相談")

    phone.tap("text=会話の一覧")
    targets = phone.locator(".chat-toggle summary, .conversation").all()
    lowest = min(target.bounding_box()["height"] for target in targets)
    phone.tap("text=償還の相談")
    phone.wait_for_url(f"**/chat?conversation={talk.pk}")

    assert hidden
    assert lowest >= 44


def test_phone_shows_the_form_of_reasons_that_was_opened(phone):
    phone.set_viewport_size({"width": 375, "height": 667})
    ask(phone, "[[long:200]]")

    phone.tap("[data-rate] > summary")

    expect(phone.locator(".rate-form")).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize(("device", "focused"), [("chat", "TEXTAREA"), ("phone", "BODY")])
def test_field_takes_the_focus_back_where_no_keyboard_covers_it(request, device, focused):
    window = request.getfixturevalue(device)
    window.fill("#message", "要点")

    window.click("[data-send]")
    window.wait_for_selector("[data-ended]")
    window.wait_for_selector("[data-send]")

    assert window.evaluate("document.activeElement.tagName") == focused


def test_field_leaves_the_focus_where_one_writes_by_now(chat):
    chat.fill("#message", "要点")
    chat.click("[data-send]")
    chat.focus("#find-conversation")

    chat.wait_for_selector("[data-ended]")
    chat.wait_for_selector("[data-send]")

    assert chat.evaluate("document.activeElement.id") == "find-conversation"


def test_found_customer_stands_in_head_and_field(chat, ito):
    ask(chat, "伊藤正雄さんの保有商品は？")

    chat.wait_for_selector("[data-head] >> text=伊藤正雄")
    chat.wait_for_selector("[data-suggestion] >> text=面談前の要点")

    assert chat.get_attribute("#message", "placeholder") == "伊藤正雄様について質問する"


MARKUP = "<img src=x onerror=alert(1)><b>太字</b>"


def test_stored_markup_stays_text(chat, tanaka):
    talk = Conversation.objects.create(adviser=tanaka, title=MARKUP)
    ChatExchange.objects.create(conversation=talk, adviser=tanaka, message=MARKUP, response=MARKUP)

    chat.goto(f"/chat?conversation={talk.pk}")

    assert chat.inner_text("[data-answer] [data-text]") == MARKUP
    assert chat.locator(".chat img, .chat b").count() == 0


def test_streamed_markup_stays_text(chat, ito):
    SalesNoteFactory(customer=ito, content=MARKUP + "円債に関心がある。" * 20)
    chat.route("**/chat?conversation=*", lambda route: route.abort())  # the reloaded answer
    ask(chat, "伊藤正雄さんのメモは？[[pace:0.05]]")

    chat.wait_for_selector("[data-running] >> text=onerror")
    while_running = chat.locator(".chat img, .chat b").count()
    chat.wait_for_selector("[data-ended=done]")

    assert MARKUP in chat.inner_text("[data-answer] [data-text]")
    assert while_running + chat.locator(".chat img, .chat b").count() == 0
