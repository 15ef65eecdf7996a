"""Contact and suitability of a customer, changed over the record."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from customers.models import Customer
from tests.factories import CustomerFactory

HTMX = {"HX-Request": "true"}


def url(name, customer):
    return reverse(f"customers:{name}", args=[customer.pk])


def shown(page, name, customer):
    form = page.get(url(name, customer)).context["form"]
    return {field: form[field].value() or "" for field in form.fields}


def test_dialogs_ask_for_their_own_fields_only(page, ito):
    contact, facts = (shown(page, name, ito) for name in ("contact", "facts"))

    assert {"phone", "email", "address"} <= set(contact)
    assert {"annual_income", "net_worth", "risk_tolerance"} <= set(facts)
    assert not set(contact) & {"name", "risk_tolerance"} | set(facts) & {"name", "phone"}


def test_contact_changes_and_the_rest_stays(page, ito, tanaka):
    typed = shown(page, "contact", ito) | {"phone": "03-1234-5678"}

    response = page.post(url("contact", ito), typed, headers=HTMX)

    ito.refresh_from_db()
    assert (response.status_code, ito.phone, ito.name) == (204, "03-1234-5678", "伊藤正雄")
    assert (ito.risk_tolerance, ito.sales_rep) == ("3", tanaka)


def test_facts_are_taken_as_people_write_them(page, ito):
    typed = shown(page, "facts", ito) | {"annual_income": "2500万", "risk_tolerance": "4"}

    response = page.post(url("facts", ito), typed)

    ito.refresh_from_db()
    assert (ito.annual_income, ito.risk_tolerance) == (25_000_000, "4")
    assert response.url == ito.get_absolute_url()


def said(response):
    return [(one.level_tag, str(one)) for one in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("name", "typed"), [("contact", {"phone": "03-1234-5678"}), ("facts", {"occupation": "医師"})]
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
def test_save_is_confirmed(name, typed, headers, page, ito):
    response = page.post(url(name, ito), shown(page, name, ito) | typed, headers=headers)

    assert said(response) == [("success", "変更を保存しました")]


def test_address_that_others_may_refuse_is_taken_with_a_warning(page, ito):
    typed = shown(page, "contact", ito) | {"email": "a..b@docomo.ne.jp"}

    (_, done), (level, words) = said(page.post(url("contact", ito), typed, headers=HTMX))

    assert (done, level) == ("変更を保存しました", "warning")
    assert words.startswith("a..b@docomo.ne.jp は、ほかの会社のメールからは送れないことがある形")


def test_refused_contact_says_why_and_keeps_what_was_typed(page, ito):
    CustomerFactory(email="taken@example.com")
    typed = shown(page, "contact", ito) | {"email": "taken@example.com", "phone": "03-1234-5678"}

    form = page.post(url("contact", ito), typed).context["form"]

    assert (list(form.errors), form["phone"].value()) == (["email"], "03-1234-5678")


def test_contact_changed_meanwhile_is_shown_beside_ones_own(page, ito, office):
    typed = shown(page, "contact", ito) | {"phone": "03-1234-5678"}
    ito.phone, ito._history_user = "03-9999-9999", office
    ito.save()

    response = page.post(url("contact", ito), typed, headers=HTMX)

    assert ["西村恵さんが先に" in response.text, "03-9999-9999" in response.text] == [True, True]
    assert Customer.objects.get(pk=ito.pk).phone == "03-9999-9999"


@pytest.mark.parametrize("name", ["contact", "facts"])
def test_anothers_and_archived_customers_are_missing(name, page, ito, nakamura):
    ito.archive()

    answers = [page.get(url(name, one)) for one in (ito, nakamura)]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("name", ["contact", "facts"])
def test_compliance_changes_nothing(name, client, compliance, ito):
    client.force_login(compliance)

    assert client.post(url(name, ito), {}).status_code == 403
