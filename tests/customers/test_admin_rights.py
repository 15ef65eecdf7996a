"""Who may write in the back office, and what nobody may delete."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from customers.roles import Role
from tests.customers.test_admin_form import ADD, change_url, typed
from tests.factories import AdviserFactory, HoldingFactory


def test_product_in_use_is_not_deleted_and_its_holders_are_not_named(client, ito):
    holding = HoldingFactory(customer=ito)
    client.force_login(AdviserFactory(is_staff=True, role=Role.ADMINISTRATOR))
    url = reverse("admin:customers_product_delete", args=[holding.product.pk])

    response = client.post(url, {"post": "yes"})

    assert response.context["protected"] == ["保有商品 1件"]


@pytest.mark.parametrize(
    "model", ["customer", "holding", "salesnote", "cashinflow", "product", "economicevent"]
)
def test_compliance_reads_and_does_not_write(client, compliance, model):
    client.force_login(compliance)

    assert client.get(reverse(f"admin:customers_{model}_changelist")).status_code == 200
    assert client.post(reverse(f"admin:customers_{model}_add"), {}).status_code == 403


def test_compliance_does_not_change_a_customer(client, compliance, ito):
    client.force_login(compliance)

    seen = client.get(change_url(ito))
    refused = client.post(change_url(ito), typed(ito, name="別人"))

    assert (seen.context["title"], refused.status_code) == ("顧客", 403)


def test_role_without_staff_flag_does_not_enter(client, tanaka):
    assert Group.objects.filter(user=tanaka, name=Role.ADVISER).exists()
    client.force_login(tanaka)

    response = client.get(ADD, follow=True)

    assert response.status_code == 403
