"""A mail address or code that another customer has: told by whom only to who may see that one."""

import pytest
from django.urls import reverse

from customers.models import Customer
from customers.models.customer import TAKEN
from tests.customers.test_customer_form_page import edit, typed
from tests.customers.test_input_doors import by_admin, by_api, by_page

VALUES = [
    ("email", "ken@example.com"),
    ("email", "Ken@Example.com"),
    ("customer_code", "C003"),
    ("customer_code", "c003"),
    ("customer_code", "Ｃ００３"),
    ("customer_code", "C003\u200b"),
    ("customer_code", "C 003"),
]
IDS = [f"{name}-{place}" for place, (name, _) in enumerate(VALUES)]
doors = pytest.mark.parametrize("send", [by_page, by_admin, by_api], ids=lambda door: door.__name__)


@pytest.fixture(autouse=True)
def taken(nakamura):
    """What Nakamura has, whom neither Tanaka nor the manager of 東京本店 sees."""
    nakamura.email = "ken@example.com"
    nakamura.save()


@doors
@pytest.mark.parametrize(("name", "value"), VALUES, ids=IDS)
def test_value_of_a_hidden_customer_is_refused_and_names_nobody(client, manager, send, name, value):
    client.force_login(manager)

    adviser = {} if send is by_api else {"sales_rep": manager.pk}

    errors = send(client, **adviser, **{name: value})

    assert errors[name] == [TAKEN]


@pytest.mark.parametrize("send", [by_page, by_admin], ids=["by_page", "by_admin"])
@pytest.mark.parametrize(("name", "value"), VALUES, ids=IDS)
def test_page_leads_who_may_see_the_other_customer_there(
    client, office, nakamura, send, name, value
):
    client.force_login(office)

    [words] = send(client, **{name: value})[name]

    assert f'<a href="{nakamura.get_absolute_url()}"' in words
    assert "中村健一（C003）" in words


@pytest.mark.parametrize(("name", "value"), VALUES, ids=IDS)
def test_api_tells_who_may_see_the_other_customer(client, office, nakamura, name, value):
    client.force_login(office)

    [words] = by_api(client, **{name: value})[name]

    assert f"中村健一（C003） /api/customers/{nakamura.pk} に登録されています" in words


def test_name_of_the_other_customer_is_text_on_the_page(client, office, nakamura):
    nakamura.name = "<b>中村"
    nakamura.save()
    client.force_login(office)

    page = client.post("/customers/new", {"name": "大野達也", "email": "ken@example.com"})

    assert "&lt;b&gt;中村（C003）</a>に登録されています" in page.text


def test_archived_customer_who_may_be_seen_is_called_so(client, office, nakamura):
    nakamura.archive()
    client.force_login(office)

    assert "中村健一（C003・保管済み）" in by_page(client, email="ken@example.com")["email"][0]


@pytest.mark.parametrize("act", ["put", "patch"])
def test_change_by_api_names_nobody_either(api, ito, act):
    sent = {"name": ito.name, "email": "KEN@example.com"}

    answer = getattr(api, act)(f"/api/customers/{ito.pk}", sent, format="json")

    assert (answer.status_code, answer.json()["errors"]) == (400, {"email": [TAKEN]})


def test_change_on_the_page_names_nobody_either(page, ito):
    answer = page.post(edit(ito), typed(ito, email="ken@example.com"))

    assert answer.context["form"].errors == {"email": [TAKEN]}


def test_earlier_address_that_a_hidden_customer_has_now_names_nobody(page, ito, nakamura):
    first = ito.history.get()
    ito.email = "new@example.com"
    ito.save()
    nakamura.email = "ito@example.com"
    nakamura.save()

    url = reverse("customers:revert", args=[ito.pk, "customer", first.pk])
    form = page.get(url).context["form"]
    sent = {"names": ["email"], "change_reason": "誤り", "version": form.initial["version"]}

    [(_, _, refusal)] = page.post(url, sent).context["form"].lines()
    assert refusal == f"{TAKEN}この項目を選ばずに戻すこともできます。"


def test_own_value_is_nobody_elses(page, api, ito):
    stored = {"name": ito.name, "email": ito.email, "customer_code": ito.customer_code}

    assert api.put(f"/api/customers/{ito.pk}", stored, format="json").status_code == 200
    assert page.post(edit(ito), typed(ito, occupation="医師")).status_code == 302


def test_value_that_another_system_doubled_stays(api, ito):
    rows = Customer.objects.filter(pk=ito.pk).without_history()
    rows.update(email="KEN@example.com")
    body = {"name": ito.name, "email": "KEN@example.com"}

    assert api.put(f"/api/customers/{ito.pk}", body, format="json").status_code == 200


def test_code_that_another_one_contains_is_free(client, office):
    client.force_login(office)

    assert by_api(client, customer_code="C00").status_code == 201


def test_code_of_a_row_without_search_key_is_taken(nakamura):
    Customer.objects.without_history().filter(pk=nakamura.pk).update(search_key=None)

    assert list(Customer.objects.having_code("C003")) == [nakamura]
