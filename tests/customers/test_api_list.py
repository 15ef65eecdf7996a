import pytest
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from customers.models import Customer
from customers.roles import Role
from tests.factories import AdviserFactory, CustomerFactory
from wealthai.tracking import create_many

FIELDS = [
    "customer_id", "customer_code", "kind", "name", "name_kana", "birth_date", "gender",
    "corporate_number", "representative", "contact_person", "beneficial_owner", "closing_month",
    "phone", "email", "address", "occupation", "annual_income", "net_worth", "risk_tolerance",
    "investment_experience", "sales_rep_id", "ai_excluded", "created_at", "updated_at",
]  # fmt: skip


def names(response):
    return [row["name"] for row in response.json()["results"]]


def test_list_shows_own_customers_newest_first(api, tanaka, ito, nakamura):
    CustomerFactory(name="大野達也", sales_rep=tanaka)

    response = api.get("/api/customers")

    assert (names(response), response.json()["count"]) == (["大野達也", "伊藤正雄"], 2)


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("tanaka", ["伊藤正雄"]),
        ("suzuki", ["中村健一"]),
        ("manager", ["伊藤正雄"]),
        ("office", ["中村健一", "伊藤正雄"]),
        ("compliance", ["中村健一", "伊藤正雄"]),
    ],
)
def test_list_shows_each_role_its_customers(request, client, ito, nakamura, person, seen):
    client.force_login(request.getfixturevalue(person))

    assert names(client.get("/api/customers")) == seen


def test_list_row_is_the_row_of_the_detail(api, ito):
    row = api.get("/api/customers").json()["results"][0]

    assert list(row) == FIELDS
    assert row == api.get(f"/api/customers/{ito.pk}").json()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "伊藤"}, ["伊藤正雄"]),
        ({"q": "イトウマサオ 赤坂"}, ["伊藤正雄"]),
        ({"q": "大阪"}, []),
        ({"q": "\ufffd"}, []),
        ({"risk_tolerance": "3"}, ["伊藤正雄"]),
        ({"risk_tolerance": "5"}, ["小林"]),
        ({"investment_experience": "上級者"}, ["小林"]),
        ({"gender": "女性"}, ["小林"]),
        ({"branch": "大阪支店"}, ["中村健一"]),
        ({"created_from": "2026-10-02"}, ["伊藤正雄", "中村健一"]),
        ({"created_to": "2026-10-01"}, ["小林"]),
        ({"created_to": "2026-09-30"}, []),
        ({"updated_from": "2026-10-01", "updated_to": "2026-10-01"}, ["小林"]),
        ({"created_to": "9999-12-31"}, ["小林", "伊藤正雄", "中村健一"]),
        ({"updated_to": "9999-12-31"}, ["小林", "伊藤正雄", "中村健一"]),
        ({"created_from": "0001-01-01"}, ["小林", "伊藤正雄", "中村健一"]),
        ({"updated_to": "0001-01-01"}, []),
        ({"archived": "true"}, ["古田"]),
        ({"archived": "false"}, ["小林", "伊藤正雄", "中村健一"]),
        ({"ordering": "net_worth"}, ["中村健一", "小林", "伊藤正雄"]),
        ({"ordering": "-net_worth"}, ["小林", "中村健一", "伊藤正雄"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_list_filters(client, office, nakamura, ito, query, found):
    Customer.objects.filter(pk=nakamura.pk).without_history().update(net_worth=1)
    CustomerFactory(name="古田").archive()
    kobayashi = CustomerFactory(
        name="小林", risk_tolerance="5", investment_experience="上級者", gender="女性", net_worth=2
    )
    late = "2026-10-01T23:59:59+09:00"
    Customer.objects.filter(pk=kobayashi.pk).without_history().update(
        created_at=late, updated_at=late
    )
    client.force_login(office)

    assert names(client.get("/api/customers", query)) == found


def test_list_orders_readings_by_the_fifty_sounds(api, tanaka):
    for kana in ("カワ", "ガトウ", None, "カトウ"):
        CustomerFactory(name=kana or "なし", name_kana=kana, sales_rep=tanaka)

    found = [names(api.get("/api/customers", {"ordering": f"{s}name_kana"})) for s in ("", "-")]

    assert found == [["カトウ", "ガトウ", "カワ", "なし"], ["カワ", "ガトウ", "カトウ", "なし"]]


def test_list_refuses_a_search_that_is_too_long_by_its_name(api, ito):
    response = api.get("/api/customers", {"q": "伊" * 201})

    assert response.status_code == 400
    assert response.json()["errors"] == {
        "q": ["q は200文字以内で指定してください（いまは201文字です）。"]
    }


def test_list_filters_by_adviser_number(client, office, tanaka, ito, nakamura):
    client.force_login(office)

    assert names(client.get("/api/customers", {"sales_rep": tanaka.pk})) == ["伊藤正雄"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kana": "イトウ"}, "kana"),
        ({"sales_rep__password": "x"}, "sales_rep__password"),
        ({"risk_tolerance": "9"}, "risk_tolerance"),
        ({"gender": "x"}, "gender"),
        ({"sales_rep": "SR001"}, "sales_rep"),
        ({"sales_rep": "9" * 50}, "sales_rep"),
        ({"created_from": "yesterday"}, "created_from"),
        ({"created_from": "10/01/2026"}, "created_from"),
        ({"created_to": "2026-02-30"}, "created_to"),
        ({"archived": "maybe"}, "archived"),
        ({"q": "a\x00b"}, "q"),
        ({"branch": "\x00"}, "branch"),
        ({"ordering": "created_at"}, "ordering"),
        ({"format": "xml"}, "format"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_list_refuses_conditions_it_does_not_understand(api, ito, query, field):
    response = api.get("/api/customers", query)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def token_client(person):
    _, token = AuthToken.objects.create(person)
    return Client(headers={"Authorization": f"Bearer {token}"})


def session_client(person):
    client = Client()
    client.force_login(person)
    return client


def logging():
    """The access record with its customers: one statement on PostgreSQL, two on SQLite."""
    return 1 if connection.vendor == "postgresql" else 2


@pytest.mark.parametrize("role", [Role.ADVISER, Role.BRANCH_MANAGER, Role.BACK_OFFICE])
@pytest.mark.parametrize(("customers", "reading"), [(1, 1), (3, 1), (10_000, 2)])
def test_list_by_token_takes_four_queries_at_most(
    django_assert_num_queries, customers, reading, role, db
):
    """Who calls, one page, how many there are if the page does not show it, who was shown."""
    adviser = AdviserFactory(role=role)
    create_many(Customer, [Customer(name="顧客", sales_rep=adviser) for _ in range(customers)])
    for sign_in, signing_in in (session_client, 2), (token_client, 1):
        client = sign_in(adviser)
        client.options("/api/customers")  # each thirtieth call counts the next ones

        with django_assert_num_queries(signing_in + reading + logging()):
            page = client.get("/api/customers").json()

        assert (page["count"], len(page["results"])) == (customers, min(customers, 50))


def test_list_beyond_one_page_reads_one_page_of_rows(api, tanaka, django_assert_num_queries):
    Customer.objects.without_history().bulk_create(
        Customer(name="顧客", sales_rep=tanaka) for _ in range(51)
    )
    api.options("/api/customers")  # each thirtieth call counts the next ones

    with django_assert_num_queries(4 + logging()) as queries:
        api.get("/api/customers")

    rows = queries[2]["sql"]  # and then the count
    assert connection.ops.quote_name("name_kana") in rows
    assert rows.endswith("LIMIT 51")


def test_list_row_has_the_times_of_the_firm(api, ito):
    made = "2026-10-01T23:59:59+09:00"
    Customer.objects.filter(pk=ito.pk).without_history().update(created_at=made)

    assert api.get("/api/customers").json()["results"][0]["created_at"] == made
