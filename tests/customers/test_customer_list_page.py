import datetime

import pytest
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AdviserFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)

URL = "/customers"


def rows(client, **query):
    return client.get(URL, query).context["page"].rows


def held(customer, amount, currency="JPY"):
    return HoldingFactory(
        customer=customer, product=ProductFactory(currency=currency), current_value=amount
    )


def test_list_shows_only_own_customers(page, ito, nakamura):
    assert rows(page) == [ito]


def test_list_asks_for_log_in_and_comes_back(client, db):
    assert client.get(URL).url == f"{reverse('account_login')}?next=/customers"


def test_list_of_the_branch_manager_shows_the_branch(client, manager, ito, nakamura):
    client.force_login(manager)

    assert rows(client) == [ito]


def test_list_of_the_back_office_shows_everybody_and_who_looks_after_them(
    client, office, ito, nakamura
):
    client.force_login(office)

    response = client.get(URL, {"sort": "code"})

    assert response.context["page"].rows == [ito, nakamura]
    assert [name in response.text for name in ("田中太郎", "鈴木一郎")] == [True, True]


@pytest.mark.parametrize(
    ("who", "words"),
    [("tanaka", "自分の担当 1名"), ("manager", "東京本店 1名"), ("compliance", "全社 2名")],
)
def test_list_heading_says_whose_customers_and_how_many(who, words, request, client, ito, nakamura):
    client.force_login(request.getfixturevalue(who))

    facts = client.get(URL).text.split('class="page-facts">')[1].split("</span>")[0]

    assert " ".join(facts.split()) == words


def test_list_leaves_out_archived_customers(page, ito):
    ito.archive()

    assert rows(page) == []


def test_list_without_customers_explains_itself_and_leads_on(page):
    text = page.get(URL).text

    assert "担当の顧客がまだいません" in text
    assert f'href="{reverse("customers:create")}"' in text


def test_list_without_customers_leads_staff_to_the_admin(client, office):
    client.force_login(office)

    empty = client.get(URL).text.split('class="empty-actions"')[1]

    assert f'href="{reverse("admin:index")}"' in empty


def test_list_offers_no_registration_to_who_may_not_add(client, compliance, ito):
    client.force_login(compliance)

    assert reverse("customers:create") not in client.get(URL).text


def test_search_narrows_the_list_and_keeps_the_words(page, ito, tanaka):
    CustomerFactory(name="大野達也", sales_rep=tanaka)

    response = page.get(URL, {"q": "伊藤　赤坂"})

    assert response.context["page"].rows == [ito]
    assert 'value="伊藤　赤坂"' in response.text


def test_search_without_hits_names_the_words_and_offers_to_clear_them(page, ito):
    text = page.get(URL, {"q": "<伊東>"}).text

    assert "「&lt;伊東&gt;」に当てはまる顧客はいません" in text
    assert '<a class="btn btn-plain" href="/customers">条件を消す</a>' in text


@pytest.mark.parametrize("text", ["\x00", "\ufffd", "あ" * 201], ids=["nul", "broken", "long"])
def test_search_for_what_cannot_be_found_answers_with_the_page(text, page, ito):
    response = page.get(URL, {"q": text})

    assert (response.status_code, response.context["page"].rows) == (200, [])


def test_search_reads_undecodable_bytes_as_no_hit(page, ito):
    assert page.get(URL + "?q=%ED%A0%80").context["page"].rows == []


@pytest.fixture
def three(tanaka):
    """Three of Tanaka's customers with everything a sort can ask for; the third has nothing."""
    born = datetime.date
    first = CustomerFactory(
        customer_code="C10", name_kana="ア", birth_date=born(1990, 1, 1), sales_rep=tanaka
    )
    second = CustomerFactory(
        customer_code="C9", name_kana="イ", birth_date=born(1950, 1, 1), sales_rep=tanaka
    )
    third = CustomerFactory(customer_code="C11", sales_rep=tanaka)
    held(first, 100)
    held(second, 300)
    held(first, 9_000, currency="USD")
    for customer, days in ((first, 2), (first, 90), (second, 30)):
        when = timezone.now() - datetime.timedelta(days=days)
        SalesNoteFactory(customer=customer, created_at=when)
    return [first, second, third]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("code", [1, 0, 2]),
        ("-code", [2, 0, 1]),
        ("name_kana", [0, 1, 2]),
        ("-name_kana", [1, 0, 2]),
        ("age", [0, 1, 2]),
        ("-age", [1, 0, 2]),
        ("market", [0, 1, 2]),
        ("-market", [1, 0, 2]),
        ("contact", [1, 0, 2]),
        ("-contact", [0, 1, 2]),
        ("", [1, 0, 2]),
        ("password", [1, 0, 2]),
    ],
)
def test_sort_orders_the_list_with_missing_values_last(sort, order, page, three):
    assert rows(page, sort=sort) == [three[index] for index in order]


def test_sorted_column_says_so_and_its_link_turns_the_order(page, three):
    text = page.get(URL, {"sort": "-age", "q": "C"}).text

    assert text.count("aria-sort=") == 1
    assert 'aria-sort="descending"><a class="sort" href="?q=C&amp;sort=age">年齢</a>' in text


def test_row_shows_assets_per_currency_and_never_their_sum(page, three):
    amounts = {
        row.pk: [(total["unit"], total["market_total"]) for total in row.assets]
        for row in rows(page)
    }

    assert amounts == {
        three[0].pk: [("JPY", 100), ("USD", 9_000)],
        three[1].pk: [("JPY", 300)],
        three[2].pk: [],
    }


def test_row_leaves_sold_holdings_out_of_the_assets(page, ito):
    holding = held(ito, 500)
    holding.status = "sold"
    holding.save()

    assert rows(page)[0].assets == []


def test_row_shows_how_long_ago_the_latest_note_was(page, three):
    assert "2日前" in page.get(URL, {"sort": "-contact"}).text


def test_name_is_escaped(page, tanaka):
    CustomerFactory(name='<b>"山田"</b>', sales_rep=tanaka)

    assert "&lt;b&gt;&quot;山田&quot;&lt;/b&gt;</a>" in page.get(URL).text


@pytest.fixture
def many(tanaka):
    """51 customers of Tanaka: one more than a page."""
    return CustomerFactory.create_batch(51, sales_rep=tanaka)


def test_pages_show_fifty_and_then_the_rest(page, many):
    shown = [rows(page, sort="code", page=number) for number in (1, 2)]

    assert shown[0] + shown[1] == many
    assert len(shown[0]) == 50


def test_pager_links_keep_search_and_sort(page, many):
    response = page.get(URL, {"q": "顧客", "sort": "code", "page": 2})

    assert response.context["previous"] == "?q=%E9%A1%A7%E5%AE%A2&sort=code&page=1"
    assert "51〜51件目　条件に合う 51名" in response.text


def test_page_behind_the_last_leads_to_the_first(page, ito):
    assert page.get(URL, {"q": "伊藤", "page": 9}).url == "/customers?q=%E4%BC%8A%E8%97%A4"


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, ""])
def test_page_number_that_is_none_shows_the_first_page(number, page, ito):
    assert rows(page, page=number) == [ito]


def test_count_above_the_cap_says_so(page, many, settings):
    settings.API_COUNT_CAP = 10

    assert "自分の担当 10名以上" in " ".join(page.get(URL).text.split())


@pytest.mark.parametrize("customers", [1, 3])
def test_list_takes_ten_queries_however_many_rows(customers, office, django_assert_num_queries):
    for _ in range(customers):
        customer = CustomerFactory(name="伊藤", sales_rep=AdviserFactory())
        held(customer, 1)
        held(customer, 1, currency="USD")
        SalesNoteFactory(customer=customer)
    client = Client()
    client.force_login(office)
    with django_assert_num_queries(9):
        client.get(URL, {"q": "伊藤"})


def test_links_carry_the_prefix(page, ito):
    with override_script_prefix("/crm/"):
        text = page.get(URL).text

    assert f'href="/crm/customers/{ito.pk}"' in text
