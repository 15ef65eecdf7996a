import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.urls import reverse

from customers.roles import Role
from tests.factories import AdviserFactory, CustomerFactory

PAGES = [
    "dashboard:home",
    "customers:list",
    "customers:create",
    "customers:tasks",
    "customers:any-task-create",
    "chat:home",
    "api-docs",
    "admin:index",
    "admin:customers_customer_changelist",
    "admin:customers_customer_add",
    "admin:customers_holding_add",
]


@pytest.fixture
def collected(settings, tmp_path):
    """What the server serves in production: files with hashes, and a manifest of them."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
        }
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    return staticfiles_storage


def test_every_page_finds_its_files_in_the_manifest(collected, client, db):
    CustomerFactory()
    client.force_login(AdviserFactory(is_staff=True, is_superuser=True, role=Role.ADMINISTRATOR))

    statuses = {page: client.get(reverse(page)).status_code for page in PAGES}

    assert statuses == dict.fromkeys(PAGES, 200)


def test_packages_files_that_no_page_asks_for_stay_behind(collected):
    assert not collected.exists("bootstrap/js/jquery.min.js")
    assert not collected.exists("rest_framework/css/bootstrap.min.css")


def test_of_htmx_one_file_is_served(collected):
    folders, files = collected.listdir("django_htmx")

    assert folders == []
    assert {re.sub(r"\.[0-9a-f]{12}", "", name) for name in files} == {"htmx-2.min.js"}
