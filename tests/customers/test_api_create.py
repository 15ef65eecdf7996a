import pytest

from customers.models import Customer
from tests.factories import CustomerFactory

FULL = {
    "customer_code": "KB-1",
    "name": "髙橋𠮷男",
    "name_kana": "タカハシヨシオ",
    "birth_date": "1955-11-08",
    "gender": "男性",
    "phone": "090-1111-2222",
    "email": "yoshio@example.com",
    "address": "東京都港区赤坂1-1-1",
    "occupation": "会社役員",
    "annual_income": 20_400_000,
    "net_worth": 4_823_100_000,
    "risk_tolerance": "4",
    "investment_experience": "上級者",
}


@pytest.fixture
def add(api):
    def post(**body):
        return api.post("/api/customers", body, format="json")

    return post


def test_create_stores_every_field_and_shows_it(add, api, tanaka):
    response = add(**FULL)

    customer = Customer.objects.get()
    assert response.status_code == 201
    assert response.json() == api.get(f"/api/customers/{customer.pk}").json()
    assert {name: response.json()[name] for name in FULL} == FULL


def test_create_tells_where_and_which_version(add, api):
    response = add(name="大野達也")

    assert response["Location"].endswith(f"/api/customers/{Customer.objects.get().pk}")
    assert response["ETag"] == api.get(response["Location"])["ETag"]


def test_create_with_a_name_alone_makes_the_caller_the_adviser(add, tanaka):
    row = add(name="大野達也").json()

    assert (row["sales_rep_id"], row["customer_code"]) == (tanaka.pk, f"W{row['customer_id']}")


def test_create_by_the_back_office_may_leave_the_adviser_open(client, office):
    client.force_login(office)

    row = client.post("/api/customers", {"name": "大野"}, content_type="application/json").json()

    assert row["sales_rep_id"] is None


def test_create_by_the_manager_may_name_an_adviser_of_the_branch(client, manager, tanaka):
    client.force_login(manager)
    body = {"name": "大野", "sales_rep_id": tanaka.pk}

    row = client.post("/api/customers", body, content_type="application/json").json()

    assert row["sales_rep_id"] == tanaka.pk


def test_create_writes_history_with_person_and_source(add, tanaka):
    add(name="大野達也")

    change = Customer.history.get()

    assert (change.history_user, change.source) == (tanaka, "api")


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("name", " 伊藤 ", "伊藤"),
        ("name", "\ufa19\ufa10", "\ufa19\ufa10"),
        ("name", "é" * 100, "é" * 100),
        ("email", "", None),
        ("phone", "", None),
        ("risk_tolerance", 3, "3"),
        ("risk_tolerance", "３", "3"),
        ("risk_tolerance", "", None),
        ("gender", None, None),
        ("annual_income", "１２，０００".replace("，", ""), 12_000),
        ("annual_income", 0, 0),
        ("net_worth", "－５００", -500),
        ("net_worth", 10**15 - 1, 10**15 - 1),
        ("net_worth", 1e9, 10**9),
        ("birth_date", "１９５５-11-08", "1955-11-08"),
        ("customer_code", "", "W"),
    ],
    ids=[
        "name-trimmed", "name-not-normalised", "name-of-100", "email-empty", "phone-empty",
        "risk-number", "risk-full-width", "risk-empty", "gender-null", "income-full-width",
        "income-zero", "worth-negative", "worth-greatest", "worth-float", "born-full-width",
        "code-empty",
    ],
)  # fmt: skip
def test_create_accepts(add, field, given, stored):
    row = add(**{"name": "大野達也", field: given}).json()

    expected = f"W{row['customer_id']}" if stored == "W" else stored
    assert row[field] == expected


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", ""),
        ("name", "　"),
        ("name", None),
        ("name", 5),
        ("name", True),
        ("name", ["伊藤"]),
        ("name", "あ" * 101),
        ("name", "\u200b"),
        ("name", "\u3164"),
        ("name", "伊藤\u202e"),
        ("name", "伊\ufffd"),
        ("name_kana", "ア" * 101),
        ("email", "ito"),
        ("email", "ITO@"),
        ("email", "a" * 60 + "@" + "b" * 60 + ".jp"),
        ("email", 5),
        ("phone", 9011112222),
        ("phone", "0" * 21),
        ("address", "港" * 501),
        ("address", {"city": "東京"}),
        ("birth_date", "1955/11/08"),
        ("birth_date", "1955-02-30"),
        ("birth_date", "1955-11-08T00:00:00"),
        ("birth_date", "٢٠٢٠-01-01"),
        ("birth_date", "1955-W10-4"),
        ("birth_date", 19551108),
        ("birth_date", "2099-01-01"),
        ("birth_date", "0001-01-01"),
        ("gender", "male"),
        ("gender", ["男性"]),
        ("risk_tolerance", "6"),
        ("risk_tolerance", 0),
        ("risk_tolerance", True),
        ("risk_tolerance", 3.5),
        ("annual_income", -1),
        ("annual_income", "三千万"),
        ("annual_income", "١٢٣"),
        ("annual_income", 1.5),
        ("annual_income", True),
        ("annual_income", [1]),
        ("annual_income", "9" * 5000),
        ("net_worth", 10**15),
        ("net_worth", 2**63),
        ("net_worth", -(2**63) - 1),
        ("sales_rep_id", 0),
        ("sales_rep_id", -1),
        ("sales_rep_id", 10**30),
        ("sales_rep_id", "SR001"),
        ("sales_rep_id", True),
        ("sales_rep_id", None),
        ("customer_code", "W99999"),
        ("customer_code", "w1"),
        ("customer_code", "Ｗ１２"),
        ("customer_code", "C" * 21),
        ("nickname", "x"),
        ("archived_at", "2026-01-01"),
    ],
    ids=lambda value: value if str(value).isascii() and len(str(value)) < 30 else "",
)
def test_create_refuses_and_names_the_field(add, field, given):
    response = add(**{"name": "大野達也", field: given})

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not Customer.objects.exists()


def test_create_without_a_name_names_the_field(add):
    assert list(add(phone="03-1111-1111").json()["errors"]) == ["name"]


def test_create_names_all_wrong_fields_at_once(add):
    response = add(name="", email="x", annual_income=-1)

    assert list(response.json()["errors"]) == ["name", "email", "annual_income"]


@pytest.mark.parametrize(
    ("field", "value"), [("email", "ito@example.com"), ("customer_code", "C001")]
)
def test_create_refuses_what_another_customer_has(add, ito, field, value):
    response = add(name="伊藤", **{field: value})

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert Customer.objects.get() == ito


def test_create_refuses_what_another_customer_has_even_when_hidden_or_archived(add, suzuki):
    CustomerFactory(email="hidden@example.com", sales_rep=suzuki).archive()

    assert add(name="大野", email="hidden@example.com").status_code == 400


def test_create_refuses_an_adviser_out_of_sight(add, suzuki):
    response = add(name="大野達也", sales_rep_id=suzuki.pk)

    assert list(response.json()["errors"]) == ["sales_rep_id"]


def test_create_ignores_what_only_the_system_writes(add, tanaka):
    row = add(name="大野", customer_id=777, created_at="2000-01-01T00:00:00Z").json()

    assert (row["customer_id"], row["created_at"][:4]) != (777, "2000")
