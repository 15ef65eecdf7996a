"""One rule at every door for holdings, inflows and products: page, admin, its rows, import."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from customers.models import CashInflow, Holding, Product
from tests.customers.original import changed, write_files
from tests.factories import CashInflowFactory, HoldingFactory, ProductFactory

MODELS = {"holding": Holding, "inflow": CashInflow}
NO_ROWS = {
    f"{prefix}-{count}_FORMS": "0"
    for prefix in ("holdings", "notes", "cash_inflows")
    for count in ("TOTAL", "INITIAL")
}


@pytest.fixture
def back_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def bond(db):
    return ProductFactory(product_code="BOND-1")


def shown(client, url):
    """What the browser would send back from this form."""
    context = client.get(url).context
    form = context["adminform"].form if "adminform" in context else context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def change(row):
    return reverse(f"admin:customers_{row._meta.model_name}_change", args=[row.pk])


# --- Currencies ------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["usd", "ＵＳＤ", "US$", "米ドル"])
def test_currency_of_a_holding_is_stored_as_its_code(back_office, ito, bond, typed):
    holding = HoldingFactory(customer=ito, product=bond)

    back_office.post(change(holding), shown(back_office, change(holding)) | {"currency": typed})

    assert Holding.objects.get().currency == "USD"


def test_currency_of_a_product_is_stored_as_its_code(back_office, bond):
    back_office.post(change(bond), shown(back_office, change(bond)) | {"currency": "€"})

    assert Product.objects.get().currency == "EUR"


def test_no_currency_is_refused_beside_its_field(back_office, bond):
    typed = shown(back_office, change(bond)) | {"currency": "ビットコイン"}

    errors = back_office.post(change(bond), typed).context["adminform"].form.errors

    assert (list(errors), "JPY や USD" in errors["currency"][0]) == (["currency"], True)


def test_currency_that_another_system_stored_stays(back_office, ito, bond):
    holding = HoldingFactory(customer=ito, product=bond)
    Holding.objects.without_history().update(currency="XBT")
    typed = shown(back_office, change(holding)) | {"quantity": "7"}

    back_office.post(change(holding), typed)

    assert Holding.objects.values_list("currency", "quantity").get() == ("XBT", 7)


def test_import_reads_currencies_and_stays_the_same(db, tmp_path):
    write_files(tmp_path, changed("products.csv", "USD", "米ドル"))
    for _ in range(2):
        call_command("import_original", str(tmp_path), verbosity=0)

    fund = Product.objects.get(product_code="US-ETF")
    assert (fund.currency, fund.history.count()) == ("USD", 1)
    assert set(fund.holdings.values_list("currency", flat=True)) == {"USD"}


# --- What makes no sense ---------------------------------------------------------------------
HOLDING = {
    "customer": "",
    "product": "",
    "quantity": "20",
    "unit_price": "100万",
    "purchase_date": "2026/4/1",
    "status": "active",
}
WRONG_HOLDING = {
    "nothing": ({"quantity": "0"}, "quantity"),
    "less": ({"quantity": "-5"}, "quantity"),
    "price": ({"unit_price": "-1"}, "unit_price"),
    "value": ({"current_value": "▲1億"}, "current_value"),
    "paid-back-before-bought": ({"maturity_date": "2020/1/1"}, "maturity_date"),
    "absurd": ({"quantity": "900兆"}, "quantity"),
}
INFLOW = {"predicted_amount": "1.5億", "predicted_date": "R9.3.31", "status": "predicted"}
WRONG_INFLOW = {
    "negative": ({"predicted_amount": "▲1.5億"}, ["predicted_amount"]),
    "received-without-facts": ({"status": "received"}, ["actual_amount", "actual_date"]),
    "received-on-no-day": ({"status": "received", "actual_amount": "5"}, ["actual_date"]),
}


def by_page(client, customer, kind, fields):
    response = client.post(reverse(f"customers:{kind}-create", args=[customer.pk]), fields)
    return response.context and list(response.context["form"].errors)


def by_admin(client, customer, kind, fields):
    url = reverse(f"admin:customers_{MODELS[kind]._meta.model_name}_add")
    response = client.post(url, fields | {"customer": customer.pk})
    return response.context and list(response.context["adminform"].form.errors)


def by_row(client, customer, kind, fields):
    """In the table below the customer's form, which lacks some of the fields."""
    url = reverse("admin:customers_customer_change", args=[customer.pk])
    prefix = {"holding": "holdings", "inflow": "cash_inflows"}[kind]
    rows = {f"{prefix}-0-{name}": value for name, value in fields.items()}
    data = shown(client, url) | NO_ROWS | rows | {f"{prefix}-TOTAL_FORMS": "1"}
    response = client.post(url, data)
    sets = [one.formset for one in response.context["inline_admin_formsets"]]
    return next(list(one.errors[0]) for one in sets if one.prefix == prefix)


doors = pytest.mark.parametrize("send", [by_page, by_admin, by_row], ids=lambda door: door.__name__)


@doors
@pytest.mark.parametrize(("typed", "field"), WRONG_HOLDING.values(), ids=WRONG_HOLDING)
def test_holding_that_makes_no_sense_is_refused(send, back_office, ito, bond, typed, field):
    product = bond.product_code if send is by_page else bond.pk

    errors = send(back_office, ito, "holding", HOLDING | {"product": product} | typed)

    assert (errors, Holding.objects.count()) == ([field], 0)


@doors
@pytest.mark.parametrize(("typed", "fields"), WRONG_INFLOW.values(), ids=WRONG_INFLOW)
def test_inflow_that_makes_no_sense_is_refused(send, back_office, ito, typed, fields):
    errors = send(back_office, ito, "inflow", INFLOW | typed)

    assert (errors, CashInflow.objects.count()) == (fields, 0)


def test_field_that_cannot_be_read_is_said_once(back_office, ito):
    typed = INFLOW | {"status": "received", "actual_amount": "たくさん", "actual_date": "R9.4.1"}

    response = back_office.post(reverse("customers:inflow-create", args=[ito.pk]), typed)

    assert len(response.context["form"].errors["actual_amount"]) == 1


@pytest.mark.parametrize("address", ["customers:holding-update", "admin:customers_holding_change"])
def test_holding_that_another_system_stored_so_stays_editable(back_office, ito, bond, address):
    holding = HoldingFactory(customer=ito, product=bond)
    odd = {"quantity": -5, "current_price": 10**15, "maturity_date": "2020-01-01"}
    Holding.objects.without_history().update(**odd)
    url = reverse(address, args=[holding.pk])

    back_office.post(url, shown(back_office, url) | {"status": "sold"})

    assert Holding.objects.values_list("quantity", "status").get() == (-5, "sold")


@pytest.mark.parametrize(
    "address", ["customers:inflow-update", "admin:customers_cashinflow_change"]
)
def test_inflow_that_another_system_stored_so_stays_editable(back_office, ito, address):
    inflow = CashInflowFactory(customer=ito)
    CashInflow.objects.without_history().update(predicted_amount=-1, status="received")
    url = reverse(address, args=[inflow.pk])

    back_office.post(url, shown(back_office, url) | {"source_type": "bonus"})

    stored = CashInflow.objects.values_list("predicted_amount", "actual_amount", "source_type")
    assert stored.get() == (-1, None, "bonus")


def test_minimum_of_a_product_is_not_negative(back_office, bond):
    typed = shown(back_office, change(bond)) | {"minimum_investment": "▲1万"}

    errors = back_office.post(change(bond), typed).context["adminform"].form.errors

    assert list(errors) == ["minimum_investment"]
