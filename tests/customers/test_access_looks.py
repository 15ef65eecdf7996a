"""What counts as a look at a record: pages, dialogs, the admin and the API, each once."""

import pytest
from django.urls import reverse

from customers.api_filters import CustomerFilter
from customers.models import AccessRecord, Customer
from tests.customers.test_customer_form_page import edit, typed
from tests.factories import CashInflowFactory, HoldingFactory, SalesNoteFactory, TaskFactory

PAGES = ["detail", "update", "history", "as-of"]


def logged():
    """(person, customer, act, way) of each row, in order."""
    rows = AccessRecord.objects.order_by("pk").select_related("user", "customer")
    return [(row.user.rep_code, row.customer.customer_code, row.act, row.source) for row in rows]


@pytest.mark.parametrize(
    ("name", "act"),
    [("detail", "view"), ("update", "view"), ("history", "history"), ("as-of", "as_of")],
)
def test_page_of_a_record_is_one_row(page, ito, name, act):
    page.get(reverse(f"customers:{name}", args=[ito.pk]))

    assert logged() == [("SR001", "C001", act, "page")]


def test_every_look_counts(page, ito):
    page.get(ito.get_absolute_url())
    page.get(ito.get_absolute_url())

    assert len(logged()) == 2


def test_record_by_api_is_one_row_also_when_it_is_unchanged(api, ito):
    url = f"/api/customers/{ito.pk}"
    etag = api.get(url)["ETag"]

    again = api.get(url, headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert logged() == [("SR001", "C001", "view", "api")] * 2


@pytest.mark.parametrize(
    ("name", "act"), [("change", "view"), ("history", "history"), ("simple_history", "as_of")]
)
def test_pages_of_the_admin_are_one_row_each(client, office, ito, name, act):
    client.force_login(office)
    version = [ito.history.get().pk] if name == "simple_history" else []

    client.get(reverse(f"admin:customers_customer_{name}", args=[ito.pk, *version]))

    assert logged() == [("BO001", "C001", act, "admin")]


@pytest.mark.parametrize("name", PAGES)
def test_missing_record_is_no_look(page, nakamura, name):
    assert page.get(reverse(f"customers:{name}", args=[nakamura.pk])).status_code == 404
    assert page.get(reverse(f"customers:{name}", args=[999])).status_code == 404
    assert logged() == []


def test_missing_record_of_api_and_admin_is_no_look(api, client, manager, nakamura):
    client.force_login(manager)

    api.get(f"/api/customers/{nakamura.pk}")
    client.get(reverse("admin:customers_customer_change", args=[nakamura.pk]))
    client.get(reverse("admin:customers_customer_history", args=[nakamura.pk]))

    assert logged() == []


def test_saving_is_no_look(page, ito):
    note = {"note_type": "visit", "content": "電話で確認"}
    page.post(reverse("customers:note-create", args=[ito.pk]), note)
    page.post(edit(ito), typed(ito, occupation="医師"))

    assert (logged(), Customer.objects.get().occupation) == ([], "医師")


@pytest.mark.parametrize(
    ("name", "sent"), [("note-create", {"content": ""}), ("update", {"name": ""})]
)
def test_page_that_comes_back_with_what_was_refused_is_a_look(page, ito, name, sent):
    page.post(reverse(f"customers:{name}", args=[ito.pk]), sent)

    assert logged() == [("SR001", "C001", "view", "page")]


def test_refused_note_of_the_open_page_is_no_further_look(page, ito):
    url = reverse("customers:note-create", args=[ito.pk])

    page.post(url, {"content": ""}, headers={"HX-Request": "true"})

    assert logged() == []


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("holding-update", HoldingFactory),
        ("inflow-update", CashInflowFactory),
        ("note-correct", SalesNoteFactory),
        ("task-update", TaskFactory),
    ],
)
def test_dialog_of_a_row_is_a_look_at_its_customer(page, ito, name, factory):
    page.get(reverse(f"customers:{name}", args=[factory(customer=ito).pk]))

    assert logged() == [("SR001", "C001", "view", "page")]


@pytest.mark.parametrize("name", ["contact", "facts"])
def test_dialog_of_the_record_is_one_look(page, ito, name):
    page.get(reverse(f"customers:{name}", args=[ito.pk]))

    assert logged() == [("SR001", "C001", "view", "page")]


@pytest.mark.parametrize("act", ["put", "patch"])
def test_change_by_api_shows_the_record_and_is_a_look(api, ito, act):
    getattr(api, act)(f"/api/customers/{ito.pk}", {"name": ito.name}, format="json")

    assert logged() == [("SR001", "C001", "view", "api")]


@pytest.mark.parametrize("act", ["put", "patch", "delete"])
def test_412_shows_the_record_and_is_a_look(api, office, ito, act):
    api.force_login(office)
    url, seen = f"/api/customers/{ito.pk}", {"If-Match": '"older"'}

    refused = getattr(api, act)(url, {"name": ito.name}, format="json", headers=seen)

    assert (refused.status_code, refused.json()["current"]["name"]) == (412, "伊藤正雄")
    assert logged() == [("BO001", "C001", "view", "api")]


def test_who_adds_a_customer_has_looked_at_nobody(api, tanaka):
    api.post("/api/customers", {"name": "大野達也"}, format="json")

    assert logged() == []


@pytest.mark.parametrize(("page", "act"), [("change", "view"), ("history", "history")])
@pytest.mark.parametrize(
    "factory", [HoldingFactory, CashInflowFactory, SalesNoteFactory, TaskFactory]
)
def test_pages_of_a_row_in_the_admin_are_looks(client, office, ito, factory, page, act):
    row = factory(customer=ito)
    client.force_login(office)

    client.get(reverse(f"admin:customers_{row._meta.model_name}_{page}", args=[row.pk]))

    assert logged() == [("BO001", "C001", act, "admin")]


def test_earlier_state_and_delete_page_of_a_row_are_looks(client, office, ito):
    row = HoldingFactory(customer=ito)
    client.force_login(office)

    client.get(reverse("admin:customers_holding_delete", args=[row.pk]))
    earlier = [row.pk, row.history.get().pk]
    client.get(reverse("admin:customers_holding_simple_history", args=earlier))

    assert [act for _, _, act, _ in logged()] == ["view", "as_of"]


def test_page_of_the_api_list_is_one_record_with_its_conditions(api, ito, ono):
    api.get("/api/customers", {"q": "伊藤", "risk_tolerance": "3"})

    record = AccessRecord.objects.get()
    assert (record.act, record.rows, record.source) == ("list", 1, "api")
    assert record.detail == "検索: 伊藤、リスク許容度: 3"


def test_every_page_of_the_api_list_is_a_record(api, ito, ono):
    first = api.get("/api/customers", {"page_size": 1})
    api.get(first.json()["next"])

    details = AccessRecord.objects.order_by("pk").values_list("detail", "rows")
    assert list(details) == [("条件なし", 1), ("続きのページ", 1)]


def test_every_condition_of_the_api_list_has_a_word():
    assert [name for name, one in CustomerFilter.base_filters.items() if not one.label] == []


def test_look_carries_the_number_of_its_request(page, ito):
    response = page.get(ito.get_absolute_url())

    assert AccessRecord.objects.get().request_id == response["X-Request-ID"]
