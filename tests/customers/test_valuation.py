"""A price or a quantity changes, the value beside it is left as it was: the gain must stay true."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Customer, Holding
from tests.customers.test_admin_conflict import filled
from tests.factories import HoldingFactory

STOCK = {"quantity": 100, "unit_price": 1000, "current_price": 1100, "current_value": 110_000}
BOND = {"quantity": 50_000, "unit_price": 1, "current_price": "98.5", "current_value": 49_250}


def url(holding):
    return reverse("customers:holding-update", args=[holding.pk])


def shown(page, holding):
    form = page.get(url(holding)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def edited(page, holding, **typed):
    """The answer to a save of the dialog in which only this was typed."""
    return page.post(url(holding), shown(page, holding) | typed)


def group(page, customer):
    return page.get(customer.get_absolute_url()).context["portfolio"].groups[0]


@pytest.mark.parametrize(
    ("typed", "market", "gain"),
    [
        ({"current_price": "1,200"}, 120_000, 20_000),
        ({"quantity": "50"}, 55_000, 5_000),
        ({"quantity": "50", "current_price": "1200"}, 60_000, 10_000),
        ({"current_price": "1200", "current_value": "115000"}, 115_000, 15_000),
        ({"current_price": "1200", "current_value": ""}, 120_000, 20_000),
        ({"unit_price": "900"}, 110_000, 20_000),
    ],
    ids=["price", "part sold", "both", "value typed", "value emptied", "cost"],
)
def test_market_and_gain_follow_what_was_typed(typed, market, gain, page, ito):
    edited(page, HoldingFactory(customer=ito, **STOCK), **typed)

    held = group(page, ito)
    assert (held.market, held.gain) == (market, gain)
    assert Customer.objects.get(pk=ito.pk).yen_assets == market


def test_value_that_follows_is_stored_for_other_systems(page, ito):
    holding = HoldingFactory(customer=ito, **STOCK | {"quantity": "0.33", "current_value": 363})

    edited(page, holding, current_price="1100.55")

    assert Holding.objects.get().current_value == Decimal("363.18")


@pytest.mark.parametrize(
    "typed", [{"current_price": "99"}, {"quantity": "25000"}, {"current_price": ""}], ids=range(3)
)
def test_value_that_was_no_product_is_asked_for(typed, page, ito):
    holding = HoldingFactory(customer=ito, **BOND)

    form = edited(page, holding, **typed).context["form"]

    assert list(form.errors) == ["current_value"]
    assert "新しい評価額を入力してください" in form.errors["current_value"][0]
    assert Holding.objects.get().current_price == Decimal("98.5")


@pytest.mark.parametrize(("value", "stored"), [("49500", 49_500), ("49250", 49_250), ("", None)])
def test_answer_is_taken_also_when_it_is_the_old_value(value, stored, page, ito):
    holding = HoldingFactory(customer=ito, **BOND)
    asked = edited(page, holding, current_price="99").context["form"]

    again = {name: asked[name].value() or "" for name in asked.fields}
    page.post(url(holding), again | {"current_value": value})

    holding.refresh_from_db()
    assert (holding.current_price, holding.current_value) == (99, stored)


def test_first_price_of_a_holding_with_a_value_is_compared_with_it(page, ito):
    holding = HoldingFactory(customer=ito, **STOCK | {"current_price": None})

    answers = [edited(page, holding, current_price=price) for price in ("1200", "1100")]

    assert [answer.status_code for answer in answers] == [200, 302]


def test_other_edits_leave_the_value_alone(page, ito):
    holding = HoldingFactory(customer=ito, **BOND)

    assert edited(page, holding, maturity_date="2030/03/31").status_code == 302
    assert Holding.objects.get().current_value == 49_250


def test_product_beyond_the_column_is_refused(page, ito):
    holding = HoldingFactory(customer=ito, **STOCK)

    form = edited(page, holding, quantity="9999兆").context["form"]

    assert "桁数が多すぎます" in form.errors["current_value"][0]


# --- Back office ------------------------------------------------------------------------------


@pytest.fixture(params=["page", "row"])
def office_form(request, client, office):
    """Saves a holding in the back office: on its own page or as a row of its customer's."""
    client.force_login(office)

    def save(holding, **typed):
        row = holding if request.param == "page" else holding.customer
        address = reverse(f"admin:customers_{row._meta.model_name}_change", args=[row.pk])
        prefix = "" if request.param == "page" else "holdings-0-"
        sent = filled(client.get(address)) | {prefix + n: value for n, value in typed.items()}
        return address, client.post(address, sent)

    return save


def test_back_office_part_sale_takes_the_value_along(office_form, ito):
    holding = HoldingFactory(customer=ito, **STOCK)

    office_form(holding, quantity="50")

    holding.refresh_from_db()
    assert (holding.quantity, holding.current_value) == (50, 55_000)


def test_back_office_is_asked_once(office_form, client, ito):
    holding = HoldingFactory(customer=ito, **BOND)

    address, asked = office_form(holding, quantity="25000")
    client.post(address, filled(asked))

    assert "新しい評価額を入力してください" in asked.text
    assert Holding.objects.values_list("quantity", "current_value").get() == (25_000, 49_250)
