"""Each figure of the start page is the number of what its link shows."""

import datetime
import html
import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange, Rating
from customers.models import Customer
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    TaskFactory,
)

COUNT = re.compile(r'<a [^>]*?href="([^"]+)"[^>]*>\s*([\d,]+)(?:<small>)?([名件人])')
HEAD = re.compile(r'class="page-facts">\D*?([\d,]+)[名件]')
STATUS = ChatExchange.Status
LINKED = re.compile(r"<a [^>]*>.*?</a>", re.S)
DRAWN = re.compile(r"<(svg|figcaption)\b.*?</\1>", re.S)
RECORD = re.compile(r"<tr>(?:(?!</tr>).)*row-name.*?</tr>", re.S)
FIGURE = re.compile(r"(?:\S+ )?[+▲]?\d[\d,.億万]*(?:円|名|件|人|%| [A-Z]{3})?")
CEILING = "1,234円"
NO_LIST = {
    "期日超過 N件",  # opens its rows where it stands; the figure above links
    "予定日超過 N件",
    "N%",  # the share that one figure has of another, which both link
    CEILING,  # is a setting
}


def day(number):
    return timezone.localdate() + datetime.timedelta(number)


def holdings_of(customer):
    usd = ProductFactory(currency="USD", category_code="STOCK", maturity_date=day(30))
    for product, due in ((usd, None), (usd, None), (ProductFactory(), day(5)), (usd, day(-3))):
        HoldingFactory(customer=customer, product=product, maturity_date=due)


def questions_of(adviser):
    for status in (STATUS.DONE, STATUS.FAILED, STATUS.FAILED, STATUS.INTERRUPTED):
        asked = ChatExchange.objects.create(adviser=adviser, message="質問", status=status)
    Rating.objects.create(exchange=asked, is_good=False)


@pytest.fixture
def book(tanaka, suzuki, office):
    """Customers of two branches and of nobody, so that no two figures are alike by chance."""
    for adviser, rows in ((tanaka, 3), (suzuki, 4), (None, 2), (office, 1)):
        for number in range(rows):
            born = day(-365 * (30 + 17 * number))
            customer = CustomerFactory(sales_rep=adviser, birth_date=born, risk_tolerance=None)
            TaskFactory(customer=customer, assignee=adviser, due_date=day(number - 1))
            CashInflowFactory(customer=customer, predicted_date=day(number * 3 - 1))
        holdings_of(customer)
        if adviser:
            questions_of(adviser)
    archived = CustomerFactory(sales_rep=tanaka, birth_date=None, risk_tolerance="4")
    TaskFactory(customer=archived, assignee=tanaka, due_date=day(0))
    CashInflowFactory(customer=archived, predicted_date=day(1))
    holdings_of(archived)
    archived.archive()
    return Customer.objects.all()


def counts_on(page):
    """{address: number} of every figure on the page."""
    found = COUNT.findall(page.content.decode().split("<main", 1)[1])
    return {html.unescape(link): int(number.replace(",", "")) for link, number, _ in found}


def figures_without_a_link(page):
    """Every figure outside of links, its digits N; not of drawings, nor of rows that are a record."""
    cards = page.content.decode().split('<div class="tiles', 1)[1].split("<footer", 1)[0]
    for kind in (RECORD, DRAWN, LINKED):
        cards = kind.sub("", cards)
    words = [re.sub(r"\s+", " ", word).strip() for word in re.split(r"<[^>]*>", cards)]
    found = {word for word in words if FIGURE.fullmatch(word)}
    return {word if word == CEILING else re.sub(r"\d[\d,.]*", "N", word) for word in found}


def count_behind(client, link):
    response = client.get(link)
    body = response.content.decode()
    if link.endswith("#people"):
        return int(re.search(r"利用者 (\d+)人", body)[1])
    if "counts" in response.context:
        return response.context["counts"].hit_count
    return int(HEAD.search(body)[1].replace(",", ""))


SCOPES = [
    ("tanaka", ""),
    ("manager", ""),
    ("manager", "?own=1"),
    ("office", ""),
    ("office", "?own=1"),
    ("office", "?branch=東京本店"),
]


@pytest.mark.parametrize(
    ("person", "scope"), SCOPES, ids=["adviser", "manager", "own", "firm", "office", "branch"]
)
def test_every_figure_is_the_count_of_the_list_behind_it(client, book, request, person, scope):
    client.force_login(request.getfixturevalue(person))

    shown = counts_on(client.get(reverse("dashboard:home") + scope))

    assert {link: count_behind(client, link) for link in shown} == shown
    assert len(shown) > 5


@pytest.mark.parametrize("person", ["tanaka", "manager", "office"])
def test_every_figure_is_a_link_but_for_those_without_a_list(
    client, book, request, settings, person
):
    settings.CHAT_DAILY_YEN = 1234
    for customer in book:
        HoldingFactory(customer=customer, unit_price=1000, current_price=1500)
    client.force_login(request.getfixturevalue(person))

    assert figures_without_a_link(client.get(reverse("dashboard:home"))) == NO_LIST


def test_what_was_lost_on_a_day_and_is_sure_to_come_have_lists(client, book, tanaka):
    client.force_login(tanaka)
    customer = book.filter(sales_rep=tanaka, archived_at=None).first()
    CashInflowFactory(customer=customer, predicted_date=day(9), status="confirmed")
    home = client.get(reverse("dashboard:home"))

    lost = client.get(f"{reverse('dashboard:chat-use')}?day={day(0)}&outcome=lost")
    sure = client.get(f"{reverse('customers:inflow-list')}?due=ahead&sure=only")

    assert lost.context["paged"].count == home.context["chat"].today.lost == 3
    assert sure.context["totals"]["amount"] == home.context["inflows"].ahead[0].side_sure == 1e6


def test_amounts_lead_to_holdings_that_add_up_to_them(page, ito):
    holdings_of(ito)
    HoldingFactory(customer=ito, quantity=3, unit_price=1000, current_price=1500)

    response = page.get(f"{reverse('customers:holding-list')}?currency=JPY")

    assert [total["market_total"] for total in response.context["totals"]] == [4500]


def test_what_another_system_padded_has_its_list(page, ito):
    HoldingFactory(customer=ito, currency=None, product=ProductFactory(currency="USD"))
    connection.cursor().execute("UPDATE products SET currency = ' USD', category_code = 'BOND '")

    [usd] = page.get(reverse("dashboard:home")).context["assets"].currencies
    behind = page.get(f"{reverse('customers:holding-list')}?{usd.categories[0].query}")

    assert behind.context["paged"].count == usd.holdings == 1


def test_a_condition_that_is_not_understood_finds_nothing(page, ito):
    holdings_of(ito)
    CashInflowFactory(customer=ito)
    ChatExchange.objects.create(adviser=ito.sales_rep, message="質問")
    names = ["customers:holding-list?due=x", "customers:inflow-list?branch=x"]
    names.append("dashboard:chat-use?outcome=x")

    lists = [page.get(f"{reverse(name)}?{query}") for name, query in (n.split("?") for n in names)]

    assert [one.context["paged"].count for one in lists] == [0, 0, 0]


def test_chat_use_shows_the_words_of_ones_own_questions_alone(client, office, tanaka):
    for adviser in (office, tanaka):
        ChatExchange.objects.create(adviser=adviser, message=f"{adviser.name}の質問")
    client.force_login(office)

    body = client.get(reverse("dashboard:chat-use")).content.decode()

    assert (body.count("西村恵の質問"), body.count("田中太郎の質問")) == (1, 0)
