import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange, Conversation
from customers.timeline import timeline_of
from tests.factories import (
    CashInflowFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)

TODAY = timezone.localdate()


def day(offset):
    return TODAY + datetime.timedelta(days=offset)


def words(entries):
    return [entry.words for entry in entries]


def told(customer, user, kind):
    timeline = timeline_of(customer, user, kind=kind)
    return timeline.ahead, timeline.past


def written(customer, offset, **fields):
    when = timezone.now() + datetime.timedelta(days=offset)
    return SalesNoteFactory(customer=customer, created_at=when, **fields)


def test_timeline_has_the_future_above_and_the_newest_first(ito, tanaka):
    written(ito, -3, note_type="visit", subject="相続")
    HoldingFactory(
        customer=ito,
        product=ProductFactory(product_name="米国債"),
        purchase_date=day(-9),
        maturity_date=day(40),
    )
    TaskFactory(customer=ito, title="提案", due_date=day(5))
    CashInflowFactory(customer=ito, predicted_date=day(90), source_type="retirement")

    timeline = timeline_of(ito, tanaka)

    assert words(timeline.ahead) == ["入金の予定　退職金", "米国債の償還日", "タスク　提案"]
    assert words(timeline.past) == ["顧客を登録", "来店　相続", "米国債を購入"]


def test_repayment_without_a_day_stands_at_its_products(ito, tanaka):
    product = ProductFactory(product_name="米国債", maturity_date=day(7))
    HoldingFactory(customer=ito, product=product)
    HoldingFactory(customer=ito, product=ProductFactory())

    ahead, _ = told(ito, tanaka, "deal")

    assert [(entry.words, entry.day) for entry in ahead] == [("米国債の償還日", day(7))]


def test_entry_says_who_how_much_and_in_what_state(ito, tanaka):
    HoldingFactory(customer=ito, quantity="12.5", unit_price=100, purchase_date=day(-1))
    CashInflowFactory(customer=ito, status="received", actual_amount=900, actual_date=day(-2))
    CashInflowFactory(customer=ito, status="cancelled", predicted_date=day(-3))

    _, past = told(ito, tanaka, "deal")

    assert [(e.amount, e.unit, e.badge, e.facts) for e in past] == [
        (1_250, "JPY", "", "数量 12.50"),
        (900, "JPY", "", ""),
        (1_000_000, "JPY", "取消", ""),
    ]


def test_note_stands_once_in_its_corrected_version_at_its_own_time(ito, tanaka, manager):
    note = written(ito, -5, content="円債", sales_rep=tanaka)
    SalesNoteFactory(customer=ito, content="外債", sales_rep=tanaka, corrects=note)
    SalesNoteFactory(customer=ito, content="社債", sales_rep=manager, corrects=note)

    _, [entry] = told(ito, tanaka, "note")

    assert (entry.day, entry.quote, entry.badge) == (day(-5), "社債", "訂正済み")
    assert (entry.facts, entry.url) == ("橋本部長", f"?at={note.pk}#note-{note.pk}")


def test_long_note_is_quoted_from_its_beginning(ito, tanaka):
    SalesNoteFactory(customer=ito, content="あ" * 300)

    _, [entry] = told(ito, tanaka, "note")

    assert entry.quote == "あ" * 200 + "…"


def test_tasks_stand_at_their_day_and_done_ones_when_they_were_done(ito, tanaka):
    TaskFactory(customer=ito, title="遅れ", due_date=day(-2))
    TaskFactory(customer=ito, title="期日なし")
    TaskFactory(customer=ito, title="済み", due_date=day(30)).finish(by=tanaka)

    ahead, past = told(ito, tanaka, "task")

    assert [(e.words, e.badge, e.facts) for e in past] == [
        ("タスク　済み", "完了", "田中太郎"),
        ("タスク　遅れ", "期限超過", ""),
    ]
    assert ahead == []


def test_change_says_who_and_from_what_to_what(ito, tanaka, suzuki):
    ito.risk_tolerance, ito.sales_rep, ito._history_user = "4", suzuki, tanaka
    ito._change_reason = "本人から電話"
    ito.save()

    _, [newest, oldest] = told(ito, tanaka, "change")

    assert (newest.words, newest.facts) == ("属性を更新", "田中太郎　本人から電話")
    assert [(c.label, c.old, c.new) for c in newest.changes] == [
        ("リスク許容度", "3 中立", "4 やや積極的"),
        ("担当者", str(tanaka), str(suzuki)),
    ]
    assert (oldest.words, oldest.facts, oldest.changes) == ("顧客を登録", "システム", [])


def test_save_without_a_change_is_no_entry(ito, tanaka):
    ito.save()

    assert words(told(ito, tanaka, "change")[1]) == ["顧客を登録"]


def test_changes_are_found_behind_any_number_of_saves_without_one(ito, tanaka):
    ito.occupation = "医師"
    ito.save()
    for _ in range(65):
        ito.save()

    timeline = timeline_of(ito, tanaka, kind="change")

    assert words(timeline.past) == ["属性を更新", "顧客を登録"]
    assert not timeline.has_more


def test_more_changes_are_offered_where_saves_without_one_stand_between(page, ito):
    for number in range(21):
        ito.occupation = f"職業{number}"
        ito.save()
        ito.save()

    first = page.get(ito.get_absolute_url(), {"kind": "change"}).context
    more = page.get(ito.get_absolute_url() + first["query"].more).context

    assert [len(context["timeline"].past) for context in (first, more)] == [20, 22]
    assert [context["timeline"].has_more for context in (first, more)] == [True, False]


def test_own_question_opens_its_conversation(ito, tanaka):
    conversation = Conversation.objects.create(adviser=tanaka, customer=ito, title="前回")
    ChatExchange.objects.create(
        customer=ito, adviser=tanaka, conversation=conversation, message="前回から何が？"
    )

    _, [entry] = told(ito, tanaka, "chat")

    assert (entry.quote, entry.facts) == ("前回から何が？", "田中太郎")
    assert entry.url == f"{reverse('chat:home')}?conversation={conversation.pk}"


def test_question_of_a_colleague_is_seen_by_who_may_see_it(ito, tanaka, manager, office):
    conversation = Conversation.objects.create(adviser=manager, customer=ito, title="前回")
    ChatExchange.objects.create(
        customer=ito, adviser=manager, conversation=conversation, message="極秘", status="failed"
    )

    [seen] = told(ito, office, "chat")[1]

    assert told(ito, tanaka, "chat") == ([], [])
    assert (seen.quote, seen.badge, seen.url) == ("極秘", "失敗", "")


def test_records_of_another_customer_are_not_told(ito, nakamura, tanaka):
    for factory in (SalesNoteFactory, HoldingFactory, CashInflowFactory):
        factory(customer=nakamura)
    TaskFactory(customer=nakamura, due_date=TODAY)
    ChatExchange.objects.create(customer=nakamura, adviser=tanaka, message="中村様")

    timeline = timeline_of(ito, tanaka)

    assert (timeline.ahead, words(timeline.past)) == ([], ["顧客を登録"])


def test_only_the_nearest_ten_of_what_lies_ahead_are_shown(ito, tanaka):
    for offset in range(1, 13):
        TaskFactory(customer=ito, title=f"{offset}", due_date=day(offset))

    timeline = timeline_of(ito, tanaka, kind="task")

    assert words(timeline.ahead) == [f"タスク　{offset}" for offset in range(10, 0, -1)]
    assert timeline.more_ahead == 2


@pytest.mark.parametrize("kind", ["", "deal"])
def test_past_is_told_however_much_lies_ahead(kind, ito, tanaka):
    for number in range(1, 241):
        CashInflowFactory(customer=ito, predicted_date=day(number * 30))
    TaskFactory(customer=ito, due_date=day(1), title="明日")
    HoldingFactory(customer=ito, product__product_name="米国債", purchase_date=day(-1))

    timeline = timeline_of(ito, tanaka, kind=kind)

    nearest, count = ("タスク　明日", 231) if not kind else ("入金の予定", 230)
    assert (words(timeline.ahead)[-1], timeline.more_ahead) == (nearest, count)
    assert words(timeline.past)[-1] == "米国債を購入"


def test_page_shows_twenty_and_then_more_of_the_chosen_kind(page, ito):
    for number in range(21):
        written(ito, -number)

    first = page.get(ito.get_absolute_url(), {"kind": "note"})
    more = page.get(ito.get_absolute_url() + first.context["query"].more)

    assert [len(answer.context["timeline"].past) for answer in (first, more)] == [20, 21]
    assert ["さらに表示" in answer.text for answer in (first, more)] == [True, False]


@pytest.mark.parametrize("query", ["kind=x", "rows=0", "rows=9999999999999999999"])
def test_address_that_nobody_understands_shows_everything(query, page, ito):
    SalesNoteFactory(customer=ito)

    timeline = page.get(f"{ito.get_absolute_url()}?{query}").context["timeline"]

    assert words(timeline.past) == ["その他", "顧客を登録"]


@pytest.mark.parametrize("kind", ["note", "deal", "task", "change", "chat"])
def test_each_kind_alone_takes_one_query(kind, ito, tanaka, django_assert_num_queries):
    user = type(tanaka).objects.with_role().get(pk=tanaka.pk)

    with django_assert_num_queries(1):
        timeline_of(ito, user, kind=kind)


def test_whole_timeline_takes_two_queries(ito, tanaka, django_assert_num_queries):
    user = type(tanaka).objects.with_role().get(pk=tanaka.pk)
    for factory in (SalesNoteFactory, HoldingFactory, CashInflowFactory, TaskFactory):
        factory.create_batch(3, customer=ito)

    with django_assert_num_queries(2):
        timeline_of(ito, user)
