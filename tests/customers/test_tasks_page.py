import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.tasks import group_of
from tests.factories import AdviserFactory, CustomerFactory, TaskFactory

URL = reverse("customers:tasks")
WEDNESDAY = datetime.date(2026, 11, 25)


def day(offset):
    return timezone.localdate() + datetime.timedelta(days=offset)


def groups(response):
    return [(words, [task.title for task in tasks]) for words, tasks in response.context["groups"]]


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (datetime.date(2026, 11, 24), "期限超過"),
        (WEDNESDAY, "本日"),
        (datetime.date(2026, 11, 26), "今週"),
        (datetime.date(2026, 11, 29), "今週"),
        (datetime.date(2026, 11, 30), "それ以降"),
        (None, "期日なし"),
    ],
    ids=["late", "today", "tomorrow", "sunday", "monday", "undated"],
)
def test_task_belongs_to_one_group_by_its_day(due, words):
    assert group_of(due, WEDNESDAY) == words


def test_own_open_tasks_are_grouped_in_the_order_they_press(page, ito, tanaka, manager):
    for title, due in (("無", None), ("今日", day(0)), ("遅", day(-2)), ("遠", day(30))):
        TaskFactory(customer=ito, assignee=tanaka, title=title, due_date=due)
    TaskFactory(customer=ito, assignee=manager, title="橋本の")
    TaskFactory(customer=ito, assignee=tanaka, title="済").finish(by=tanaka)

    response = page.get(URL)

    assert groups(response) == [
        ("期限超過", ["遅"]),
        ("本日", ["今日"]),
        ("それ以降", ["遠"]),
        ("期日なし", ["無"]),
    ]


def test_badges_say_how_late(page, ito, tanaka):
    for offset in (-2, 0):
        TaskFactory(customer=ito, assignee=tanaka, due_date=day(offset))

    badges = re.findall(r'badge badge-(\w+)">([^<]+)<', page.get(URL).text.split('id="content"')[1])

    assert badges == [("danger", "2日超過"), ("warn", "本日")]


@pytest.mark.parametrize(
    ("name", "words", "titles"),
    [
        ("tanaka", "担当のお客様", ["伊藤様"]),
        ("manager", "支店", ["伊藤様"]),
        ("office", "すべて", ["伊藤様", "中村様"]),
    ],
    ids=["adviser", "manager", "office"],
)
def test_all_are_those_whose_customers_one_may_see(
    name, words, titles, request, client, ito, nakamura, office
):
    client.force_login(request.getfixturevalue(name))
    TaskFactory(customer=ito, title="伊藤様")
    TaskFactory(customer=nakamura, title="中村様")

    response = client.get(URL, {"whose": "all"})

    assert groups(response) == [("期日なし", titles)]
    assert f">{words}\n</a>" in response.text


def test_own_task_on_a_customer_one_no_longer_sees_is_gone(page, nakamura, tanaka):
    TaskFactory(customer=nakamura, assignee=tanaka, due_date=day(0))

    response = page.get(URL)

    assert (groups(response), response.context["tasks_waiting"]) == ([], 0)


def test_done_tasks_are_listed_newest_first(page, ito, tanaka):
    for title in ("先", "後"):
        TaskFactory(customer=ito, assignee=tanaka, title=title).finish(by=tanaka)

    assert groups(page.get(URL, {"state": "done"})) == [("完了", ["後", "先"])]


def test_tasks_of_archived_customers_rest(page, ito, tanaka):
    TaskFactory(customer=ito, assignee=tanaka, due_date=day(0))
    ito.archive()

    response = page.get(URL)

    assert (groups(response), response.context["tasks_waiting"]) == ([], 0)
    assert "未完了のタスクはありません" in response.text


def test_hundred_tasks_are_shown_and_then_more(page, ito, tanaka):
    TaskFactory.create_batch(101, customer=ito, assignee=tanaka)

    first = page.get(URL)
    more = page.get(URL + first.context["more"])

    assert [len(answer.context["groups"][0][1]) for answer in (first, more)] == [100, 101]
    assert more.context["more"] is None


@pytest.mark.parametrize("query", ["whose=x&state=y", "rows=0", "rows=99999999999999999999"])
def test_address_that_nobody_understands_shows_ones_own(query, page, ito, tanaka):
    TaskFactory(customer=ito, assignee=tanaka, title="自分の")

    assert groups(page.get(f"{URL}?{query}")) == [("期日なし", ["自分の"])]


def test_sidebar_counts_what_is_due_for_the_person(page, ito, tanaka, manager):
    for offset in (-3, 0, 1):
        TaskFactory(customer=ito, assignee=tanaka, due_date=day(offset))
    TaskFactory(customer=ito, assignee=manager, due_date=day(-1))
    TaskFactory(customer=ito, assignee=tanaka, due_date=day(-1)).finish(by=tanaka)

    text = page.get("/nowhere").text

    assert re.findall(r'id="(\S+)-count"><span[^>]*>[^<]*</span>(\d+)<', text) == [
        ("nav-item", "2"),
        ("tab", "2"),
    ]


def test_sidebar_shows_no_count_where_nothing_waits(page):
    assert 'id="nav-item-count" hidden>' in page.get("/nowhere").text


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_few_queries(rows, page, tanaka, django_assert_num_queries):
    for customer in CustomerFactory.create_batch(rows, sales_rep=tanaka):
        TaskFactory(customer=customer, assignee=tanaka, due_date=day(0))
        TaskFactory(customer=customer, assignee=AdviserFactory(), due_date=day(-1))

    with django_assert_num_queries(5):
        page.get(URL, {"whose": "all"})


def test_page_asks_for_log_in(client, db):
    assert client.get(URL).url == f"{reverse('account_login')}?next={URL}"
