import datetime

import pytest
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from tests.factories import (
    AdviserFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    SavedViewFactory,
    TaskFactory,
)

URL = "/customers"


def rows(client, **query):
    return client.get(URL, query).context["page"].rows


def held(customer, amount, currency="JPY", **fields):
    product = ProductFactory(currency=currency)
    return HoldingFactory(customer=customer, product=product, current_value=amount, **fields)


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


def test_list_of_somebody_whose_customers_are_all_archived_leads_to_them(page, ito):
    ito.archive()

    text = page.get(URL).text

    assert "取引中の顧客はいません" in text
    assert 'href="?status=archived">保管済みの顧客を表示' in text
    assert rows(page, status="archived") == [ito]


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
    assert '<a class="btn btn-plain" href="?">条件を消す</a>' in text


@pytest.mark.parametrize("text", ["\ufffd", "あ" * 201], ids=["broken", "long"])
def test_search_for_what_cannot_be_found_answers_with_the_page(text, page, ito):
    response = page.get(URL, {"q": text})

    assert (response.status_code, response.context["page"].rows) == (200, [])


def test_row_shows_assets_per_currency_and_never_their_sum(page, ito):
    held(ito, 100)
    held(ito, 9_000, currency="USD")

    [row] = rows(page)

    amounts = [(total["unit"], total["market_total"]) for total in row.assets]
    assert amounts == [("JPY", 100), ("USD", 9_000)]


def test_row_shows_the_gain_of_yen_holdings(page, ito):
    held(ito, 9_000)
    held(ito, 90_000, currency="USD")

    text = page.get(URL).text

    assert rows(page)[0].gain == -1_000
    assert (
        'title="▲1,000円">▲1,000</span><span class="visually-hidden">マイナス1,000</span>' in text
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [(-3, "タスク 3日超過"), (0, "タスク 本日"), (1, "")],
)
def test_row_names_what_is_to_be_done_by_now(days, words, page, ito):
    TaskFactory(customer=ito, due_date=timezone.localdate() + datetime.timedelta(days=days))
    TaskFactory(customer=ito, due_date=timezone.localdate() + datetime.timedelta(days=9))

    assert rows(page)[0].due_words == words


def test_row_leaves_out_what_is_done(page, ito, tanaka):
    TaskFactory(customer=ito, due_date=timezone.localdate()).finish(by=tanaka)

    assert rows(page)[0].due_words == ""


def test_row_names_the_first_maturity_of_ninety_days_and_old_age(page, ito):
    today = timezone.localdate()
    for days in (91, 90, 30):
        held(ito, 1, maturity_date=today + datetime.timedelta(days=days))
    ito.birth_date = today.replace(year=today.year - 80, day=1)
    ito.save()

    matures = today + datetime.timedelta(days=30)
    assert rows(page)[0].due_words == f"償還 {matures:%m/%d}、80歳以上"


@pytest.mark.parametrize(("days", "words"), [(-1, "償還 1日超過"), (-400, "償還 400日超過")])
def test_row_names_a_repayment_whose_day_has_passed(days, words, page, ito):
    held(ito, 1, maturity_date=timezone.localdate() + datetime.timedelta(days=days))

    assert rows(page)[0].due_words == words


@pytest.fixture
def due_by_product(ito, tanaka):
    """ito's bond, whose day stands on the product only, beside somebody due later."""
    in_days = [timezone.localdate() + datetime.timedelta(days=days) for days in (7, 8)]
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=in_days[0]))
    later = CustomerFactory(name="後", sales_rep=tanaka)
    held(later, 1, maturity_date=in_days[1])
    return in_days[0]


def test_row_names_the_repayment_of_the_products_day(page, due_by_product):
    assert rows(page, q="伊藤")[0].due_words == f"償還 {due_by_product:%m/%d}"


@pytest.mark.parametrize(
    ("sort", "order"), [("due", ["伊藤正雄", "後"]), ("-due", ["後", "伊藤正雄"])]
)
def test_rows_stand_in_the_order_of_the_products_day(page, due_by_product, sort, order):
    assert [row.name for row in rows(page, sort=sort)] == order


def test_tab_counts_the_repayment_of_the_products_day(page, due_by_product):
    tabs = {tab.name: tab.count for tab in page.get(URL).context["tabs"]}

    assert tabs["償還90日以内"] == "2"


def test_row_shows_two_badges_and_counts_the_others(page, ito):
    today = timezone.localdate()
    held(ito, 1, maturity_date=today)
    TaskFactory(customer=ito, due_date=today)
    ito.birth_date = "1930-01-01"
    ito.save()

    cell = page.get(URL).text.split('class="cell-due')[1].split("</td>")[0]

    assert (cell.count('class="badge'), ">+1<" in cell) == (2, True)


def test_row_leaves_sold_holdings_out_of_the_assets(page, ito):
    holding = held(ito, 500)
    holding.status = "sold"
    holding.save()

    assert rows(page)[0].assets == []


def test_row_shows_how_long_ago_the_latest_note_was(page, ito):
    for days in (2, 90):
        when = timezone.now() - datetime.timedelta(days=days)
        SalesNoteFactory(customer=ito, created_at=when)

    assert "2日前" in page.get(URL).text


def test_name_is_escaped(page, tanaka):
    CustomerFactory(name='<b>"山田"</b>', sales_rep=tanaka)

    assert "&lt;b&gt;&quot;山田&quot;&lt;/b&gt;</a>" in page.get(URL).text


def test_count_above_the_cap_says_so(page, tanaka, settings):
    CustomerFactory.create_batch(11, sales_rep=tanaka)
    settings.API_COUNT_CAP = 10

    assert "自分の担当 10名以上" in " ".join(page.get(URL).text.split())


@pytest.mark.parametrize("customers", [1, 3])
def test_list_with_its_counted_views_takes_ten_queries(
    customers, office, django_assert_num_queries
):
    """Session, person, rights, views, search, counts, rows, holdings, tasks waiting, advisers.

    Once a minute a search reads its sample besides, and now and then a worker takes its limit ahead.
    """
    for number in range(customers):
        customer = CustomerFactory(name="伊藤", sales_rep=AdviserFactory())
        held(customer, 1)
        held(customer, 1, currency="USD")
        SalesNoteFactory(customer=customer)
        TaskFactory(customer=customer)
        SavedViewFactory(name=f"条件{number}", owner=office, query="age=75-")
    client = Client()
    client.force_login(office)
    client.get(URL, {"q": "伊藤"})
    with django_assert_num_queries(10):
        client.get(URL, {"q": "伊藤"})


def test_list_beyond_one_page_takes_ten_queries(office, django_assert_num_queries):
    Customer.objects.without_history().bulk_create(
        CustomerFactory.build(name=f"顧客{n}") for n in range(60)
    )
    client = Client()
    client.force_login(office)
    with django_assert_num_queries(10):
        client.get(URL)


def test_links_carry_the_prefix(page, ito):
    with override_script_prefix("/crm/"):
        text = page.get(URL).text

    assert f'href="/crm/customers/{ito.pk}"' in text
