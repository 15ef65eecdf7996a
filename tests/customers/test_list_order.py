"""Order and pages of the customer list."""

import datetime
import random
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from customers.columns import COLUMNS, SORTS
from customers.models import Customer
from tests.factories import (
    AdviserFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)

URL = "/customers"


def rows(client, **query):
    return client.get(URL, query).context["page"].rows


def held(customer, amount, currency="JPY"):
    product = ProductFactory(currency=currency)
    return HoldingFactory(customer=customer, product=product, current_value=amount)


@pytest.fixture
def three(tanaka):
    """Three of Tanaka's customers with everything a sort can ask for; the third has nothing."""
    born = datetime.date
    first = CustomerFactory(
        customer_code="C10",
        kind="corporation",
        name_kana="ア",
        phone="03-2222-2222",
        email="b@example.com",
        address="大阪府",
        birth_date=born(1990, 1, 1),
        occupation="医師",
        risk_tolerance="5",
        investment_experience="初心者",
        annual_income=0,
        net_worth=5,
        sales_rep=tanaka,
    )
    second = CustomerFactory(
        customer_code="C9",
        name_kana="イ",
        phone="03-1111-1111",
        email="c@example.com",
        address="京都府",
        birth_date=born(1950, 1, 1),
        occupation="主婦",
        risk_tolerance="1",
        investment_experience="上級者",
        annual_income=9,
        net_worth=-5,
        sales_rep=tanaka,
    )
    third = CustomerFactory(customer_code="C11", sales_rep=tanaka)
    held(first, 100)
    held(second, 300)
    for customer, days in ((first, 1), (first, 9), (second, 2)):
        TaskFactory(customer=customer, due_date=born(2027, 1, days))
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
        ("job", [1, 0, 2]),
        ("-job", [0, 1, 2]),
        ("risk", [1, 0, 2]),
        ("-risk", [0, 1, 2]),
        ("experience", [0, 1, 2]),
        ("-experience", [1, 0, 2]),
        ("income", [0, 1, 2]),
        ("-income", [1, 0, 2]),
        ("worth", [1, 0, 2]),
        ("-worth", [0, 1, 2]),
        ("updated", [0, 1, 2]),
        ("-updated", [2, 1, 0]),
        ("contact", [1, 0, 2]),
        ("-contact", [0, 1, 2]),
        ("gain", [0, 1, 2]),
        ("-gain", [1, 0, 2]),
        ("due", [0, 1, 2]),
        ("-due", [1, 0, 2]),
        ("birth", [1, 0, 2]),
        ("-birth", [0, 1, 2]),
        ("kind", [0, 1, 2]),
        ("-kind", [2, 1, 0]),
        ("phone", [1, 0, 2]),
        ("-phone", [0, 1, 2]),
        ("email", [0, 1, 2]),
        ("-email", [1, 0, 2]),
        ("address", [1, 0, 2]),
        ("-address", [0, 1, 2]),
        ("registered", [0, 1, 2]),
        ("-registered", [2, 1, 0]),
        ("", [1, 0, 2]),
        ("password", [1, 0, 2]),
    ],
)
def test_sort_orders_the_list_with_missing_values_last(sort, order, page, three):
    assert rows(page, sort=sort) == [three[index] for index in order]


def test_every_column_sorts():
    assert [column.name for column in COLUMNS if column.sort is None] == []


def test_sorted_column_says_so_and_its_link_turns_the_order(page, three):
    text = page.get(URL, {"sort": "-age", "q": "C"}).text

    assert text.count("aria-sort=") == 1
    assert 'aria-sort="descending"><a class="sort" href="?q=C&amp;sort=age">年齢</a>' in text


def test_order_by_adviser_goes_by_name_and_then_nobody(client, office):
    for name in ("い", "あ", "い"):
        CustomerFactory(name=name, sales_rep=AdviserFactory(name=name))
    CustomerFactory(name="なし")
    client.force_login(office)

    assert [row.name for row in rows(client, sort="adviser")] == ["あ", "い", "い", "なし"]
    assert [row.name for row in rows(client, sort="-adviser")] == ["い", "い", "あ", "なし"]


def test_search_shows_the_latest_updated_first_unless_told_otherwise(page, tanaka):
    old, new = (CustomerFactory(name=name, sales_rep=tanaka) for name in ("山田一", "山田二"))
    held(old, 1)

    assert rows(page, q="山田") == [new, old]
    assert rows(page, q="山田", sort="-market") == [old, new]


# --- Pages --------------------------------------------------------------------------------
@pytest.fixture
def book(tanaka):
    """120 customers with ties and gaps in every column that sorts."""
    chance = random.Random(3)
    rows = CustomerFactory.build_batch(120, sales_rep=tanaka)
    for number, row in enumerate(rows):
        row.customer_code = f"C{number * 7 % 120}"
        row.name_kana = chance.choice([None, "アオキ", "イトウ"])
        row.birth_date = chance.choice([None, datetime.date(1950, 1, 1)])
        row.occupation = chance.choice([None, "医師", "会社員"])
        row.risk_tolerance = chance.choice([None, "1", "3"])
        row.investment_experience = chance.choice([None, "初心者", "その他"])
        row.yen_assets = row.annual_income = chance.choice([None, 0, 10**9])
        row.net_worth = row.yen_gain = chance.choice([None, -5, 7])
        row.kind = chance.choice(["individual", "corporation"])
        row.phone = row.address = chance.choice([None, "03-1111-1111", "03-2222-2222"])
        row.email = chance.choice([None, f"{number}@example.com"])
        row.next_due = chance.choice([None, datetime.date(2027, 1, 1), datetime.date(2027, 2, 1)])
        row.last_contact_at = chance.choice([None, timezone.now()])
    Customer.objects.without_history().bulk_create(rows)


def walk(client, query, link="next"):
    """The rows of each page from `query` on, and the address of the last page."""
    pages, address = [], f"?{urlencode(query)}" if isinstance(query, dict) else query
    while address:
        last, context = address, client.get(URL + address).context
        pages.append([row.pk for row in context["page"].rows])
        address = context[link]
    return pages, last


@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("name", SORTS)
def test_pages_meet_every_customer_once_in_the_order_of_the_whole(page, book, name, sign):
    query = page.get(URL, {"sort": sign + name}).context["query"]
    whole = query.keyset.sorted(Customer.objects.all().with_sort_key(query.keyset.order.column))

    pages, _ = walk(page, {"sort": sign + name})

    assert [len(rows) for rows in pages] == [50, 50, 20]
    assert sum(pages, []) == [row.pk for row in whole]


@pytest.mark.parametrize("name", SORTS)
def test_pages_back_meet_the_same_customers(page, book, name):
    pages, last = walk(page, {"sort": name})

    back, _ = walk(page, last, link="previous")

    assert sum(back[::-1], []) == sum(pages, [])


def test_pager_says_where_one_is_and_keeps_search_and_order(page, book):
    first = page.get(URL, {"q": "顧客", "sort": "code"})
    second = page.get(URL + first.context["next"])

    assert "1〜50件目　条件に合う 120名" in first.text
    assert "51〜100件目　条件に合う 120名" in second.text
    assert second.context["next"].startswith("?q=%E9%A1%A7%E5%AE%A2&sort=code&cursor=")


def test_first_page_of_the_way_back_is_numbered_from_one(page, book):
    second = page.get(URL).context["next"]
    back = page.get(URL + second).context["previous"]

    assert page.get(URL + back).context["page"].range == (1, 50)


def test_position_behind_the_last_customer_leads_to_the_first_page(page, book):
    third = page.get(URL + page.get(URL).context["next"]).context["next"]
    Customer.objects.without_history().update(archived_at=timezone.now())

    assert page.get(URL + third).url == "/customers?"


@pytest.mark.parametrize("cursor", ["x", "A" * 3000])
def test_position_that_is_none_leads_to_the_first_page(page, ito, cursor):
    assert page.get(f"{URL}?sort=age&cursor={cursor}").url == "/customers?sort=age"


def test_position_of_another_order_leads_to_the_first_page(page, book):
    link = page.get(URL, {"sort": "age"}).context["next"]

    assert page.get(URL + link.replace("sort=age", "sort=code")).url == "/customers?sort=code"


def test_position_shows_nobody_another_may_see(page, book, client, suzuki, nakamura):
    link = page.get(URL).context["next"]
    client.force_login(suzuki)

    response = client.get(URL + link, follow=True)

    assert response.context["page"].rows == [nakamura]
