"""Amounts that nobody means, stored by another system: they are shown, and nothing breaks."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Holding
from tests.factories import CashInflowFactory, HoldingFactory, ProductFactory

MOST = 9_999_999_999_999_999  # of a column with 18 digits, two of them decimals
TABS = ["detail", "holdings", "notes", "customer-tasks", "inflows", "history", "as-of", "update"]


@pytest.fixture
def absurd(ito):
    """Two holdings of Ito in yen and one in dollars, each beyond every bound of ours."""
    for currency in ("JPY", "JPY", "USD"):
        product = ProductFactory(currency=currency)
        HoldingFactory(customer=ito, product=product, maturity_date="2027-03-31")
    huge = {"quantity": MOST, "unit_price": MOST, "current_price": MOST - 1}
    Holding.objects.without_history().update(**huge)
    call_command("catch_up", all=True, verbosity=0)
    soon = {"predicted_amount": 2**63 - 1, "predicted_date": timezone.localdate()}
    CashInflowFactory.create_batch(2, customer=ito, **soon)
    return ito


@pytest.mark.parametrize("tab", TABS)
def test_record_is_shown(page, absurd, tab):
    assert page.get(reverse(f"customers:{tab}", args=[absurd.pk])).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/customers", "/customers?assets=1億", "/chat?customer={}", "/api/customers/{}"]
)
def test_other_pages_are_shown(page, absurd, path):
    assert page.get(path.format(absurd.pk)).status_code == 200


@pytest.mark.parametrize("model", ["customer", "holding"])
def test_back_office_is_shown(client, office, absurd, model):
    client.force_login(office)

    row = absurd if model == "customer" else Holding.objects.first()
    one = reverse(f"admin:customers_{model}_change", args=[row.pk])
    pages = [client.get(url) for url in (reverse(f"admin:customers_{model}_changelist"), one)]

    assert [page.status_code for page in pages] == [200, 200]


def test_record_shows_the_figure(page, absurd):
    groups = page.get(absurd.get_absolute_url()).context["portfolio"].groups

    assert [f"{group.market:.4e}" for group in groups] == ["2.0000e+32", "1.0000e+32"]


def test_figure_that_its_column_cannot_hold_is_unknown(absurd):
    assert Customer.objects.get(pk=absurd.pk).yen_assets is None


def test_next_holding_of_that_customer_is_saved(page, absurd):
    HoldingFactory(customer=absurd, current_price=5)

    assert absurd.holdings.count() == 4


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_list_is_taken_out(page, absurd, kind):
    answer = page.post("/customers/export", {"kind": kind, "reason": "確認"})

    assert b"".join(answer.streaming_content)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE holdings SET quantity = 'NaN'",
        "UPDATE holdings SET unit_price = 'NaN'",
        "UPDATE holdings SET current_price = 'NaN'",
        "UPDATE holdings SET current_value = 'NaN'",
    ],
)
def test_number_that_is_none_is_shown_as_missing(page, sql, absurd, statement):
    sql(statement)
    call_command("catch_up", verbosity=0)
    paths = [f"/customers/{absurd.pk}", f"/customers/{absurd.pk}/history", "/", "/customers"]

    assert [page.get(path).status_code for path in paths] == [200] * 4
    answer = page.post("/customers/export", {"kind": "xlsx", "reason": "確認"})
    assert b"".join(answer.streaming_content)
