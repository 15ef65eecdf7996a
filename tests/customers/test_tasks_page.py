import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Task
from customers.tasks import group_of
from tests.factories import AdviserFactory, CustomerFactory, TaskFactory
from wealthai.keyset import Position
from wealthai.tracking import create_many

URL = reverse("customers:tasks")
WEDNESDAY = datetime.date(2026, 11, 25)


def day(offset):
    return timezone.localdate() + datetime.timedelta(days=offset)


def groups(response):
    shown = response.context["groups"]
    return [(group.words, [task.title for task in group.tasks]) for group in shown]


def heads(response):
    return re.findall(r'<h2>([^<]+)</h2><span class="hint">([^<]+)<', response.text)


def walked(page, url, turn="next"):
    """The pages from `url` on, as far as their links lead."""
    while url:
        response = page.get(url)
        yield response
        url = getattr(response.context["paged"], turn)
        url = url and URL + url


def titles_of(responses):
    return [task.title for response in responses for task in response.context["paged"].rows]


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


@pytest.fixture
def many(ito, tanaka):
    """130 tasks that are late, 90 for the far future, 30 without a date, in this order."""
    dues = [day(-3)] * 130 + [day(30)] * 90 + [None] * 30
    tasks = [
        Task(customer=ito, assignee=tanaka, title=str(number), due_date=due)
        for number, due in enumerate(dues)
    ]
    return create_many(Task, tasks)


@pytest.mark.parametrize("state", ["open", "done"])
def test_every_task_is_reached_page_by_page_and_back(state, page, many, tanaka):
    if state == "done":
        for task in reversed(many):
            task.finish(by=tanaka)

    forth = list(walked(page, f"{URL}?state={state}"))
    back = list(walked(page, forth[-1].wsgi_request.get_full_path(), "previous"))

    assert titles_of(forth) == [str(number) for number in range(250)]
    assert titles_of(reversed(back)) == titles_of(forth)


def test_group_says_how_many_it_has_and_how_many_are_shown(page, many):
    assert [heads(response) for response in walked(page, URL)] == [
        [("期限超過", "130件のうち100件")],
        [("期限超過", "130件のうち30件"), ("それ以降", "90件のうち70件")],
        [("それ以降", "90件のうち20件"), ("期日なし", "30件")],
    ]


def test_page_says_where_among_all_it_stands(page, many):
    facts = [re.findall(r'pager-facts">([^<]+)<', response.text) for response in walked(page, URL)]

    assert facts == [
        ["250件のうち 1〜100件目"],
        ["250件のうち 101〜200件目"],
        ["250件のうち 201〜250件目"],
    ]


def test_page_further_on_keeps_whose_and_which(page, many, tanaka):
    for task in many:
        task.finish(by=tanaka)

    address = page.get(URL, {"whose": "all", "state": "done"}).context["paged"].next

    assert address.startswith("?whose=all&state=done&cursor=")


def test_page_whose_tasks_are_done_by_now_shows_the_first(page, many, tanaka):
    last = list(walked(page, URL))[-1].wsgi_request.get_full_path()
    for task in many[100:]:
        task.finish(by=tanaka)

    assert len(page.get(last).context["paged"].rows) == 100


def test_place_in_the_other_list_shows_the_first_page(page, many):
    place = Position("done", False, "2026-11-25", 1).pack()

    assert len(page.get(URL, {"cursor": place}).context["paged"].rows) == 100


def test_page_further_on_takes_few_queries(page, many, django_assert_max_num_queries):
    second = URL + page.get(URL).context["paged"].next

    with django_assert_max_num_queries(7):
        page.get(second)


@pytest.mark.parametrize("query", ["whose=x&state=y", "cursor=x", "cursor=" + "x" * 3000])
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

    with django_assert_num_queries(6):
        page.get(URL, {"whose": "all"})


def test_page_asks_for_log_in(client, db):
    assert client.get(URL).url == f"{reverse('account_login')}?next={URL}"


def test_done_tasks_are_found_from_what_is_overdue(page, ito, tanaka):
    TaskFactory(customer=ito, assignee=tanaka, title="済んだこと").finish(by=tanaka)
    overdue = page.get(URL, {"due": "overdue"})

    done = page.get(URL + overdue.context["query"].targets()["done"])

    assert [task.title for task in done.context["paged"].rows] == ["済んだこと"]
