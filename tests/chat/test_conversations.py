"""Finding one's conversations again: title, pin, hide, search, those of one customer."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange, Conversation

PAST = {"pin": "pinned", "hide": "hidden"}
HOME = reverse("chat:home")


def act(name, talk):
    return reverse(f"chat:conversation-{name}", args=[talk.pk])


def listed(page, **query):
    context = page.get(HOME, query).context
    return [*context["pinned"], *context["conversations"]]


@pytest.fixture
def talks(tanaka, ito, ono):
    """Three conversations of Tanaka, the oldest first."""
    return [
        Conversation.objects.create(adviser=tanaka, customer=ito, title="償還の相談"),
        Conversation.objects.create(adviser=tanaka, customer=ono, title="入金の予定"),
        Conversation.objects.create(adviser=tanaka, title="相場の話"),
    ]


def test_renamed_conversation_keeps_its_place_in_the_list(page, talks):
    page.post(act("rename", talks[0]), {"title": "円債への移し替え"})

    assert [talk.title for talk in listed(page)] == ["相場の話", "入金の予定", "円債への移し替え"]


UNUSABLE = {
    "empty": ("", "題名を入力してください。"),
    "spaces": ("   ", "題名を入力してください。"),
    "long": ("あ" * 61, "題名は60文字以内で入力してください。"),
}


@pytest.mark.parametrize(("title", "told"), UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_title_leaves_the_old_one_and_says_why(page, talks, title, told):
    led = page.post(act("rename", talks[0]), {"title": title})

    assert Conversation.objects.get(pk=talks[0].pk).title == "償還の相談"
    assert [str(message) for message in get_messages(led.wsgi_request)] == [told]


def test_title_that_cannot_be_stored_is_refused_as_a_whole(page, talks):
    answer = page.post(act("rename", talks[0]), {"title": "a\x00b"})

    assert answer.status_code == 400
    assert Conversation.objects.get(pk=talks[0].pk).title == "償還の相談"


@pytest.mark.parametrize("name", ["q", "find"])
def test_search_for_what_cannot_be_stored_is_refused(page, talks, name):
    assert page.get(HOME, {name: "a\x00b"}).status_code == 400


def test_pinned_conversation_stands_above_the_newer_ones(page, talks):
    page.post(act("pin", talks[0]), {"on": "1"})
    pinned = listed(page)
    page.post(act("pin", talks[0]))

    assert pinned == [talks[0], talks[2], talks[1]]
    assert listed(page) == [talks[2], talks[1], talks[0]]


@pytest.mark.parametrize("name", ["pin", "hide"])
def test_act_pressed_twice_is_done_once(page, talks, name):
    for _ in range(2):
        page.post(act(name, talks[0]), {"on": "1"})

    kept = Conversation.objects.exclude(**{f"{PAST[name]}_at": None})
    assert list(kept) == [talks[0]]


def test_hidden_conversation_leaves_the_list_and_nothing_else(page, talks):
    page.post(act("hide", talks[0]), {"on": "1"})

    assert listed(page) == [talks[2], talks[1]]
    assert page.get(HOME, {"conversation": talks[0].pk}).status_code == 200
    assert listed(page, q="償還") == [talks[0]]


def test_hidden_conversation_comes_back_to_its_place(page, talks):
    page.post(act("hide", talks[0]), {"on": "1"})
    page.post(act("hide", talks[0]))

    assert listed(page) == [talks[2], talks[1], talks[0]]


def test_compliance_still_sees_a_hidden_conversation(client, page, talks, tanaka, compliance):
    said = {"adviser": tanaka, "customer": talks[0].customer, "conversation": talks[0]}
    ChatExchange.objects.create(message="償還は？", response="12月です", **said)
    page.post(act("hide", talks[0]), {"on": "1"})
    client.force_login(compliance)

    html = client.get(reverse("admin:chat_chatexchange_changelist")).content.decode()

    assert "償還は？" in html


def test_list_is_parted_by_day_below_what_is_pinned(page, talks, tanaka):
    old = Conversation.objects.create(adviser=tanaka, title="先月の話")
    for talk, days in ((talks[1], 1), (old, 30)):
        then = timezone.now() - timedelta(days=days)
        Conversation.objects.filter(pk=talk.pk).update(updated_at=then)
    page.post(act("pin", talks[0]), {"on": "1"})

    groups = page.get(HOME).context["groups"]

    assert groups == [
        ("固定", [talks[0]]),
        ("本日", [talks[2]]),
        ("昨日", [talks[1]]),
        ("それ以前", [old]),
    ]


def test_search_finds_titles_questions_and_answers(page, talks, tanaka):
    said = {"adviser": tanaka, "customer": talks[1].customer, "conversation": talks[1]}
    ChatExchange.objects.create(message="退職金は？", response="12月に見込まれます", **said)

    assert [listed(page, q=word) for word in ("相場", "退職金", "見込", "退職金 12月")] == [
        [talks[2]],
        [talks[1]],
        [talks[1]],
        [talks[1]],
    ]


def test_search_finds_no_words_that_are_withheld(page, talks, tanaka, nakamura):
    said = {"adviser": tanaka, "conversation": talks[2]}
    told = ChatExchange.objects.create(message="中村さんと比べると？", response="秘密", **said)
    told.used.add(nakamura)

    assert [listed(page, q=word) for word in ("秘密", "相場")] == [[], []]


def test_conversations_of_the_customer_alone_are_listed_on_wish(page, talks, ito):
    assert listed(page, customer=ito.pk, only=1) == [talks[0]]


@pytest.mark.parametrize("name", ["rename", "pin", "hide"])
def test_colleagues_conversation_is_not_to_be_touched(client, suzuki, talks, name):
    client.force_login(suzuki)

    answer = client.post(act(name, talks[0]), {"title": "x", "on": "1"})

    row = Conversation.objects.get(pk=talks[0].pk)
    assert answer.status_code == 404
    assert (row.title, row.pinned_at, row.hidden_at) == ("償還の相談", None, None)


def test_title_of_a_withheld_conversation_cannot_be_set(page, talks, tanaka, nakamura):
    told = ChatExchange.objects.create(message="？", adviser=tanaka, conversation=talks[2])
    told.used.add(nakamura)

    assert page.post(act("rename", talks[2]), {"title": "x"}).status_code == 404


def test_pinning_does_not_make_a_conversation_newer(page, talks):
    before = Conversation.objects.get(pk=talks[0].pk).updated_at

    page.post(act("pin", talks[0]), {"on": "1"})

    row = Conversation.objects.get(pk=talks[0].pk)
    assert row.updated_at == before < row.pinned_at <= timezone.now()
