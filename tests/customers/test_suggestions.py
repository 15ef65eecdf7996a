"""What stands under a search field while somebody types."""

import re

import pytest
from django.urls import reverse

from customers.models import Customer
from customers.suggestions import LIMIT, suggested
from tests.factories import CustomerFactory

URL = reverse("customers:suggest")


def suggestions(page, text):
    html = page.get(URL, {"q": text}).text
    return re.findall(r'<a class="suggestion"[^>]* href="/customers/(\d+)"', html)


def keys(*customers):
    return [str(customer.pk) for customer in customers]


def test_suggestion_shows_name_kana_code_and_adviser(page, ito):
    html = page.get(URL, {"q": "伊藤"}).text

    words = re.findall(r"<span[^>]*>([^<]*)</span>", html)
    assert words == ["伊藤正雄", "イトウマサオ", "C001", "田中太郎"]


@pytest.mark.parametrize("text", ["", "  ", "あ" * 201], ids=range(3))
def test_nothing_is_suggested_for(text, page, ito):
    assert page.get(URL, {"q": text}).text.strip() == ""


def test_suggestions_stay_within_the_visible_and_active_customers(page, ito, nakamura, tanaka):
    archived = CustomerFactory(name="伊藤健一", sales_rep=tanaka)
    archived.archive()

    assert suggestions(page, "一") == []
    assert suggestions(page, "伊藤") == keys(ito)


def test_exact_name_comes_first_then_names_then_kana_then_the_rest(page, tanaka):
    rest = CustomerFactory(name="山本林", name_kana="ア", sales_rep=tanaka)
    other = CustomerFactory(name="森", name_kana="イ", address="林町", sales_rep=tanaka)
    longer = CustomerFactory(name="林田", name_kana="ウ", sales_rep=tanaka)
    exact = CustomerFactory(name="林", name_kana="エ", sales_rep=tanaka)

    assert suggestions(page, "林") == keys(exact, longer, other, rest)


def test_words_in_any_order_are_suggested(page, ito):
    assert suggestions(page, "赤坂 ｲﾄｳ") == keys(ito)


def test_more_than_ten_end_with_a_way_to_all_of_them(page, tanaka):
    CustomerFactory.create_batch(LIMIT + 1, name="伊藤&林", sales_rep=tanaka)

    html = page.get(URL, {"q": "伊藤&"}).text

    assert len(suggestions(page, "伊藤&")) == LIMIT
    assert f'href="{reverse("customers:list")}?q=%E4%BC%8A%E8%97%A4%26"' in html


def test_name_is_shown_as_text(page, tanaka):
    CustomerFactory(name="<b>伊藤", sales_rep=tanaka)

    assert "&lt;b&gt;伊藤" in page.get(URL, {"q": "伊藤"}).text


def test_suggesting_without_a_session_leads_to_the_log_in(client, db):
    assert client.get(URL, {"q": "伊"}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_take_eight_queries_at_most(count, tanaka, django_assert_max_num_queries):
    CustomerFactory.create_batch(count, name="伊藤", sales_rep=tanaka)
    customers = Customer.objects.visible_to(tanaka).select_related("sales_rep")

    with django_assert_max_num_queries(8):  # twice: the plan, the sample, the index, the rows
        assert len(suggested(customers, "伊藤").customers) == count
