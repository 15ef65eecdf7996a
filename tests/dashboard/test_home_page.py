import datetime
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange
from customers.roles import Role
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    TaskFactory,
)

HOME = reverse("dashboard:home")
TASKS = reverse("customers:tasks")


def soon(number=7):
    return timezone.localdate() + datetime.timedelta(number)


def fill(adviser, rows):
    """`rows` of everything that the page shows."""
    for _ in range(rows):
        customer = CustomerFactory(sales_rep=adviser)
        HoldingFactory(
            customer=customer,
            unit_price=1_000_000,
            current_price=1_234_500,
            maturity_date=soon(),
        )
        HoldingFactory(customer=customer, product=ProductFactory(currency="USD"))
        HoldingFactory(customer=customer, maturity_date=soon(-1))
        CashInflowFactory(customer=customer, predicted_date=soon())
        CashInflowFactory(customer=customer, predicted_date=soon(-1))
        EconomicEventFactory()
        ChatExchange.objects.create(adviser=adviser, customer=customer, message="質問")


def words(response):
    """The visible words of the page, without markup and white space around them."""
    body = response.content.decode().split("<body", 1)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", body))


def figures(response):
    tiles = re.findall(
        r'class="tile-value" href="[^"]*">(.*?)</a>\s*<span class="tile-note"',
        response.content.decode(),
        re.S,
    )
    return [re.sub(r"<[^>]*>|\s", "", tile) for tile in tiles]


def test_home_asks_for_log_in_and_comes_back(client, tanaka):
    tanaka.set_password("correct horse battery")
    tanaka.save()
    log_in = client.get(HOME).url
    answers = {"login": "SR001", "password": "correct horse battery"}

    response = client.post(log_in, answers)

    assert (log_in, response.url) == (f"{reverse('account_login')}?next={HOME}", HOME)


def test_home_without_session_shows_nothing(client, tanaka, ito):
    response = client.get(HOME)

    assert (response.status_code, response.content) == (302, b"")
    assert response.wsgi_request.user == AnonymousUser()


@pytest.mark.parametrize("rows", [1, 3])
def test_home_needs_the_same_few_queries_for_any_number_of_rows(
    page, tanaka, django_assert_num_queries, rows
):
    fill(tanaka, rows)

    with django_assert_num_queries(11):
        page.get(HOME)


@pytest.mark.parametrize("scope", ["", "?own=1", "?branch=東京本店"], ids=["firm", "own", "branch"])
def test_home_of_who_sees_the_firm_needs_twelve_queries_at_most(
    client, tanaka, office, django_assert_max_num_queries, scope
):
    fill(tanaka, 3)
    client.force_login(office)

    with django_assert_max_num_queries(12):
        client.get(HOME + scope)


@pytest.mark.parametrize("scope", ["", "?own=1", "?branch=東京本店"], ids=["all", "own", "branch"])
@pytest.mark.parametrize("person", ["tanaka", "manager", "office"])
def test_home_counts_ones_own_tasks_in_the_frame(client, request, tanaka, suzuki, scope, person):
    user = request.getfixturevalue(person)
    for adviser, assignee in ((tanaka, user), (tanaka, suzuki), (suzuki, user), (tanaka, None)):
        customer = CustomerFactory(sales_rep=adviser)
        TaskFactory(customer=customer, assignee=assignee, due_date=soon(-1))
    client.force_login(user)

    home, page = (client.get(address).context["tasks_waiting"] for address in (HOME + scope, TASKS))

    assert home == page


def test_home_shows_the_five_figures(page, tanaka):
    fill(tanaka, 2)

    expected = ["2,469万円", "+469万円", "2名", "2,000万円", "200万円"]
    assert figures(page.get(HOME)) == expected


def test_home_shows_other_currencies_apart(page, tanaka, ito):
    product = ProductFactory(currency="USD")
    HoldingFactory(customer=ito, product=product, current_price=1500)

    response = page.get(HOME)

    assert figures(response)[:2] == ["―", "―"]
    assert "15,000 USD" in words(response)


def test_home_figures_exclude_a_colleagues_customers(page, ito, nakamura):
    HoldingFactory(customer=nakamura, current_price=7777, maturity_date=soon())
    CashInflowFactory(customer=nakamura, predicted_date=soon())

    response = page.get(HOME)

    assert figures(response) == ["―", "―", "1名", "0円", "0円"]
    assert "中村健一" not in words(response)


def test_home_links_maturities_to_their_customer(page, ito):
    HoldingFactory(customer=ito, maturity_date=soon())
    link = f'<a href="{reverse("customers:detail", args=[ito.pk])}">伊藤正雄</a>'

    assert page.get(HOME).content.decode().count(link) == 1


def test_home_says_what_is_late(page, ito):
    HoldingFactory(customer=ito, maturity_date=soon(-1))
    CashInflowFactory(customer=ito, predicted_date=soon(-1))

    found = words(page.get(HOME))

    assert ("期日超過 1件" in found, "予定日超過 1件" in found) == (True, True)


def test_home_says_how_many_holdings_have_no_price(page, ito):
    HoldingFactory(customer=ito)

    assert "現在値のない1件は" in words(page.get(HOME))


@pytest.mark.parametrize(
    ("person", "scope"), [("tanaka", "自分の担当"), ("manager", "東京本店"), ("office", "全社")]
)
def test_home_names_the_scope_of_each_role(client, ito, request, person, scope):
    client.force_login(request.getfixturevalue(person))
    facts = re.search(r'page-facts">(.*?)<', client.get(HOME).content.decode())

    assert facts[1].split("・") == [f"{timezone.localdate():%Y年%-m月%-d日}({weekday()})", scope]


def weekday():
    return "月火水木金土日"[timezone.localdate().weekday()]


def test_home_without_customers_explains_and_offers_to_add_one(page):
    response = page.get(HOME)

    assert figures(response) == []
    assert "担当のお客様はまだいません" in words(response)
    assert f'href="{reverse("customers:create")}"' in response.content.decode()


def test_home_without_own_customers_shows_the_tasks_that_wait(client, manager, ito):
    TaskFactory(customer=ito, assignee=manager, title="折り返し", due_date=soon(-1))
    client.force_login(manager)

    shown = words(client.get(HOME, {"own": "1"}))

    assert "担当のお客様はまだいません" in shown
    assert "折り返し" in shown


def test_home_shows_the_days_budget_as_the_chat_counts_it(page, tanaka, nakamura, settings):
    settings.CHAT_DAILY_YEN = 1000
    asked = {"adviser": tanaka, "message": "質問"}
    ChatExchange.objects.create(customer=nakamura, cost_yen=90, **asked)  # handed over since
    ChatExchange.objects.create(reserved_yen=10, **asked)

    assert "今日の利用枠100円 / 1,000円" in words(page.get(HOME))


def test_home_without_customers_offers_nothing_that_is_not_allowed(client, db):
    client.force_login(AdviserFactory(role=Role.COMPLIANCE))

    response = client.get(HOME)

    assert "お客様の記録はまだありません" in words(response)
    assert reverse("customers:create") not in response.content.decode()


def test_home_of_an_empty_book_has_a_sentence_in_every_card(page, ito):
    found = words(page.get(HOME))

    sentences = re.findall(r"[^。 ]*(?:ありません|しません)。", found)
    assert len(sentences) == 7


def test_home_charts_the_questions_of_the_last_days(page, tanaka, ito):
    ChatExchange.objects.create(adviser=tanaka, message="質問", status="failed")

    content = page.get(HOME).content.decode()

    assert content.count('class="hit"') == 14
    assert re.findall(r"<title>\S+ 1件、失敗・途中で終了 1件</title>", content) != []


def test_home_shows_the_state_of_the_system(page):
    labels = re.findall(r'class="state-label">(.*?)<', page.get(HOME).content.decode())

    assert labels == ["データベース", "AI", "応答時間", "サーバーエラー"]


def test_home_has_no_inline_style_or_script(page, tanaka):
    fill(tanaka, 1)

    content = page.get(HOME).content.decode()

    assert re.findall(r"\sstyle=|<style|\son\w+=|<script(?! src)", content) == []
