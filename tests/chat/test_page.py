import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange, Conversation
from tests.factories import HoldingFactory, SalesNoteFactory

HOME = reverse("chat:home")


@pytest.fixture
def talk(tanaka, ito):
    """A conversation of Tanaka about Ito with one answered question."""
    conversation = Conversation.objects.create(adviser=tanaka, customer=ito, title="償還の相談")
    ChatExchange.objects.create(
        conversation=conversation,
        adviser=tanaka,
        customer=ito,
        message="償還は？",
        response="<b>12月</b>です",
    )
    return conversation


def test_chat_needs_a_log_in_and_leads_back(client, db):
    answer = client.get(HOME)

    assert answer.url == f"{reverse('account_login')}?next={HOME}"


def test_conversation_shows_questions_and_answers_as_text(page, talk):
    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert "償還は？" in html
    assert "&lt;b&gt;12月&lt;/b&gt;です" in html


def test_chosen_customer_stands_above_the_question(page, ito):
    html = page.get(HOME, {"customer": ito.pk}).content.decode()

    assert f'data-customer="{ito.pk}"' in html
    assert "伊藤正雄様について質問する" in html


def test_finder_offers_own_customers_only(page, ito, nakamura):
    answer = page.get(HOME, {"find": "健一"})

    assert list(answer.context["found"]) == []


def test_older_conversations_follow_in_the_same_order(page, tanaka):
    for number in range(120):
        Conversation.objects.create(adviser=tanaka, title=f"会話{number}")

    first, second, third = listed_pages(page)

    assert [len(rows) for rows in (first, second, third)] == [50, 50, 20]
    assert first + second + third == list(Conversation.objects.all())


def listed_pages(page):
    """The conversations of each page of the list, as the link at its end leads on."""
    before = ""
    while before is not None:
        context = page.get(HOME, {"before": before}).context
        yield context["conversations"]
        before = context["more_conversations"]


def test_older_exchanges_are_a_link_away_and_take_no_question(page, talk):
    ChatExchange.objects.bulk_create(
        ChatExchange(conversation=talk, message=f"質問{number}", response="回答")
        for number in range(50)
    )

    older = page.get(HOME, {"conversation": talk.pk}).context["older_exchanges"]
    answer = page.get(HOME, {"conversation": talk.pk, "exchange_before": older})

    assert [row.message for row in answer.context["exchanges"]] == ["償還は？"]
    assert answer.context["older_exchanges"] is None
    assert b'<form class="composer"' not in answer.content


def test_list_behind_a_colleagues_conversation_is_not_found(client, suzuki, talk):
    client.force_login(suzuki)

    assert client.get(HOME, {"before": talk.pk}).status_code == 404


@pytest.mark.parametrize("name", ["customer", "conversation", "before"])
@pytest.mark.parametrize("value", ["999999", "x", "-1", "9" * 30])
def test_unknown_or_odd_address_is_not_found(page, name, value):
    assert page.get(HOME, {name: value}).status_code == 404


@pytest.mark.parametrize("name", ["q", "find"])
@pytest.mark.parametrize(
    ("value", "status"), [("a\x00b", 400), ("あ" * 101, 404)], ids=["nul", "long"]
)
def test_words_that_no_field_takes_are_refused(page, name, value, status):
    assert page.get(HOME, {name: value}).status_code == status


def test_colleagues_conversation_is_not_found(client, suzuki, talk):
    client.force_login(suzuki)

    assert client.get(HOME, {"conversation": talk.pk}).status_code == 404


def test_conversation_is_gone_when_the_customer_is_handed_over(page, talk, ito, suzuki):
    ito.sales_rep = suzuki
    ito.save()

    assert page.get(HOME, {"conversation": talk.pk}).status_code == 404


def test_compliance_gets_no_field_to_ask_in(client, compliance):
    client.force_login(compliance)

    assert b'<form class="composer"' not in client.get(HOME).content


@pytest.mark.parametrize(
    ("yen", "words"),
    [
        (799, []),
        (800, ["本日のAIの利用枠（1000円）の80%を使いました。"]),
        (1000, ["本日のAIの利用枠（1000円）を使い切りました。"]),
    ],
)
def test_composer_warns_from_80_percent_of_the_budget_on(page, talk, yen, words):
    talk.exchanges.update(cost_yen=yen)

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert re.findall(r"本日のAIの利用枠（1000円）[^。]*。", html) == words


def test_page_says_that_the_ai_is_off_and_shows_what_was_said(page, talk, settings):
    settings.AI_ENABLED = False

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert re.findall(r"AIの利用を停止しているため、[^。]*。", html) == [
        "AIの利用を停止しているため、質問できません。"
    ]
    assert ('id="message"' in html, "&lt;b&gt;12月" in html) == (False, True)


def test_estimated_cost_is_marked(page, talk):
    talk.exchanges.update(cost_yen=7, cost_is_estimated=True)

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert '<span class="hint answer-hint">概算 7.00円' in html


def test_steps_tell_what_conversation_and_month_have_cost(page, talk, tanaka):
    talk.exchanges.update(cost_yen=7, total_tokens=1200)
    ChatExchange.objects.create(adviser=tanaka, message="?", cost_yen=20)
    old = ChatExchange.objects.create(adviser=tanaka, message="?", cost_yen=100)
    ChatExchange.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=32))

    use = page.get(HOME, {"conversation": talk.pk}).context["use"]

    assert use == {"questions": 1, "tokens": 1200, "yen": 7, "month_yen": 27}


@pytest.fixture
def citations(ito):
    """A holding and a note, as an answer cites them."""
    rows = {"holding": HoldingFactory(customer=ito), "note": SalesNoteFactory(customer=ito)}
    told = {"label": "記録", "customer_id": ito.pk, "read_at": timezone.now().isoformat()}
    return [
        {"source": f"crm://{kind}/{row.pk}@{row.history.first().pk}", "number": number} | told
        for number, (kind, row) in enumerate(rows.items(), 1)
    ]


@pytest.mark.parametrize("exchanges", [1, 3])
def test_conversation_takes_the_same_queries_at_any_length(
    page, talk, citations, exchanges, django_assert_max_num_queries
):
    for number in range(exchanges - 1):
        ChatExchange.objects.create(conversation=talk, message=f"質問{number}", response="回答")
    talk.exchanges.update(citations=citations)

    with django_assert_max_num_queries(19):
        page.get(HOME, {"conversation": talk.pk})


def test_history_takes_five_queries(api, talk, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        api.get("/api/chat")


def test_finished_answer_is_shown_as_small_markdown(page, talk):
    talk.exchanges.update(response="**12月**です\n- ![x](//evil.example/x)")

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert "<strong>12月</strong>です" in html
    assert "<li>x（画像は表示しません）</li>" in html


def test_running_answer_stays_text(page, talk):
    talk.exchanges.update(
        status="streaming",
        response="**12月**",
        lease_expires_at=timezone.now() + timedelta(hours=1),
    )

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert "data-text>**12月**</div>" in html


def test_only_the_last_answer_that_was_cut_offers_its_continuation(page, talk):
    talk.exchanges.update(stop_reason="max_tokens")
    ChatExchange.objects.create(
        conversation=talk, message="次は？", response="1月は", stop_reason="max_tokens"
    )

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert html.count("続きを生成</button>") == 1
    assert html.index("1月は") < html.index("続きを生成</button>")


def test_finder_leads_straight_to_the_one_who_is_meant(page, ito, ono):
    leads = [page.get(HOME, {"find": text}).url for text in ("C001 伊藤正雄", "伊藤", "C001")]

    assert leads == [reverse("chat:home", query={"customer": ito.pk})] * 3


def test_finder_shows_who_may_be_meant(page, ito, ono):
    answer = page.get(HOME, {"find": "C0"})

    assert set(answer.context["found"]) == {ito, ono}


def test_customer_kept_from_the_ai_is_not_offered_for_questions(page, ito):
    ito.ai_excluded = True
    ito.save()

    html = page.get(HOME, {"customer": ito.pk}).text

    assert "についての会話はまだありません" in html
    assert ("について質問できます" in html, 'id="message"' in html) == (False, False)


def test_suggested_questions_are_the_customers_own(page, ito):
    due = timezone.localdate() + timedelta(days=3)
    HoldingFactory(customer=ito, maturity_date=due)

    suggestions = page.get(HOME, {"customer": ito.pk}).context["suggestions"]

    assert [one.label for one in suggestions] == [f"{due.month}月{due.day}日の償還", "面談前の要点"]


def test_repeated_answer_stands_below_the_old_one_and_names_it(page, talk, tanaka):
    old = talk.exchanges.get()
    said = {"conversation": talk, "adviser": tanaka, "message": "償還は？"}
    ChatExchange.objects.create(regenerate_of=old, response="15日です", **said)

    html = page.get(HOME, {"conversation": talk.pk}).content.decode()

    assert html.index("12月") < html.index("15日です") < html.index("のやり直し")
    assert f'<a href="#answer-{old.pk}">#{old.pk}</a>' in html
