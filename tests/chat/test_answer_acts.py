"""What becomes of an answer: a rating by who asked, and a note that a person writes."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from chat.models import ChatExchange, Conversation, Rating
from customers.models import SalesNote


@pytest.fixture
def answer(tanaka, ito):
    talk = Conversation.objects.create(adviser=tanaka, customer=ito, title="償還")
    said = {"message": "償還は？", "response": "12月15日です"}
    return ChatExchange.objects.create(conversation=talk, adviser=tanaka, customer=ito, **said)


def rate(page, answer, **words):
    return page.post(reverse("chat:answer-rate", args=[answer.pk]), words)


def rating():
    return list(Rating.objects.values_list("is_good", "reason", "comment"))


def test_useful_answer_is_rated_with_one_press(page, answer):
    led = rate(page, answer, is_good="1")

    assert rating() == [(True, "", "")]
    assert led.url.endswith(f"?conversation={answer.conversation_id}#answer-{answer.pk}")


def test_useless_answer_is_rated_with_its_reason(page, answer):
    rate(page, answer, is_good="0", reason="wrong", comment="償還日が違う")

    assert rating() == [(False, "wrong", "償還日が違う")]


def test_last_rating_counts_and_forgets_the_reason(page, answer):
    rate(page, answer, is_good="0", reason="wrong", comment="償還日が違う")
    rate(page, answer, is_good="1")

    assert rating() == [(True, "", "")]


PRESS = "「役に立った」か「役に立たない」を押してください。"
REASON = "役に立たない理由を選んでください。"
LONG = "補足は200文字以内で入力してください。"
UNUSABLE = {
    "nothing": ({}, PRESS),
    "no-reason": ({"is_good": "0"}, REASON),
    "odd-reason": ({"is_good": "0", "reason": "x"}, REASON),
    "long": ({"is_good": "0", "reason": "other", "comment": "あ" * 201}, LONG),
}


@pytest.mark.parametrize(("words", "told"), UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_rating_is_not_stored_and_its_field_is_named(page, answer, words, told):
    led = rate(page, answer, **words)

    assert rating() == []
    assert [str(message) for message in get_messages(led.wsgi_request)] == [told]


def test_useful_pressed_twice_is_one_rating(page, answer):
    answers = [rate(page, answer, is_good="1").status_code for _ in range(2)]

    assert (answers, rating()) == ([302, 302], [(True, "", "")])


def test_running_answer_is_neither_rated_nor_noted_down(page, answer):
    ChatExchange.objects.filter(pk=answer.pk).update(status="streaming")

    assert rate(page, answer, is_good="1").status_code == 404
    assert page.get(reverse("chat:answer-note", args=[answer.pk])).status_code == 404


def test_compliance_reads_the_rating_and_gives_none(client, page, answer, compliance):
    rate(page, answer, is_good="0", reason="wrong", comment="償還日が違う")
    client.force_login(compliance)

    html = client.get(reverse("admin:chat_chatexchange_change", args=[answer.pk])).content.decode()

    assert "役に立たない：記録と違う　償還日が違う" in html
    assert rate(client, answer, is_good="1").status_code == 403


def test_note_form_holds_the_answer_and_saves_nothing(page, answer, ito):
    shown = page.get(reverse("chat:answer-note", args=[answer.pk]))

    content = shown.context["note_form"].initial["content"]
    assert content == f"12月15日です\n\n（AIの回答 #{answer.pk} をもとに記入）"
    assert reverse("customers:note-create", args=[ito.pk]) in shown.content.decode()
    assert SalesNote.objects.count() == 0


@pytest.fixture
def unproved(answer):
    answer.guard_verdict = {"unverified": ["12月15日"], "removed_sources": 0}
    answer.save()


@pytest.mark.usefixtures("unproved")
def test_note_form_says_which_figure_no_record_holds(page, answer):
    shown = page.get(reverse("chat:answer-note", args=[answer.pk]))

    content = shown.context["note_form"].initial["content"]
    assert content.splitlines()[0] == "12月15日（根拠未確認）です"


@pytest.mark.usefixtures("unproved")
def test_back_office_says_which_figure_no_record_holds(client, compliance, answer):
    client.force_login(compliance)
    html = client.get(reverse("admin:chat_chatexchange_change", args=[answer.pk])).content.decode()

    assert html.count("12月15日（根拠未確認）です") == 1


def test_running_answer_becomes_no_note(page, answer):
    ChatExchange.objects.filter(pk=answer.pk).update(status="streaming")

    assert page.get(reverse("chat:answer-note", args=[answer.pk])).status_code == 404


def test_answer_without_a_customer_becomes_no_note(page, answer):
    ChatExchange.objects.filter(pk=answer.pk).update(customer=None)

    assert page.get(reverse("chat:answer-note", args=[answer.pk])).status_code == 404


def test_colleagues_answer_and_a_missing_one_are_alike(client, suzuki, answer):
    client.force_login(suzuki)

    for name in ("answer-note", "answer-rate"):
        addresses = [reverse(f"chat:{name}", args=[pk]) for pk in (answer.pk, 999_999)]
        method = client.get if name == "answer-note" else client.post
        assert [method(one).status_code for one in addresses] == [404, 404]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"status": "interrupted", "error_kind": "incomplete"}, "回答が途中で止まりました"),
        ({"status": "stopped"}, "停止しました"),
        ({"status": "done", "stop_reason": "max_tokens"}, "長さの上限で終わりました"),
    ],
    ids=["interrupted", "stopped", "full"],
)
def test_cut_answer_says_so_in_note_and_copy(page, tanaka, ito, how, says):
    talk = Conversation.objects.create(adviser=tanaka, customer=ito, title="会話")
    cut = ChatExchange.objects.create(
        conversation=talk,
        customer=ito,
        adviser=tanaka,
        message="要点は？",
        response="円債を",
        **how,
    )

    note = page.get(reverse("chat:answer-note", args=[cut.pk])).context["note_form"]
    copied = page.get(reverse("chat:home", query={"conversation": talk.pk})).content.decode()

    assert f"円債を\n\n（途中まで：{says}）\n\n（AIの回答" in note["content"].value()
    assert f'data-cut="（途中まで：{says}）"' in copied
