"""The lists of a record that go on: every row is reached, and the page says how many there are."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import CashInflow, Task
from wealthai.tracking import create_many

DAY = datetime.date(2026, 1, 1)


def tasks_url(customer):
    return reverse("customers:customer-tasks", args=[customer.pk])


def inflows_url(customer):
    return reverse("customers:inflows", args=[customer.pk])


def walked(page, url, name):
    """What the context calls `name` on each page from `url` on."""
    address = url
    while address:
        paged = page.get(address).context[name]
        yield paged
        address = paged.next and url + paged.next


def heads(response):
    return re.findall(r'<h2 id="[^"]+">([^<]+)</h2><span class="hint">([^<]+)<', response.text)


@pytest.fixture
def tasks(ito, tanaka):
    """130 tasks to do, the first 20 without a date, and 110 done."""
    moments = [timezone.now() - datetime.timedelta(minutes=minute) for minute in range(110)]
    open_ = [Task(title="未", due_date=DAY if number >= 20 else None) for number in range(130)]
    done = [Task(title="済", done_at=moment, done_by=tanaka) for moment in moments]
    for task in (rows := open_ + done):
        task.customer = ito
    return create_many(Task, rows)


@pytest.fixture
def inflows(ito):
    """230 sums that are expected, two on each day."""
    days = [DAY + datetime.timedelta(days=number // 2) for number in range(230)]
    rows = [CashInflow(customer=ito, predicted_amount=1, predicted_date=day) for day in days]
    return create_many(CashInflow, rows)


def test_tasks_tab_reaches_every_open_and_every_done_task(page, ito, tasks):
    open_, done = (
        [task.pk for paged in walked(page, tasks_url(ito), name) for task in paged.rows]
        for name in ("open", "done")
    )

    keys = [task.pk for task in tasks]
    assert (open_, done) == (keys[20:130] + keys[:20], keys[130:])


def test_tasks_tab_says_how_many_there_are(page, ito, tasks):
    response = page.get(tasks_url(ito))

    assert heads(response) == [("未完了のタスク", "130件"), ("完了したタスク", "110件")]


def test_one_list_of_the_tab_turns_and_the_other_stays(page, ito, tasks):
    second = tasks_url(ito) + page.get(tasks_url(ito)).context["open"].next

    both = page.get(tasks_url(ito) + page.get(second).context["done"].next)

    ranges = [both.context[name].page.range for name in ("open", "done")]
    assert ranges == [(101, 130), (101, 110)]


def test_tasks_tab_further_on_takes_few_queries(page, ito, tasks, django_assert_max_num_queries):
    address = tasks_url(ito) + page.get(tasks_url(ito)).context["open"].next

    with django_assert_max_num_queries(10):
        page.get(address)


def test_inflows_tab_reaches_every_row(page, ito, inflows):
    pages = list(walked(page, inflows_url(ito), "inflows"))

    assert [len(paged.rows) for paged in pages] == [100, 100, 30]
    assert [row for paged in pages for row in paged.rows] == inflows[::-1]


def test_inflows_tab_says_how_many_there_are(page, ito, inflows):
    text = page.get(inflows_url(ito)).text

    assert re.findall(r'class="hint">([^<]*件)<', text) == ["230件"]
    assert re.findall(r'pager-facts">([^<]+)<', text) == ["230件のうち 1〜100件目"]


@pytest.mark.parametrize("name", ["open", "done", "from"])
def test_place_that_nobody_understands_is_the_first_page(name, page, ito, tasks, inflows):
    url = inflows_url(ito) if name == "from" else tasks_url(ito)
    context = page.get(url, {name: "x"}).context

    assert context["inflows" if name == "from" else name].page.range == (1, 100)
