import json

import pytest

from chat import runs, streams
from chat.models import ChatExchange
from tests.factories import CustomerFactory
from wealthai.api.schema import document

pytestmark = pytest.mark.django_db(transaction=True)


def events(response):
    """[(event, id, data)] of a whole event stream."""
    blocks = b"".join(response.streaming_content).decode().split("\n\n")
    parsed = [dict(line.split(": ", 1) for line in b.splitlines()) for b in blocks if "event" in b]
    return [(e["event"], int(e["id"]), json.loads(e["data"])) for e in parsed]


def test_question_gets_the_documented_answer(api, simulator, ito):
    answer = api.post("/api/chat", {"message": "要点は？", "customer_id": ito.pk}, format="json")

    body = answer.json()
    row = ChatExchange.objects.get()
    assert answer.status_code == 200
    assert (body["chat_id"], body["conversation_id"]) == (row.pk, row.conversation_id)
    assert (body["status"], body["response"]) == ("done", row.response)
    assert body["usage"]["total_tokens"] == row.total_tokens


def test_streamed_pieces_add_up_to_the_saved_answer(api, simulator, ito):
    asked = {"message": "要点は？ [[pace:0.001]]", "customer_id": ito.pk}

    got = events(api.post("/api/chat", asked, format="json", HTTP_ACCEPT="text/event-stream"))

    text = "".join(data["text"] for kind, _, data in got if kind == "delta")
    assert [got[0][0], got[-1][0]] == ["start", "done"]
    assert text == ChatExchange.objects.get().response == got[-1][2]["response"]


def test_event_ids_count_characters_not_utf16_units(api, simulator, tanaka):
    yoshida = CustomerFactory(name="\U00020bb7田一郎", sales_rep=tanaka)
    asked = {"message": "要点は？", "customer_id": yoshida.pk}

    got = events(api.post("/api/chat", asked, format="json", HTTP_ACCEPT="text/event-stream"))

    assert got[-1][1] == len(ChatExchange.objects.get().response)


def test_reader_continues_where_it_left(api, simulator, ito):
    asked = {"message": "要点は？", "customer_id": ito.pk}
    done = api.post("/api/chat", asked, format="json").json()

    got = events(
        api.get(
            f"/api/chat/{done['chat_id']}/events",
            HTTP_LAST_EVENT_ID="10",
            HTTP_ACCEPT="text/event-stream",
        )
    )

    assert [data["text"] for kind, _, data in got if kind == "delta"] == [done["response"][10:]]


def test_history_is_newest_first_and_finds_words(api, simulator, ito):
    for message in ("一つ目の要点", "二つ目の要点"):
        api.post("/api/chat", {"message": message, "customer_id": ito.pk}, format="json")

    found = api.get("/api/chat", {"q": "要点"}).json()["results"]
    only = api.get("/api/chat", {"q": "二つ目", "customer_id": ito.pk}).json()["results"]

    assert [row["message"] for row in found] == ["二つ目の要点", "一つ目の要点"]
    assert [row["message"] for row in only] == ["二つ目の要点"]


def test_same_idempotency_key_asks_once(api, simulator, ito):
    asked = {"message": "要点は？", "customer_id": ito.pk}

    answers = [
        api.post("/api/chat", asked, format="json", HTTP_IDEMPOTENCY_KEY="key-1").json()
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(simulator.requests) == 1


def test_retry_is_answered_although_the_house_is_full(api, simulator, settings, ito):
    asked = {"message": "要点は？", "customer_id": ito.pk}
    first = api.post("/api/chat", asked, format="json", HTTP_IDEMPOTENCY_KEY="key-1").json()
    settings.CHAT_MAX_STREAMS = 0

    again = api.post("/api/chat", asked, format="json", HTTP_IDEMPOTENCY_KEY="key-1")

    assert again.json() == first


def test_retry_shows_no_record_that_was_handed_over(api, simulator, ito, suzuki):
    asked = {"message": "伊藤正雄さんの要点は？"}
    api.post("/api/chat", asked, format="json", HTTP_IDEMPOTENCY_KEY="key-1")
    ito.sales_rep = suzuki
    ito.save()

    again = api.post("/api/chat", asked, format="json", HTTP_IDEMPOTENCY_KEY="key-1")

    assert again.status_code == 404


def test_question_without_a_seat_for_its_reader_is_not_saved(api, simulator, settings, ito):
    settings.CHAT_MAX_STREAMS = 1
    seat = streams.Seat()

    asked = {"message": "要点は？", "customer_id": ito.pk}
    refused = api.post("/api/chat", asked, format="json", HTTP_ACCEPT="text/event-stream")
    seat.leave()

    assert (refused.status_code, ChatExchange.objects.count()) == (503, 0)


def test_second_question_in_a_busy_conversation_is_refused(api, simulator, ito, tanaka):
    asked = {"message": "[[pace:0.3]] 要点は？", "customer_id": ito.pk}
    stream = api.post("/api/chat", asked, format="json", HTTP_ACCEPT="text/event-stream")
    busy = ChatExchange.objects.get()

    again = {"message": "次は？", "conversation_id": busy.conversation_id}
    refused = api.post("/api/chat", again, format="json")

    assert refused.status_code == 409
    api.post(f"/api/chat/{busy.pk}/stop")
    stream.close()


def test_question_about_a_colleagues_customer_is_an_unknown_id(api, simulator, nakamura):
    answers = [
        api.post("/api/chat", {"message": "要点は？", "customer_id": pk}, format="json").json()
        for pk in (nakamura.pk, 999_999)
    ]

    assert answers[0]["errors"] == answers[1]["errors"]
    assert ChatExchange.objects.count() == 0


def test_colleagues_exchange_and_a_missing_one_answer_alike(api, simulator, suzuki, nakamura):
    hidden = ChatExchange.objects.create(
        adviser=suzuki, customer=nakamura, message="秘密", response="秘密"
    )

    answers = [api.get(f"/api/chat/{pk}") for pk in (hidden.pk, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1]


def test_compliance_reads_but_does_not_ask(api, compliance, simulator, ito):
    ChatExchange.objects.create(customer=ito, message="質問", response="回答")
    api.force_login(compliance)

    asked = api.post("/api/chat", {"message": "要点は？"}, format="json")

    assert (asked.status_code, api.get("/api/chat").json()["count"]) == (403, 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": ""},
        {"message": " \n　"},
        {"message": "あ" * 8001},
        {"message": "\x00"},
        {"message": "\ud800"},
        {"message": 5},
        {"message": "要点は？", "customer_id": "x"},
        {"message": "要点は？", "conversation_id": 2**40},
        {"message": "要点は？", "extra": 1},
    ],
    ids=[
        "none",
        "empty",
        "spaces",
        "long",
        "nul",
        "surrogate",
        "number",
        "text-id",
        "huge-id",
        "unknown",
    ],
)
def test_unusable_question_is_refused_and_nothing_saved(api, simulator, body):
    raw = json.dumps(body)

    answer = api.post("/api/chat", raw, content_type="application/json")

    assert (answer.status_code, ChatExchange.objects.count()) == (400, 0)


def test_failed_answer_is_a_503_that_keeps_the_question(api, simulator, ito):
    asked = {"message": "[[invalid]] 要点は？", "customer_id": ito.pk}

    answer = api.post("/api/chat", asked, format="json")

    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["title"] == "AIがこの質問を受け付けませんでした"
    assert answer.json()["exchange"]["chat_id"] == ChatExchange.objects.get().pk


def test_full_house_answers_503_and_saves_nothing(api, simulator, settings, ito):
    settings.CHAT_MAX_STREAMS = 0

    answer = api.post("/api/chat", {"message": "要点は？"}, format="json")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert (ChatExchange.objects.count(), runs._reserved) == (0, 0)


def test_schema_tells_how_long_to_wait_after_a_failure():
    failures = document()["paths"]["/api/chat"]["post"]["responses"]

    told = {status: list(failures[status]["headers"]) for status in ("429", "503")}
    assert told == {"429": ["Retry-After"], "503": ["Retry-After"]}


def test_throttled_answer_says_when_to_ask_again(api, simulator, transactional_db):
    answer = api.post("/api/chat", {"message": "[[throttle]] 要点は？"}, format="json")

    ending = answer.json()["exchange"]["ending"]
    assert (answer.status_code, answer["Retry-After"]) == (503, "20")
    assert (ending["kind"], ending["retry_after"]) == ("throttled", 20)
