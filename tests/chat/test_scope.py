"""What is asked about whom: customers out of sight or archived get no answer, by no way round."""

from unittest.mock import ANY

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from rest_framework.exceptions import ValidationError

from chat import asking, turn
from chat.api import saved
from chat.asking import ARCHIVED, EXCLUDED, Question
from chat.models import ChatExchange, Conversation
from chat.questions import QuestionSerializer
from customers.models import AccessRecord, Customer
from customers.roles import Role
from tests.factories import CustomerFactory, SalesNoteFactory

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "ひみつの相談"
MISSING = 999_999


def hand_over(customer, adviser):
    row = Customer.objects.get(pk=customer.pk)
    row.sales_rep = adviser
    row.save()


def keep_from_ai(customer):
    row = Customer.objects.get(pk=customer.pk)
    row.ai_excluded = True
    row.save()


def give_role(person, role):
    person.groups.set([Group.objects.get(name=role)])


def asked(api, **body):
    return api.post("/api/chat", {"message": "営業メモは？"} | body, format="json")


@pytest.fixture
def old(api, simulator, ito):
    """A question about nobody, whose conversation then came to be about Ito."""
    SalesNoteFactory(customer=ito, content=SECRET)
    first = asked(api, message="市況は？").json()
    asked(api, message="C001の要点は？", conversation_id=first["conversation_id"])
    simulator.requests.clear()
    return first


# --- Out of sight ---------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["regenerate_of", "conversation_id"])
def test_old_question_of_a_hidden_conversation_is_a_missing_one(
    api, simulator, old, ito, suzuki, name
):
    number = {"regenerate_of": old["chat_id"], "conversation_id": old["conversation_id"]}[name]
    hand_over(ito, suzuki)

    hidden, missing = asked(api, **{name: number}), asked(api, **{name: MISSING})

    same = [answer.json() | {"request_id": ""} for answer in (hidden, missing)]
    assert (hidden.status_code, same[0]) == (missing.status_code, same[1]) == (400, same[1])
    assert (simulator.requests, ChatExchange.objects.count()) == ([], 2)


def test_old_question_is_missing_after_the_person_lost_a_role(api, simulator, tanaka, nakamura):
    give_role(tanaka, Role.BACK_OFFICE)
    first = asked(api, message="市況は？").json()
    asked(api, message="C003の要点は？", conversation_id=first["conversation_id"])
    give_role(tanaka, Role.ADVISER)

    refused = asked(api, regenerate_of=first["chat_id"])

    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["regenerate_of"])


@pytest.fixture
def talk(tanaka, ito):
    return Conversation.objects.create(adviser=tanaka, customer=ito, title="償還")


def test_question_is_checked_again_when_it_is_saved(tanaka, suzuki, ito, talk):
    hand_over(ito, suzuki)

    for question in (Question(tanaka, "x", conversation=talk), Question(tanaka, "x", customer=ito)):
        with pytest.raises(asking.NoLongerOpen):
            asking.ask(question)

    assert ChatExchange.objects.count() == 0


def test_customer_lost_after_the_check_is_a_missing_one(api, rf, tanaka, suzuki, ito, talk):
    request = rf.post("/api/chat")
    request.user = tanaka
    body = {"message": "営業メモは？", "conversation_id": talk.pk}
    checked = QuestionSerializer(data=body, context={"request": request})
    checked.is_valid(raise_exception=True)
    hand_over(ito, suzuki)

    with pytest.raises(ValidationError) as refused:
        saved(Question(tanaka, **checked.validated_data), checked)

    assert refused.value.detail == asked(api, conversation_id=MISSING).json()["errors"]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda ito, suzuki: hand_over(ito, suzuki), "hidden"),
        (lambda ito, suzuki: Customer.objects.get(pk=ito.pk).archive(), "archived"),
        (lambda ito, suzuki: keep_from_ai(ito), "excluded"),
    ],
    ids=["hidden", "archived", "excluded"],
)
def test_records_are_checked_again_before_they_are_read(tanaka, suzuki, ito, talk, change, kind):
    saved = ChatExchange.objects.create(
        conversation=talk, customer=ito, adviser=tanaka, message="x"
    )
    change(ito, suzuki)

    with pytest.raises(turn.NotSent) as refused:
        turn.prepare(ChatExchange.objects.get(pk=saved.pk))

    assert refused.value.kind == kind


# --- Archived -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["customer_id", "conversation_id", "regenerate_of"])
def test_archived_customer_is_refused_politely(api, simulator, old, ito, name):
    Customer.objects.get(pk=ito.pk).archive()
    number = {"customer_id": ito.pk, "regenerate_of": old["chat_id"]}
    number = number.get(name, old["conversation_id"])

    answer = asked(api, **{name: number})

    assert (answer.status_code, answer.json()["errors"]) == (400, {name: [ARCHIVED]})
    assert simulator.requests == []


@pytest.mark.parametrize("name", ["customer", "conversation"])
def test_page_about_an_archived_customer_is_for_reading(page, ito, talk, name):
    ito.archive()
    number = {"customer": ito.pk, "conversation": talk.pk}[name]

    html = page.get(reverse("chat:home"), {name: number}).text

    assert "この顧客は保管されているため、質問できません" in html
    assert '<form class="composer"' not in html
    assert "について質問できます" not in html


# --- Kept from the AI -----------------------------------------------------------------------
@pytest.mark.parametrize("name", ["customer_id", "conversation_id", "regenerate_of"])
def test_customer_kept_from_the_ai_is_refused_politely(api, simulator, old, ito, name):
    keep_from_ai(ito)
    number = {"customer_id": ito.pk, "regenerate_of": old["chat_id"]}
    number = number.get(name, old["conversation_id"])

    answer = asked(api, **{name: number})

    assert (answer.status_code, answer.json()["errors"]) == (400, {name: [EXCLUDED]})
    assert simulator.requests == []


def test_page_about_a_customer_kept_from_the_ai_is_for_reading(page, ito):
    keep_from_ai(ito)

    html = page.get(reverse("chat:home"), {"customer": ito.pk}).text

    assert "この顧客はAI利用不可に設定されているため、質問できません" in html
    assert '<form class="composer"' not in html


def test_records_of_a_named_customer_kept_from_the_ai_are_not_sent(
    answered, simulator, tanaka, ito
):
    SalesNoteFactory(customer=ito, content=SECRET)
    keep_from_ai(ito)

    exchange = answered(Question(tanaka, "伊藤正雄の営業メモは？"))

    assert exchange.customer is None
    assert [text for text in (SECRET, "伊藤") if text in str(simulator.requests)] == []


def test_earlier_answers_about_a_customer_kept_from_the_ai_are_not_sent_again(
    answered, simulator, tanaka, ito, ono
):
    SalesNoteFactory(customer=ito, content=SECRET)
    first = answered(Question(tanaka, "市況と伊藤正雄について", customer=ono))
    keep_from_ai(ito)
    simulator.requests.clear()

    answered(Question(tanaka, "続けて", conversation=first.conversation))

    assert "市況" not in str(simulator.requests)


# --- Names ----------------------------------------------------------------------------------
def test_name_of_a_former_customer_does_not_leave_the_building(
    answered, simulator, tanaka, suzuki, ito, ono
):
    first = answered(Question(tanaka, "伊藤正雄さんと大野達也さんを比べて"))
    hand_over(ito, suzuki)
    talk = first.conversation

    for message in ("続きは？", "伊藤様は？", "伊藤正雄さん（090-1111-1111）は？"):
        answered(Question(tanaka, message, conversation=Conversation.objects.get(pk=talk.pk)))

    sent = str(simulator.requests[1:])
    assert [word for word in ("伊藤", "正雄", "1111") if word in sent] == []


def test_earlier_exchange_about_a_former_customer_is_not_sent_again(
    answered, simulator, tanaka, suzuki, ito, ono
):
    first = answered(Question(tanaka, "伊藤正雄さんと大野達也さんを比べて"))
    hand_over(ito, suzuki)
    answered(Question(tanaka, "続きは？", conversation=first.conversation))

    assert [message["role"] for message in simulator.requests[-1]["messages"]] == ["user"]


def test_name_of_a_customer_one_never_saw_is_masked(answered, simulator, tanaka, nakamura):
    answered(Question(tanaka, "中村 健一の保有商品は？"))

    assert "健一" not in str(simulator.requests)


def test_name_that_stands_in_a_note_is_masked(answered, simulator, tanaka, ito, nakamura):
    SalesNoteFactory(customer=ito, content="中村健一様のご紹介")

    exchange = answered(Question(tanaka, "営業メモは？", customer=ito))

    assert "中村" not in str(simulator.requests)
    assert "中村健一様のご紹介" in exchange.response


def test_page_does_not_tell_that_somebody_is_a_customer(answered, page, tanaka, nakamura):
    """Masked or not, the page reads as with a name that nobody has."""
    shown = {}
    for name in ("中村 健一", "中村 健二"):
        exchange = answered(Question(tanaka, f"{name}の保有商品は？"))
        [row] = page.get(reverse("chat:home"), {"conversation": exchange.conversation_id}).context[
            "exchanges"
        ]
        shown[name] = [row.steps.sent_question.replace(name, ""), row.steps.masked, row.response]

    assert shown["中村 健一"] == shown["中村 健二"] == ["の保有商品は？", [], ANY]


def test_row_keeps_what_was_masked_for_those_who_see_the_firm(answered, tanaka, nakamura):
    exchange = answered(Question(tanaka, "中村健一の保有商品は？"))

    assert exchange.masked_fields == [{"field": "氏名", "count": 1, "hidden": True}]
    assert exchange.tool_trace[0]["sent_question"] == "［顧客別A］の保有商品は？"


def test_more_names_than_can_be_masked_are_not_sent(
    answered, simulator, tanaka, suzuki, monkeypatch
):
    monkeypatch.setattr("chat.context.MOST_NAMES", 2)
    names = ["中村健一", "渡辺花子", "高橋次郎"]
    for name in names:
        CustomerFactory(name=name, sales_rep=suzuki)

    exchange = answered(Question(tanaka, "と".join(names)))

    assert (exchange.status, exchange.error_kind) == ("failed", "too_many_names")
    assert simulator.requests == []


def test_namesakes_do_not_crowd_others_out(answered, simulator, tanaka, suzuki, monkeypatch):
    monkeypatch.setattr("chat.context.MOST_NAMES", 5)
    for name in ["佐藤誠一"] * 9 + ["中村健一"]:
        CustomerFactory(name=name, sales_rep=suzuki)

    exchange = answered(Question(tanaka, "佐藤誠一と中村健一は？"))

    assert (exchange.status, "健一" in str(simulator.requests)) == ("done", False)


# --- What an exchange used ------------------------------------------------------------------
def test_exchange_remembers_whom_it_used(answered, tanaka, ito, ono, nakamura):
    exchange = answered(Question(tanaka, "伊藤正雄、大野達也、中村健一を比べて"))

    assert set(exchange.used.all()) == {ito, ono}


def test_follow_up_rests_on_whom_the_exchanges_before_it_used(answered, tanaka, ito, ono):
    first = answered(Question(tanaka, "伊藤正雄と大野達也を比べて"))
    second = answered(Question(tanaka, "続きは？", conversation=first.conversation))

    assert set(second.used.all()) == {ito, ono}


def test_question_that_got_no_answer_remembers_too(answered, settings, tanaka, ito, ono):
    settings.AI_ENABLED = False

    exchange = answered(Question(tanaka, "伊藤正雄と大野達也を比べて"))

    assert (exchange.status, set(exchange.used.all())) == ("failed", {ito, ono})


def test_answer_about_two_is_withheld_after_one_went(answered, api, tanaka, suzuki, ito, ono):
    exchange = answered(Question(tanaka, "伊藤正雄と大野達也を比べて"))
    hand_over(ono, suzuki)

    shown = api.get(f"/api/chat/{exchange.pk}").json()

    assert (exchange.customer, shown["withheld"], shown["response"]) == (None, True, "")
    assert AccessRecord.objects.count() == 0


@pytest.mark.parametrize("role", ["tanaka", "suzuki", "manager", "office", "compliance"])
def test_exchanges_of_a_customer_are_those_of_all_that_one_sees(request, tanaka, suzuki, ito, role):
    user = request.getfixturevalue(role)
    for adviser in (tanaka, suzuki, None):
        ChatExchange.objects.create(customer=ito, adviser=adviser, message="?")
    ChatExchange.objects.create(adviser=tanaka, message="?")

    found = ChatExchange.objects.of_customer(ito.pk, user)

    assert list(found) == list(ChatExchange.objects.visible_to(user).filter(customer=ito))
