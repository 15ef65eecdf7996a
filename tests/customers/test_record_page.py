import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.models import ChatExchange
from customers import trail
from customers.models import Customer
from tests.customers.trails import forget
from tests.factories import (
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
    TaskFactory,
)

PAST = datetime.date(2026, 1, 5)


def url(customer):
    return reverse("customers:detail", args=[customer.pk])


def without_random_parts(response):
    """The body apart from the request number and the CSRF mask, new in every answer."""
    text = response.text.replace(response.headers["X-Request-ID"], "")
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)


def held(customer, currency="JPY", **fields):
    defaults = {"quantity": 10, "unit_price": 100, "current_value": 1_500}
    product = ProductFactory(currency=currency, product_name=f"{currency}建て")
    return HoldingFactory(customer=customer, product=product, **defaults | fields)


def test_record_of_another_adviser_is_answered_as_a_missing_one(page, nakamura):
    foreign = page.get(url(nakamura))
    missing = page.get(reverse("customers:detail", args=[nakamura.pk + 1000]))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_random_parts(foreign) == without_random_parts(missing)
    assert nakamura.name not in foreign.text


def test_record_number_beyond_the_database_is_missing(page):
    assert page.get("/customers/" + "9" * 40).status_code == 404


def test_record_asks_for_log_in_and_comes_back(client, ito):
    assert client.get(url(ito)).url == f"{reverse('account_login')}?next={url(ito)}"


def test_record_names_the_customer_politely(page, ito):
    heading = re.search(r"<h1>(.*?)</h1>", page.get(url(ito)).text).group(1)

    assert heading == '伊藤正雄 <span class="honorific">様</span>'


def test_record_shows_birth_date_with_era(page, ito):
    ito.birth_date = datetime.date(1955, 11, 8)
    ito.save()

    assert "1955/11/08（昭和30年）" in page.get(url(ito)).text


def test_holdings_are_grouped_by_currency_with_yen_first(page, ito):
    held(ito, "USD", current_value=900)
    held(ito, "JPY")
    held(ito, "JPY", current_value=None)

    groups = page.get(url(ito)).context["portfolio"].groups

    assert [(g.unit, len(g.holdings), g.market, g.gain, g.unpriced) for g in groups] == [
        ("JPY", 2, 1_500, 500, 1),
        ("USD", 1, 900, -100, 0),
    ]


def test_holding_in_its_own_currency_counts_there(page, ito):
    held(ito, "USD").__class__.objects.without_history().update(currency="EUR")

    assert [group.unit for group in page.get(url(ito)).context["portfolio"].groups] == ["EUR"]


def test_holdings_without_any_price_have_no_total(page, ito):
    held(ito, current_value=None)

    [group] = page.get(url(ito)).context["portfolio"].groups

    assert (group.market, group.gain) == (None, None)


def test_sold_and_matured_holdings_stand_apart(page, ito):
    active, sold, matured = held(ito), held(ito, status="sold"), held(ito, status="matured")

    portfolio = page.get(url(ito)).context["portfolio"]

    assert portfolio.groups[0].holdings == [active]
    assert set(portfolio.closed) == {sold, matured}


def test_loss_is_marked_and_spoken(page, ito):
    held(ito, current_value=400)

    text = page.get(url(ito)).text

    assert text.count("▲600") == text.count("マイナス600") == 3


def test_quantities_and_prices_keep_their_fractions(page, ito):
    held(ito, quantity="12.5", unit_price="10000.25")

    text = page.get(url(ito)).text

    assert ["12.50</td>" in text, "10,000.25</td>" in text] == [True, True]


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "期日超過"), (0, "本日"), (21, "あと21日"), (90, "あと90日")],
)
def test_maturity_within_ninety_days_is_marked(days, words, page, ito):
    held(ito, maturity_date=timezone.localdate() + datetime.timedelta(days=days))

    response = page.get(url(ito))

    assert f">{words}</span>" in response.text
    assert len(response.context["portfolio"].due) == 1


def test_maturity_after_ninety_days_is_not_marked(page, ito):
    held(ito, maturity_date=timezone.localdate() + datetime.timedelta(days=91))

    response = page.get(url(ito))

    assert (response.context["portfolio"].due, 'class="duty"' in response.text) == ([], False)


def test_holding_without_a_day_falls_due_on_its_products(page, ito):
    due = timezone.localdate() + datetime.timedelta(days=7)
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=due))

    text = page.get(url(ito)).text

    duty, rest = text.split('class="duty"')[1].split("</a>", 1)
    assert ["償還まで7日" in duty, f"（{due:%Y/%m/%d}）" in duty] == [True, True]
    assert [f"{due:%Y/%m/%d}" in rest, ">あと7日</span>" in rest] == [True, True]


def test_duty_bar_names_the_two_nearest_and_counts_the_rest(page, ito):
    for days in (30, 10, 20):
        held(ito, maturity_date=timezone.localdate() + datetime.timedelta(days=days))

    duty = page.get(url(ito)).text.split('class="duty"')[1].split("</a>")[0]

    assert re.findall(r"償還まで(\d+)日|(ほか\d件)", duty) == [
        ("10", ""),
        ("20", ""),
        ("", "ほか1件"),
    ]


def test_contact_card_links_to_telephone_and_mail(page, ito):
    text = page.get(url(ito)).text

    assert '<a href="tel:09011111111">090-1111-1111</a>' in text
    assert '<a href="mailto:ito@example.com">ito@example.com</a>' in text


def test_archived_record_is_readable_but_offers_no_act(page, ito):
    ito.archive()

    text = page.get(url(ito)).text

    assert ["保管済み" in text, reverse("customers:update", args=[ito.pk]) in text] == [True, False]


def test_compliance_reads_the_record_but_is_offered_no_act(client, compliance, ito):
    client.force_login(compliance)

    text = client.get(url(ito)).text

    acts = [reverse(f"customers:{name}", args=[ito.pk]) for name in ("update", "note-create")]
    assert [act in text for act in acts] == [False, False]


def test_adviser_is_offered_to_ask_the_ai_about_the_customer(page, ito):
    assert f'href="{reverse("chat:home")}?customer={ito.pk}"' in page.get(url(ito)).text


def fill(customer, count, writer):
    """`count` rows of everything a record can hold."""
    for number in range(count):
        held(customer, maturity_date=timezone.localdate())
        held(customer, "USD", status="sold")
        note = SalesNoteFactory(customer=customer, sales_rep=writer)
        SalesNoteFactory(customer=customer, sales_rep=writer, corrects=note)
        CashInflowFactory(customer=customer, sales_rep=writer)
        task = TaskFactory(customer=customer, assignee=writer, note=note, due_date=PAST)
        TaskFactory(customer=customer, assignee=writer).finish(by=writer)
        ChatExchange.objects.create(customer=customer, adviser=writer, message=f"質問{task.pk}")
        customer.occupation, customer._history_user = f"職業{number}", writer
        customer.save()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("tab", "queries"),
    [("detail", 10), ("holdings", 7), ("notes", 10), ("customer-tasks", 9), ("inflows", 8)],
)
def test_each_page_of_a_record_takes_the_same_few_queries(
    tab, queries, count, page, ito, tanaka, django_assert_num_queries
):
    fill(ito, count, tanaka)

    with django_assert_num_queries(queries):
        page.get(reverse(f"customers:{tab}", args=[ito.pk]))


@pytest.mark.parametrize("tab", ["holdings", "notes", "customer-tasks", "inflows"])
def test_every_tab_of_anothers_record_is_missing(tab, page, ito, nakamura):
    own, foreign = (reverse(f"customers:{tab}", args=[one.pk]) for one in (ito, nakamura))

    assert (page.get(own).status_code, page.get(foreign).status_code) == (200, 404)


def test_tabs_count_what_each_holds(page, ito, tanaka):
    fill(ito, 2, tanaka)

    tabs = page.get(url(ito)).text.split('class="tabs"')[1].split("</nav>")[0]

    assert re.findall(r'(\w+) <span class="count">(\d+)', tabs) == [
        ("保有商品", "2"),
        ("メモ", "2"),
        ("タスク", "2"),
        ("入金予測", "2"),
        ("変更履歴", "19"),
    ]


def test_tab_of_the_history_counts_the_rows_of_its_page(page, ito, tanaka):
    fill(ito, 2, tanaka)

    shown = page.get(url(ito)).context["customer"].change_count

    assert shown == len(list(trail.keys(ito))) == 19


def test_card_shows_the_five_most_urgent_tasks(page, ito, tanaka):
    days = [PAST + datetime.timedelta(days=number) for number in range(6)]
    tasks = [TaskFactory(customer=ito, due_date=day) for day in [None, *reversed(days)]]

    response = page.get(url(ito))

    assert list(response.context["tasks"])[:5] == tasks[:1:-1]
    assert "すべてのタスク 7件" in response.text


def test_inflows_are_listed_with_what_came(page, ito):
    CashInflowFactory(
        customer=ito,
        source_type="retirement",
        status="received",
        actual_amount=980_000,
        actual_date=datetime.date(2027, 4, 2),
    )

    text = page.get(reverse("customers:inflows", args=[ito.pk])).text

    assert re.findall(r"退職金|[89]\d0,000|2027/04/02|>受領済<", text) == [
        "退職金",
        ">受領済<",
        "980,000",
        "2027/04/02",
    ]


def test_firm_shows_its_representative_instead_of_an_age(page, tanaka):
    firm = CustomerFactory(
        name="瑞光物産", kind="corporation", representative="黒田光", sales_rep=tanaka
    )

    facts = page.get(url(firm)).text.split('key-facts">')[1].split("</dl>")[0]

    assert ["黒田光" in facts, "年齢" in facts] == [True, False]


def test_record_of_a_customer_without_anything_is_complete(page, tanaka):
    bare = CustomerFactory(name="株式会社髙﨑", sales_rep=tanaka)
    Customer.objects.filter(pk=bare.pk).without_history().update(
        customer_code=None, sales_rep=tanaka.pk
    )
    forget(bare.history)

    response = page.get(url(bare))

    assert f'<span class="badge">W{bare.pk}</span>' in response.text
    assert "御中" in response.text
