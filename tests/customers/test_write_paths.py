"""Every way to write leaves who, by what way, why, and old → new of every field in the history."""

from io import StringIO
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.urls import reverse
from rest_framework.test import APIClient

from customers.api import CustomerSerializer
from customers.forms import CustomerForm
from customers.models import Customer, Holding, SalesNote
from tests.customers import test_admin_form as admin_form
from tests.customers.original import changed, write_files
from tests.customers.test_customer_form_page import edit, typed
from tests.customers.trails import save, told
from tests.factories import (
    CashInflowFactory,
    HoldingFactory,
    ProductFactory,
)

# What each field of a customer becomes, and how it then reads.
TYPED = {
    "kind": ("corporation", "法人"),
    "name": ("伊藤正男", "伊藤正男"),
    "name_kana": ("イトウマサノリ", "イトウマサノリ"),
    "birth_date": ("1955-11-08", "1955/11/08"),
    "gender": ("男性", "男性"),
    "phone": ("03-2222-2222", "03-2222-2222"),
    "email": ("new@example.com", "new@example.com"),
    "address": ("大阪市北区梅田3-3-3", "大阪市北区梅田3-3-3"),
    "occupation": ("医師", "医師"),
    "annual_income": ("2500", "2,500"),
    "net_worth": ("15000", "15,000"),
    "risk_tolerance": ("5", "5 積極的"),
    "investment_experience": ("上級者", "上級者"),
    "corporate_number": ("7000012050002", "7000012050002"),
    "representative": ("伊藤花子", "伊藤花子"),
    "contact_person": ("伊藤次郎", "伊藤次郎"),
    "beneficial_owner": ("伊藤三郎", "伊藤三郎"),
    "closing_month": ("3", "3月"),
    "ai_excluded": ("true", "はい"),
}
# A code once given stays, and archiving is an act of its own; both are tested below.
ON_PAGE = [name for name in CustomerForm.Meta.fields if name in TYPED]
IN_API = [name for name in CustomerSerializer.Meta.fields if name in TYPED]
IN_ADMIN = ["name", "phone", "email", "occupation", "net_worth", "risk_tolerance", "gender"]


def born(row):
    """(mark, person, way, reason) of the only history row."""
    row = row.history.get()
    person = row.history_user and row.history_user.rep_code
    return (row.history_type, person, row.source, row.history_change_reason)


@pytest.fixture
def desk(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def caller(office):
    caller = APIClient()
    caller.force_login(office)
    return caller


# --- One customer by page, API and admin ----------------------------------------------------
FIRMS = {
    "corporate_number",
    "representative",
    "contact_person",
    "beneficial_owner",
    "closing_month",
}


def fit_for(customer, name):
    """Only firms have these fields."""
    if name in FIRMS:
        customer.kind = "corporation"
        customer.save()


@pytest.mark.parametrize("name", ON_PAGE)
def test_page_tells_each_field(desk, ito, name):
    fit_for(ito, name)
    value, words = TYPED[name]
    data = typed(ito, sales_rep=ito.sales_rep_id, change_reason="本人から電話")

    desk.post(edit(ito), data | {name: value})

    person, way, reason, found = told(ito)
    assert (person, way, reason) == ("BO001", "page", "本人から電話")
    assert {key: new for key, (_, new) in found.items()} == {name: words}


@pytest.mark.parametrize("name", IN_API)
def test_api_tells_each_field(caller, ito, name):
    fit_for(ito, name)
    value, words = TYPED[name]
    headers = {"Change-Reason": quote("本人から電話")}

    answer = caller.patch(f"/api/customers/{ito.pk}", {name: value}, format="json", headers=headers)

    person, way, reason, found = told(ito)
    assert answer.status_code == 200
    assert (person, way, reason) == ("BO001", "api", "本人から電話")
    assert {key: new for key, (_, new) in found.items()} == {name: words}


@pytest.mark.parametrize("name", IN_ADMIN)
def test_admin_tells_each_field(desk, ito, name):
    value, words = TYPED[name]
    form = desk.get(admin_form.change_url(ito)).context["adminform"].form
    seen = {key: form[key].value() for key in form.fields if form[key].value() is not None}
    data = admin_form.NO_ROWS | seen | {"change_reason": "本人から電話", name: value}

    desk.post(admin_form.change_url(ito), data)

    person, way, reason, found = told(ito)
    assert (person, way, reason) == ("BO001", "admin", "本人から電話")
    assert {key: new for key, (_, new) in found.items()} == {name: words}


@pytest.mark.parametrize("way", ["page", "api", "admin"])
def test_change_of_adviser_is_told_by_name(desk, caller, ito, suzuki, way):
    if way == "page":
        desk.post(edit(ito), typed(ito, sales_rep=suzuki.pk))
    elif way == "api":
        caller.patch(f"/api/customers/{ito.pk}", {"sales_rep_id": suzuki.pk}, format="json")
    else:
        data = admin_form.typed(ito, sales_rep=suzuki.pk)
        desk.post(admin_form.change_url(ito), data)

    person, source, _, found = told(ito)
    assert (person, source) == ("BO001", way)
    assert found["sales_rep"] == ("田中太郎（SR001）", "鈴木一郎（SR003）")


# --- The reason -----------------------------------------------------------------------------
def test_reason_alone_is_no_change(desk, ito):
    desk.post(edit(ito), typed(ito, sales_rep=ito.sales_rep_id, change_reason="理由だけ"))

    assert ito.history.count() == 1


def test_reason_may_be_left_out(desk, ito):
    desk.post(edit(ito), typed(ito, sales_rep=ito.sales_rep_id, phone="03-2222-2222"))

    assert told(ito)[2] is None


@pytest.mark.parametrize("reason", ["あ" * 101, "\x00", "\u202e"], ids=["long", "nul", "bidi"])
def test_reason_that_cannot_be_stored_is_refused(desk, ito, reason):
    data = typed(ito, sales_rep=ito.sales_rep_id, phone="03-2222-2222", change_reason=reason)

    response = desk.post(edit(ito), data)

    assert list(response.context["form"].errors) == ["change_reason"]


@pytest.mark.parametrize(
    "reason", [quote("あ" * 101), "%00", "%FF", "%E2%80%AE"], ids=["long", "nul", "latin", "bidi"]
)
def test_reason_of_a_call_that_cannot_be_stored_is_refused(caller, ito, reason):
    headers = {"Change-Reason": reason}

    answer = caller.patch(
        f"/api/customers/{ito.pk}", {"phone": "03-0000-0001"}, format="json", headers=headers
    )

    assert (answer.status_code, ito.history.count()) == (400, 1)
    assert "Change-Reason ヘッダー" in answer.json()["detail"]


def test_reason_is_part_of_the_description(desk):
    schema = desk.get(reverse("schema")).json()

    patch = next(acts["patch"] for acts in schema["paths"].values() if "patch" in acts)
    assert "Change-Reason" in [parameter["name"] for parameter in patch["parameters"]]


def test_conflict_keeps_the_reason(desk, ito, suzuki):
    seen = typed(
        ito, sales_rep=ito.sales_rep_id, phone="03-2222-2222", change_reason="本人から電話"
    )
    save(ito, by=suzuki, occupation="医師")

    form = desk.post(edit(ito), seen).context["form"]

    assert form.is_stale
    assert form["change_reason"].value() == "本人から電話"


# --- What comes and goes --------------------------------------------------------------------
def test_page_adds_customers_and_notes(page, ito):
    page.post(reverse("customers:create"), {"name": "大野"})
    page.post(
        reverse("customers:note-create", args=[ito.pk]),
        {"note_type": "meeting", "content": "円債の話"},
    )

    rows = [born(Customer.objects.get(name="大野")), born(SalesNote.objects.get())]
    assert rows == [("+", "SR001", "page", None)] * 2


def test_api_adds_and_archives(caller):
    headers = {"Change-Reason": quote("口座の解約")}
    pk = caller.post("/api/customers", {"name": "大野"}, format="json").json()["customer_id"]
    customer = Customer.objects.get(pk=pk)
    assert born(customer) == ("+", "BO001", "api", None)

    caller.delete(f"/api/customers/{pk}", headers=headers)

    person, way, reason, found = told(customer)
    assert (person, way, reason, list(found)) == ("BO001", "api", "口座の解約", ["archived_at"])


def test_admin_adds_a_customer(desk):
    desk.post(admin_form.ADD, admin_form.typed())

    assert born(Customer.objects.get()) == ("+", "BO001", "admin", None)


def test_rows_below_the_form_share_its_reason(desk, ito):
    holding, product = HoldingFactory(customer=ito), ProductFactory()
    rows = {"holdings-TOTAL_FORMS": "2", "holdings-INITIAL_FORMS": "1"}
    shared = {"quantity": "3", "unit_price": "1000", "purchase_date": "2024-04-01"}
    version = Holding.objects.get().version()
    stored, new = {"holding_id": holding.pk, "version": version}, {"product": product.pk}
    for number, row in enumerate([stored, new]):
        row |= shared | {"status": "active", "customer": ito.pk}
        rows |= {f"holdings-{number}-{name}": value for name, value in row.items()}

    desk.post(admin_form.change_url(ito), admin_form.typed(ito, change_reason="残高報告書", **rows))

    assert told(holding)[:3] == ("BO001", "admin", "残高報告書")
    assert told(holding)[3]["quantity"] == ("10.00", "3.00")
    assert born(Holding.objects.get(product=product)) == ("+", "BO001", "admin", "残高報告書")


def test_admin_deletes_an_inflow(desk, ito):
    inflow = CashInflowFactory(customer=ito)

    desk.post(reverse("admin:customers_cashinflow_delete", args=[inflow.pk]), {"post": "yes"})

    gone = inflow.history.first()
    assert (gone.history_type, gone.history_user.rep_code, gone.source) == ("-", "BO001", "admin")


def test_import_tells_what_it_added_and_changed(db, tmp_path):
    call_command("import_original", str(write_files(tmp_path)), stdout=StringIO())
    ito = Customer.objects.get(customer_code="C001")
    assert born(ito) == ("+", None, "import", "取込: import_original")

    new = changed("customers.csv", "090-1111-1111", "03-2222-2222")
    call_command("import_original", str(write_files(tmp_path, new)), "--update", stdout=StringIO())

    person, way, _, found = told(ito)
    assert (person, way, found) == (
        None,
        "import",
        {"phone": ("090-1111-1111", "03-2222-2222")},
    )


def test_what_nobody_asked_for_is_the_systems_own(ito):
    assert born(ito) == ("+", None, "system", None)
