"""One rule at every door for holdings, inflows and products: page, admin, its rows, import."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from customers.models import Holding, Product
from tests.customers.original import changed, write_files
from tests.factories import HoldingFactory, ProductFactory


@pytest.fixture
def back_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def bond(db):
    return ProductFactory(product_code="BOND-1")


def shown(client, url):
    """What the browser would send back from this form of the back office."""
    form = client.get(url).context["adminform"].form
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
