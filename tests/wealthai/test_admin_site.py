"""The way into the back office and out of it."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test.utils import override_script_prefix
from django.urls import reverse

from chat.models import Rating
from customers.models import AccessRecordCustomer, ForeignWrite
from customers.roles import Role
from tests.factories import AdviserFactory, CashInflowFactory, EconomicEventFactory
from wealthai.models import IdempotencyKey, Measurement, RateBucket, TimerRun

INDEX = reverse("admin:index")
LOG_IN = reverse("admin:login")


def test_stranger_goes_to_the_applications_log_in_and_back(client, db):
    wanted = reverse("admin:customers_customer_changelist")

    chain = client.get(wanted, {"q": "C001"}, follow=True).redirect_chain

    assert chain[-1] == (f"{reverse('account_login')}?next={wanted}%3Fq%3DC001", 302)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_log_in_leads_to_no_other_site(client, db, target):
    response = client.get(LOG_IN, {"next": target})

    assert response.url == f"{reverse('account_login')}?next={INDEX}"


def test_log_in_sends_the_signed_in_on(client, office):
    client.force_login(office)

    response = client.get(LOG_IN, {"next": reverse("admin:customers_product_changelist")})

    assert response.url == reverse("admin:customers_product_changelist")


def test_log_in_tells_the_signed_in_without_the_right(client, tanaka):
    client.force_login(tanaka)

    response = client.get(INDEX, follow=True)

    assert (response.status_code, len(response.redirect_chain)) == (403, 1)


def test_switched_off_people_are_strangers(client, office):
    client.force_login(office)
    office.is_active = False
    office.save()

    assert client.get(INDEX).status_code == 302


def test_log_out_ends_the_session(client, office):
    client.force_login(office)

    response = client.post(reverse("admin:logout"))

    assert (response.url, "_auth_user_id" in client.session) == (reverse("account_login"), False)


def test_password_is_changed_on_the_applications_page(client, office):
    client.force_login(office)

    response = client.get(reverse("admin:password_change"))

    assert response.url == reverse("account_change_password")


def test_start_page_lists_own_apps_first_and_by_use(client, db):
    client.force_login(AdviserFactory(is_staff=True, role=Role.ADMINISTRATOR))

    apps = client.get(INDEX).context["app_list"]

    assert [app["name"] for app in apps] == [
        "顧客と商品",
        "一括変更の記録",
        "AIチャット",
        "権限",
    ]
    assert [model["name"] for model in apps[0]["models"]][:3] == ["顧客", "保有商品", "営業メモ"]


def test_every_link_of_every_filter_opens(client, db):
    client.force_login(AdviserFactory(is_staff=True, role=Role.ADMINISTRATOR))
    EconomicEventFactory()
    CashInflowFactory()
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]

    links = {
        url + choice["query_string"]
        for url in lists
        for cl in [client.get(url).context["cl"]]
        for spec in cl.filter_specs
        for choice in spec.choices(cl)
    }
    dates = [
        reverse("admin:customers_cashinflow_changelist") + "?predicted_date__year=2027",
        reverse("admin:customers_economicevent_changelist") + "?event_date__year=2026"
        "&event_date__month=12&event_date__day=18",
    ]

    assert len(links) > 60
    assert {client.get(link).status_code for link in [*links, *dates]} == {200}


def test_links_stand_under_the_prefix(client, office):
    client.force_login(office)

    with override_script_prefix("/crm/"):
        page = client.get(INDEX, SCRIPT_NAME="/crm").content.decode()

    assert 'href="/crm/admin/customers/customer/"' in page
    assert 'href="/crm/"' in page


def test_every_own_table_is_registered_except_the_machines():
    own = {
        model
        for label in ("wealthai", "customers", "chat", "dashboard")
        for model in apps.get_app_config(label).get_models()
        if not hasattr(model, "history_object")
    }

    machines = {
        AccessRecordCustomer,
        ForeignWrite,
        IdempotencyKey,
        Measurement,
        RateBucket,
        TimerRun,
    }
    assert own - set(admin.site._registry) == machines | {Rating}  # on the page of its answer
