"""Every address on every page has the prefix: FORCE_SCRIPT_NAME in a real server."""

import re

import pytest
from django.urls import reverse

from tests.deploy.conftest import PASSWORD
from tests.deploy.site import Browser, Site

# django_db: pytest makes a database only for marked tests; the site commits into it by itself.
pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

ADDRESS = re.compile(r'\s(?:href|src|action|data-[a-z-]+)="(/[^"]*)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory, sato, model_url):
    site = Site(tmp_path_factory.mktemp("site"), model_url)
    site.environment["REQUIRE_MFA"] = "0"
    with site.running():
        yield site


@pytest.fixture(scope="module")
def signed_in(site):
    browser = Browser(site)
    assert browser.log_in("NG001", PASSWORD).status == 302
    return browser


@pytest.mark.parametrize(
    "name",
    ["dashboard:home", "customers:list", "customers:create", "chat:home", "api-docs", "mfa_index"],
)
def test_page_names_no_address_without_the_prefix(signed_in, name):
    response = signed_in.get("/crm" + reverse(name))

    addresses = ADDRESS.findall(response.data.decode())

    assert response.status == 200
    assert [each for each in addresses if not each.startswith("/crm/")] == []
    assert len(addresses) > 3


def test_missing_page_leads_back_below_the_prefix(signed_in):
    response = signed_in.get("/crm/customers/99999999")

    assert response.status == 404
    assert 'href="/crm/customers"' in response.data.decode()


def test_api_names_no_address_without_the_prefix(signed_in):
    created = signed_in.get("/crm/api/customers?page_size=1")

    assert created.status == 200
    assert '"/api/' not in created.data.decode()
