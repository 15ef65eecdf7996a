"""The back office and an archived customer: for reading only, until somebody who may takes it back."""

import pytest
from django.urls import reverse

from customers.models import CashInflow, Customer, Holding, SalesNote, Task
from tests.customers.test_admin_conflict import admin_url, filled
from tests.customers.test_admin_form import change_url, typed
from tests.customers.test_admin_scope import CUSTOMERS, suggestions
from tests.factories import CashInflowFactory, HoldingFactory, SalesNoteFactory

RECORDS = [Holding, SalesNote, CashInflow, Task]


@pytest.fixture
def rows(ito):
    """One of each kind, of a customer who is archived afterwards."""
    rows = [
        HoldingFactory(customer=ito, quantity=1234),
        SalesNoteFactory(customer=ito),
        CashInflowFactory(customer=ito),
        Task.objects.create(customer=ito, title="電話する"),
    ]
    ito.archive()
    return rows


@pytest.mark.parametrize("person", ["office", "manager"])
def test_archived_customer_is_not_changed(client, request, ito, person):
    ito.archive()
    client.force_login(request.getfixturevalue(person))

    answer = client.post(change_url(ito), typed(ito, occupation="医師"))

    assert (answer.status_code, Customer.objects.get().occupation) == (403, None)


def test_page_that_was_open_before_does_not_change_it_either(client, office, ito):
    client.force_login(office)
    sent = filled(client.get(change_url(ito)), occupation="医師")
    ito.archive()

    assert client.post(change_url(ito), sent).status_code == 403
    assert Customer.objects.get().occupation is None


def test_rows_of_an_archived_customer_are_neither_changed_nor_deleted(client, office, rows):
    client.force_login(office)
    urls = [admin_url(row) for row in rows]
    urls += [url.replace("change", "delete") for url in urls]

    assert [client.post(url, {"post": "yes"}).status_code for url in urls] == [403] * 8
    assert [model.objects.count() for model in RECORDS] == [1] * 4


def test_rows_of_an_archived_customer_are_not_deleted_together(client, office, rows):
    client.force_login(office)
    data = {"action": "delete_selected", "_selected_action": rows[0].pk, "post": "yes"}

    client.post(reverse("admin:customers_holding_changelist"), data)

    assert Holding.objects.count() == 1


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
def test_no_row_is_added_to_an_archived_customer(client, office, ito, model):
    ito.archive()
    client.force_login(office)
    url = reverse(f"admin:customers_{model._meta.model_name}_add")

    form = client.post(url, {"customer": ito.pk}).context["adminform"].form

    assert form.errors["customer"] == ["候補の中から選んでください。"]


def test_archived_customer_is_not_suggested_for_a_new_row(client, office, ito, nakamura):
    ito.archive()
    client.force_login(office)

    assert suggestions(client, "holding", "customer") == ["中村健一（C003）"]


def test_archived_record_is_read_as_text(client, office, ito, rows):
    client.force_login(office)

    response = client.get(change_url(ito))

    assert response.context["title"] == "顧客"
    assert ("1,234.00" in response.text, 'name="_save"' in response.text) == (True, False)
    assert 'name="holdings-0-quantity"' not in response.text


def test_code_once_given_stays(client, office, ito):
    client.force_login(office)

    client.post(change_url(ito), typed(ito, customer_code="ZZZ9", occupation="医師"))

    saved = Customer.objects.get()
    assert (saved.customer_code, saved.occupation) == ("C001", "医師")


def test_code_that_another_system_left_out_is_given(client, office, ito):
    Customer.objects.without_history().update(customer_code=None)
    client.force_login(office)

    client.post(change_url(ito), typed(ito, customer_code="K-0001"))

    assert Customer.objects.get().customer_code == "K-0001"


# --- The way there and back -------------------------------------------------------------------


@pytest.mark.parametrize(("state", "page"), [("restore", "archive"), ("archive", "restore")])
def test_record_leads_to_the_page_that_asks_why(client, office, ito, state, page):
    getattr(ito, state)()
    client.force_login(office)

    response = client.get(change_url(ito))

    url = reverse(f"customers:{page}", args=[ito.pk])
    assert (response.context["archive_url"], f'href="{url}"' in response.text) == (url, True)


def test_record_leads_nobody_there_without_the_right(client, manager, ito):
    client.force_login(manager)

    assert reverse("customers:archive", args=[ito.pk]) not in client.get(change_url(ito)).text


@pytest.mark.parametrize("act", ["archive", "restore"])
def test_action_leads_to_the_page_that_asks_why(client, office, ito, nakamura, act):
    client.force_login(office)
    data = {"action": f"{act}_selected", "_selected_action": [ito.pk, nakamura.pk]}

    answer = client.post(f"{CUSTOMERS}?archived=all", data)

    assert answer.url == f"{reverse(f'customers:bulk-{act}')}?ids={ito.pk},{nakamura.pk}"


def test_action_is_not_offered_without_the_right(client, manager, ito):
    client.force_login(manager)
    data = {"action": "archive_selected", "_selected_action": [ito.pk]}

    client.post(CUSTOMERS, data)

    assert "archive_selected" not in client.get(CUSTOMERS).text
    assert Customer.objects.get().archived_at is None
