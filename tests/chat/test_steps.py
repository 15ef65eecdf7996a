"""The steps beneath an answer say in plain Japanese what was looked up, and how long it took."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import ChatExchange
from chat.steps import Steps, in_words

PROMPT = {"step": "prompt", "sent_question": "［顧客A］は？", "told_question": "メモは？"}
TOOL = {"step": "tool", "at": "2026-11-26T00:00:00+09:00", "status": "success", "rows": 7}


@pytest.mark.parametrize(
    ("tool", "asked", "words"),
    [
        ("holdings", {"customer": "［顧客A］"}, "［顧客A］"),
        ("maturities", {"days": 30, "category": "BOND"}, "これから30日・債券"),
        ("notes", {"words": "退職金 相続", "days": 90}, "「退職金 相続」を含む・直近90日"),
        ("notes", {"about_money": True}, "資金の話があるもの"),
        ("notes", {"about_money": False}, ""),
        ("affected_customers", {"event_id": 3}, "イベント #3"),
        ("products", {}, ""),
    ],
)
def test_arguments_of_a_tool_are_told_in_words(tool, asked, words):
    assert in_words(tool, asked) == words


def test_rounds_of_the_model_are_one_time():
    rounds = [{"step": "model", "seconds": took} for took in (0.4, 1.3)]

    assert Steps(ChatExchange(latency_ms=9000), rounds).model_seconds == 1.7


def test_answer_of_an_earlier_version_has_its_whole_time():
    assert Steps(ChatExchange(latency_ms=900), [{"step": "model"}]).model_seconds == 0.9


@pytest.fixture
def page(client, tanaka, ito):
    def of(**step):
        exchange = ChatExchange.objects.create(
            adviser=tanaka, message="メモは？", response="はい", tool_trace=[PROMPT, TOOL | step]
        )
        talk = tanaka.conversations.create(title="メモ")
        ChatExchange.objects.filter(pk=exchange.pk).update(conversation=talk)
        client.force_login(tanaka)
        return client.get(reverse("chat:home", query={"conversation": talk.pk})).content.decode()

    return of


@pytest.mark.django_db
def test_page_tells_condition_result_and_time_of_a_tool(page):
    html = page(name="notes", asked={"words": "退職金"}, seconds=0.02)

    assert [word for word in ("「退職金」を含む", "7件", "0.02秒") if word not in html] == []


@pytest.mark.django_db
def test_page_says_that_only_the_newest_notes_were_searched(page):
    assert "直近5,000件のメモを調べました。" in page(name="notes", searched=5000)


@pytest.mark.django_db
def test_texts_that_left_are_no_part_of_the_page(page):
    html = page(name="notes", sent=["［顧客A］の［メモ］"], told=["伊藤様の［メモ］"])

    assert ("AIに送信した全文" in html, "［メモ］" in html) == (True, False)


@pytest.mark.django_db
def test_texts_that_left_are_told_as_the_person_may_read_them(page, client):
    page(name="notes", sent=["［顧客A］へ<b>"], told=["伊藤様へ<b>"])

    html = client.get(reverse("chat:answer-sent", args=[ChatExchange.objects.get().pk])).text

    assert ("伊藤様へ&lt;b&gt;" in html, "［顧客A］" in html) == (True, False)


@pytest.mark.django_db
def test_texts_of_an_earlier_version_are_said_to_be_missing(page, client):
    page(name="notes")

    html = client.get(reverse("chat:answer-sent", args=[ChatExchange.objects.get().pk])).text

    assert "送信した文の記録がありません" in html


@pytest.mark.django_db
def test_history_is_read_without_the_steps(page, api):
    page(name="notes")

    with CaptureQueriesContext(connection) as asked:
        api.get("/api/chat")

    assert [query for query in asked.captured_queries if "tool_trace" in query["sql"]] == []
