"""What an adviser does around the answers, in a real browser."""

import pytest
from django.urls import reverse

from chat.models import ChatExchange, Rating
from customers.models import SalesNote
from tests.browser import IN_BROWSER, log_in_again
from tests.chat.asking import ask
from tests.factories import CustomerFactory

pytestmark = [*IN_BROWSER, pytest.mark.usefixtures("simulator")]
IS_SHOWN = "(e) => e.checkVisibility()"
AT_END = "(e) => e.scrollHeight - e.scrollTop - e.clientHeight < 80"


def is_at_end(chat):
    return chat.eval_on_selector("[data-scroller]", AT_END)


def test_growing_answer_keeps_its_end_in_sight(chat, long_talk):
    ask(chat, "[[long:400]][[pace:0.002]]")

    chat.wait_for_selector("[data-ended=done]")

    assert is_at_end(chat)
    assert chat.is_hidden("[data-latest]")


def test_reader_of_an_earlier_answer_is_left_there_and_led_back(chat, long_talk):
    ask(chat, "[[long:400]][[pace:0.01]]")
    chat.wait_for_selector("[data-running] >> text=0005。")
    chat.eval_on_selector("[data-scroller]", "(e) => (e.scrollTop = 0)")

    chat.wait_for_selector("[data-ended=done]", state="attached")
    stayed = chat.eval_on_selector("[data-scroller]", "(e) => e.scrollTop")
    chat.click("text=最新へ")

    assert stayed == 0
    assert is_at_end(chat)


def test_draft_outlives_a_reload_in_its_own_conversation(chat, long_talk):
    chat.fill("#message", "書きかけの質問")

    chat.goto("/chat")
    elsewhere = chat.input_value("#message")
    chat.goto(f"/chat?conversation={long_talk.pk}")

    assert (elsewhere, chat.input_value("#message")) == ("", "書きかけの質問")


def test_sent_question_leaves_no_draft(chat):
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-ended=done]")

    chat.reload()

    assert chat.input_value("#message") == ""


KEPT = "Object.keys(sessionStorage).filter((key) => key.startsWith('wealthai.draft'))"


def test_log_out_forgets_the_drafts_of_every_tab(chat):
    chat.fill("#message", "書きかけの質問")
    other = chat.context.new_page()
    other.goto("/chat")
    other.fill("#message", "別のタブの質問")

    other.goto(reverse("account_logout"))
    other.click("[data-log-out] button")
    other.wait_for_selector("input[name=password]")

    assert [window.evaluate(KEPT) for window in (chat, other)] == [[], []]


def copied(chat):
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.click("[data-copy]")
    chat.wait_for_selector("text=コピーしました")
    return chat.evaluate("navigator.clipboard.readText()").split("\n\n")


def test_copied_answer_carries_the_sentence_to_check_it(chat):
    ask(chat, "[[long:2]]")
    chat.wait_for_selector("[data-ended=done]")

    assert copied(chat) == ["0000。0001。", chat.inner_text(".composer-note")]


def test_copied_answer_says_which_figure_no_record_holds(chat):
    ask(chat, "[[say:残高は9億円です]]")
    chat.wait_for_selector(".unproved >> text=9億円")

    assert copied(chat)[0] == "残高は9億円（根拠未確認）です"


def test_print_shows_the_steps_and_no_controls(chat):
    ask(chat, "[[long:2]]")
    chat.wait_for_selector(".answer-foot")

    on_screen = chat.eval_on_selector(".step-list", IS_SHOWN)
    chat.emulate_media(media="print")

    assert (on_screen, chat.eval_on_selector(".step-list", IS_SHOWN)) == (False, True)
    assert not any(map(chat.is_visible, (".composer-box", ".answer-foot", ".chat-conversations")))


def test_texts_that_left_come_when_they_are_unfolded(chat):
    ask(chat, "[[long:2]]")
    chat.click(".answer-steps > summary")
    chat.context.set_offline(True)
    chat.click(".steps-all > summary")
    chat.wait_for_selector("text=表示できませんでした。閉じて、もう一度開いてください。")

    chat.context.set_offline(False)
    for _ in ("close", "open"):
        chat.click(".steps-all > summary")

    chat.wait_for_selector(".steps-all .steps-sent >> text=[[long:2]]")


def test_only_the_steps_of_one_answer_are_open(chat, long_talk):
    for number in (0, 1):
        chat.locator(".answer-steps > summary").nth(number).evaluate("(e) => e.click()")

    assert chat.locator(".answer-steps[open]").count() == 1


def test_cut_answer_is_gone_on_with_in_the_same_conversation(chat):
    ask(chat, "[[stop:max_tokens]][[long:3]]")
    chat.wait_for_selector(".answer-ending >> text=長さの上限で終わりました")

    chat.click("[data-go-on]")
    chat.locator("[data-ended=done]").nth(1).wait_for()

    first, second = ChatExchange.objects.order_by("pk")
    assert second.conversation == first.conversation
    assert second.message == "続きを、途切れたところから書いてください。"
    assert chat.locator("[data-go-on]").count() == 0


def test_customer_is_picked_from_the_suggestions_of_the_search(chat, tanaka):
    shinozaki = CustomerFactory(name="篠﨑直子", customer_code="C777", sales_rep=tanaka)
    CustomerFactory(name="篠﨑直樹", customer_code="C778", sales_rep=tanaka)
    chat.type("#find", "篠崎直")
    chat.wait_for_selector("[role=option] >> text=C777")

    chat.click("[role=option] >> text=C777")

    chat.wait_for_url(f"**/chat?customer={shinozaki.pk}")
    assert chat.get_attribute("#message", "placeholder") == "篠﨑直子様について質問する"


def test_screen_reader_hears_begin_and_end_and_not_the_words(chat):
    ask(chat, "[[long:40]][[pace:0.02]]")
    chat.wait_for_selector("[data-announce] >> text=回答中", state="attached")
    chat.wait_for_selector("[data-announce] >> text=回答が完了しました", state="attached")

    assert chat.locator("[data-thread] [aria-live], [data-thread] [role=log]").count() == 0
    assert chat.get_attribute("[data-announce]", "role") == "status"


def compose(chat, text):
    """Convert `text` with the browser's own input method, as far as the confirming Enter."""
    wire = chat.context.new_cdp_session(chat)
    wire.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
    wire.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229, "code": "Enter"},
    )
    wire.send("Input.insertText", {"text": text})


def test_enter_of_a_real_composition_confirms_and_does_not_send(chat):
    chat.check("[data-enter-sends]")
    chat.focus("#message")

    compose(chat, "要点")

    assert (chat.input_value("#message"), ChatExchange.objects.count()) == ("要点", 0)
    chat.wait_for_timeout(80)
    chat.press("#message", "Enter")
    chat.wait_for_selector("[data-ended]")
    assert ChatExchange.objects.get().message == "要点"


def test_answer_becomes_a_note_only_when_a_person_saves_it(chat, ito):
    ask(chat, "伊藤正雄さんの要点は？")
    chat.wait_for_selector("[data-ended=done]")
    chat.click("text=メモに保存")
    chat.wait_for_selector("textarea[name=content]")
    unsaved = SalesNote.objects.count()

    chat.fill("textarea[name=content]", "償還金の使い道を相談する")
    chat.click("[data-draft] button[type=submit]")
    chat.wait_for_url(f"**/customers/{ito.pk}")

    assert unsaved == 0
    assert [note.content for note in SalesNote.objects.all()] == ["償還金の使い道を相談する"]


def test_useless_answer_is_rated_beneath_it_and_the_draft_stays(chat):
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-ended=done]")
    chat.fill("#message", "次の質問")

    chat.click("[data-rate] summary")
    chat.check("text=記録と違う")
    chat.click("text=評価を保存")
    chat.wait_for_selector("text=評価を保存しました")

    assert [rating.reason for rating in Rating.objects.all()] == ["wrong"]
    assert chat.input_value("#message") == "次の質問"


def test_renamed_conversation_is_found_by_its_new_title(chat):
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-ended=done]")
    chat.click(".chat-menu summary")
    chat.fill("#title", "相続の相談")
    chat.click("text=変える")
    chat.wait_for_selector(".conversation >> text=相続の相談")

    chat.fill("#find-conversation", "ないことば")
    chat.press("#find-conversation", "Enter")

    chat.wait_for_selector("text=「ないことば」を含む会話はありません")


def test_title_being_typed_outlives_the_end_of_an_answer(chat, long_talk):
    ask(chat, "[[long:40]][[pace:0.05]]")
    chat.wait_for_selector("[data-running] >> text=0005。")
    chat.click(".chat-menu > summary")
    chat.fill("#title", "相続の相談")

    chat.wait_for_selector("[data-ended=done] .answer-foot")

    assert chat.input_value("#title") == "相続の相談"


def test_question_outlives_the_end_of_the_session_and_is_sent_after_a_new_log_in(chat, tanaka):
    chat.context.clear_cookies()
    ask(chat, "消えては困る質問")
    chat.wait_for_selector("[data-refusal] >> text=別のタブでログイン")
    kept = chat.input_value("#message")

    log_in_again(chat, tanaka)
    chat.press("#message", "Control+Enter")
    chat.wait_for_selector("[data-ended=done]")

    assert (kept, ChatExchange.objects.get().message) == ("消えては困る質問", "消えては困る質問")


def test_question_of_a_session_that_somebody_else_took_over_is_not_sent(chat, suzuki):
    log_in_again(chat, suzuki)

    ask(chat, "消えては困る質問")
    chat.wait_for_selector("[data-refusal] >> text=別の担当者でログインしています")

    assert (chat.input_value("#message"), ChatExchange.objects.count()) == ("消えては困る質問", 0)


def test_question_that_is_too_long_is_kept_whole(chat):
    ask(chat, "あ" * 8001)
    chat.wait_for_selector("[data-refusal] >> text=質問は8000文字以内で入力してください")

    assert chat.input_value("#message") == "あ" * 8001


def test_reason_typed_beneath_an_answer_outlives_the_end_of_the_session(chat):
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-ended=done]")
    chat.click("[data-rate] summary")
    chat.check("text=その他")
    chat.fill("[name=comment]", "償還日が違う")

    chat.context.clear_cookies()
    chat.click("text=評価を保存")
    chat.wait_for_selector("[data-complaint] >> text=ログインの期限が切れています")

    assert chat.input_value("[name=comment]") == "償還日が違う"


def test_repeated_click_asks_again_once(chat):
    ask(chat, "要点は？")
    chat.wait_for_selector("[data-ended=done]")

    chat.dblclick("[data-again]")
    chat.locator("[data-ended=done]").nth(1).wait_for()

    assert ChatExchange.objects.count() == 2
