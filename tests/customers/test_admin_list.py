"""The customer list of the back office: few queries, whatever the number of rows."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    HoldingFactory,
    SalesNoteFactory,
)

CUSTOMERS = reverse("admin:customers_customer_changelist")
# session, person with role, permissions of groups and person, filters of people, count, rows
QUERIES = 6


def shown(response):
    return [customer.pk for customer in response.context["cl"].result_list]


@pytest.mark.parametrize("count", [1, 3])
def test_customer_list_needs_the_same_queries_for_one_row_and_three(
    client, office, django_assert_num_queries, count
):
    for _ in range(count):
        CustomerFactory(sales_rep=AdviserFactory())
    client.force_login(office)

    with django_assert_num_queries(QUERIES):
        client.get(CUSTOMERS)


def test_customer_list_stays_within_twelve_queries_at_sixty_rows(
    client, office, django_assert_max_num_queries
):
    Customer.objects.without_history().bulk_create(
        CustomerFactory.build(name=f"顧客{n}", sales_rep=AdviserFactory()) for n in range(60)
    )
    client.force_login(office)

    with django_assert_max_num_queries(12):
        response = client.get(CUSTOMERS)

    assert len(shown(response)) == 50


def test_customer_list_counts_no_choice_of_its_filters(
    client, office, ito, django_assert_num_queries
):
    client.force_login(office)

    with django_assert_num_queries(QUERIES):
        page = client.get(CUSTOMERS, {"_facets": "True"})

    assert "件数を表示" not in page.text


@pytest.mark.parametrize(
    "factory", [HoldingFactory, SalesNoteFactory, CashInflowFactory], ids=lambda f: f.__name__
)
def test_other_lists_need_the_same_queries_for_one_row_and_three(
    client, office, django_assert_max_num_queries, factory
):
    url = reverse(f"admin:customers_{factory._meta.model._meta.model_name}_changelist")
    client.force_login(office)
    factory()
    with django_assert_max_num_queries(12) as first:
        client.get(url)
    factory.create_batch(2)

    with django_assert_max_num_queries(len(first)):
        client.get(url)


def test_customer_list_shows_code_kana_age_and_short_amounts(client, office, ito):
    Customer.objects.filter(pk=ito.pk).without_history().update(net_worth=200_000_000)
    client.force_login(office)

    page = client.get(CUSTOMERS).content.decode()

    assert page.count("C001</td>") == 1
    assert page.count("伊藤正雄<small>イトウマサオ</small>") == 1
    assert page.count("2億</td>") == 1


def test_customer_list_search_is_the_search_of_the_pages(client, office, ito, nakamura):
    client.force_login(office)

    assert shown(client.get(CUSTOMERS, {"q": "イトウ C001"})) == [ito.pk]


def test_customer_list_search_finds_nothing_for_unstorable_text(client, office, ito):
    client.force_login(office)

    assert shown(client.get(CUSTOMERS, {"q": "\ufffd"})) == []


def test_customer_list_filter_by_adviser_shows_that_adviser_only(
    client, office, ito, nakamura, suzuki
):
    client.force_login(office)

    assert shown(client.get(CUSTOMERS, {"adviser": suzuki.pk})) == [nakamura.pk]


def test_customer_list_filter_finds_customers_without_adviser(client, office, ito):
    alone = CustomerFactory()
    client.force_login(office)

    assert shown(client.get(CUSTOMERS, {"adviser": "none"})) == [alone.pk]


def test_customer_list_leaves_archived_customers_out(client, office, ito, nakamura):
    nakamura.archive()
    client.force_login(office)

    assert shown(client.get(CUSTOMERS)) == [ito.pk]
    assert shown(client.get(CUSTOMERS, {"archived": "only"})) == [nakamura.pk]
    assert shown(client.get(CUSTOMERS, {"archived": "all"})) == [nakamura.pk, ito.pk]


@pytest.mark.parametrize(
    "query",
    [
        "birth_date__year=99999999",
        "name__regex=(",
        "sales_rep__password__startswith=pbkdf2",
        "nosuchfield=1",
        "risk_tolerance__exact=%00",
        "adviser=%ED%A0%80",
        "adviser=99999999999999999999",
    ],
)
def test_customer_list_refuses_lookups_that_it_does_not_link_to(client, office, ito, query):
    client.force_login(office)

    assert client.get(f"{CUSTOMERS}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "p=99999999",
        "p=x",
        "o=99.-99.x",
        "p=%D9%A3",
        "e=1",
    ],
)
def test_customer_list_survives_senseless_queries(client, office, ito, query):
    client.force_login(office)

    response = client.get(f"{CUSTOMERS}?{query}", follow=True)

    assert (response.status_code, shown(response)) == (200, [ito.pk])


@pytest.mark.parametrize("year", ["9999", "0", "99999999999999999999", "x"])
def test_date_drill_down_refuses_impossible_years(client, office, year):
    CashInflowFactory()
    client.force_login(office)
    url = reverse("admin:customers_cashinflow_changelist")

    assert client.get(url, {"predicted_date__year": year}).status_code == 400


def test_action_refuses_rows_that_are_no_numbers(client, office, ito):
    client.force_login(office)

    data = {"action": "archive_selected", "_selected_action": ["x"]}

    assert client.post(CUSTOMERS, data | {"index": 0}).status_code == 400


def test_long_search_stays_a_search(client, office):
    SalesNoteFactory()
    client.force_login(office)
    url = reverse("admin:customers_salesnote_changelist")

    assert shown(client.get(url, {"q": "ぬ " * 1500})) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("branch=東京本店", True),
        ("age=80-", True),
        ("age=40-49", False),
        ("risk=3", True),
        ("risk=5", False),
        ("experience=上級者", True),
        ("kind=corporation", False),
        ("category=BOND", True),
        ("maturity=30", True),
        ("maturity=29", False),
        ("quiet=90", True),
    ],
)
def test_customer_list_filters_as_the_page_does(client, office, ito, query, found):
    ito.birth_date, ito.investment_experience = "1940-01-01", "上級者"
    ito.save()
    due = timezone.localdate() + timedelta(days=30)
    HoldingFactory(customer=ito, maturity_date=due)
    client.force_login(office)

    assert shown(client.get(f"{CUSTOMERS}?{query}")) == ([ito.pk] if found else [])


def test_customer_list_sorts_names_by_the_fifty_sounds(client, office):
    for kana in ("ワ", "ヴァン", "あおき", "ｱｵｷ"):
        CustomerFactory(name=kana, name_kana=kana)
    client.force_login(office)

    rows = client.get(CUSTOMERS, {"o": "2"}).context["cl"].result_list

    keys = [customer.kana_key for customer in rows]
    assert keys == sorted(keys)


def test_count_stops_at_the_cap_and_says_so(client, office, settings):
    CustomerFactory.create_batch(4)
    settings.API_COUNT_CAP = 3
    client.force_login(office)

    page = client.get(CUSTOMERS)

    assert page.context["cl"].result_count == 3
    assert "<span>3件以上</span>" in page.content.decode()


def test_act_on_more_rows_than_were_counted_is_refused(client, office, settings):
    customers = CustomerFactory.create_batch(4)
    settings.API_COUNT_CAP = 3
    client.force_login(office)
    data = {"action": "archive_selected", "_selected_action": [customers[0].pk]}

    page = client.post(CUSTOMERS, data | {"select_across": "1"}, follow=True)

    assert "3件以上を一度に選ぶことはできません" in page.content.decode()
    assert page.redirect_chain == [(CUSTOMERS, 302)]


def test_export_of_ticked_customers_leads_to_the_page_that_asks_why(client, office, ito, nakamura):
    client.force_login(office)

    data = {"action": "export_selected", "_selected_action": [ito.pk]}

    assert client.post(CUSTOMERS, data).url == f"/customers/export?ids={ito.pk}&sort=-registered"


def test_export_of_everybody_found_takes_search_filters_and_order_along(client, office, ito):
    ito.archive()
    client.force_login(office)
    data = {"action": "export_selected", "_selected_action": [ito.pk], "select_across": "1"}

    answer = client.post(f"{CUSTOMERS}?risk=3&q=伊藤&archived=only&o=-7", data)

    assert answer.url == (
        "/customers/export?q=%E4%BC%8A%E8%97%A4&risk=3&status=archived&sort=-income"
    )
