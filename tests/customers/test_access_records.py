"""閲覧記録: one row for each look at a record and each export; read by compliance alone."""

import csv
import datetime
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.access import log_access
from customers.models import AccessRecord
from customers.roles import Role
from tests.factories import (
    AdviserFactory,
)

LIST = reverse("customers:access-records")
EXPORT = reverse("customers:access-records-export")


def shown(response):
    return [(row.user.rep_code, row.customer.customer_code) for row in response.context["records"]]


@pytest.fixture
def looks(ito, nakamura, tanaka, suzuki, rf):
    """Tanaka saw Ito, then Suzuki saw Nakamura and took Ito's history out."""
    for user, act, customer in (
        (tanaka, "view", ito),
        (suzuki, "view", nakamura),
        (suzuki, "export", ito),
    ):
        request = rf.get("/")
        request.user = user
        log_access(request, act, customer=customer, rows=3 if act == "export" else None)


@pytest.fixture
def auditor(client, compliance):
    client.force_login(compliance)
    return client


# --- What is written stays (see also tests/wealthai/test_evidence.py) -------------------------
def test_admin_shows_rows_and_changes_none(client, looks):
    administrator = AdviserFactory(is_staff=True, is_superuser=True)
    client.force_login(administrator)
    row = AccessRecord.objects.first()
    urls = [
        reverse("admin:customers_accessrecord_add"),
        reverse("admin:customers_accessrecord_change", args=[row.pk]),
        reverse("admin:customers_accessrecord_delete", args=[row.pk]),
    ]

    assert client.get(reverse("admin:customers_accessrecord_changelist")).status_code == 200
    assert [client.post(url, {"post": "yes"}).status_code for url in urls] == [403, 403, 403]


# --- Who reads it ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.COMPLIANCE, 200),
        (Role.BACK_OFFICE, 403),
        (Role.BRANCH_MANAGER, 403),
        (Role.ADVISER, 403),
    ],
    ids=["administrator", "compliance", "office", "manager", "adviser"],
)
@pytest.mark.parametrize(
    "name",
    [
        "customers:access-records",
        "customers:access-records-export",
        "admin:customers_accessrecord_changelist",
        "admin:wealthai_changebatch_changelist",
    ],
)
def test_compliance_and_administrators_read_it(client, db, role, status, name):
    client.force_login(AdviserFactory(is_staff=True, role=role))

    assert client.get(reverse(name)).status_code == status


def test_nobody_else_sees_a_row(looks, office, manager, tanaka, compliance):
    counts = [
        AccessRecord.objects.visible_to(user).count()
        for user in (office, manager, tanaka, compliance)
    ]

    assert counts == [0, 0, 0, 3]


def test_history_links_to_the_looks_for_who_may_read_them(auditor, page, ito, compliance, tanaka):
    link = f"{LIST}?customer=C001"
    url = reverse("customers:history", args=[ito.pk])
    auditor.force_login(compliance)
    seen_by_auditor = auditor.get(url).text
    page.force_login(tanaka)

    assert (link in seen_by_auditor, link in page.get(url).text) == (True, False)


# --- The two questions ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [("SR003", "C001"), ("SR003", "C003"), ("SR001", "C001")]),
        ({"customer": "C001"}, [("SR003", "C001"), ("SR001", "C001")]),
        ({"customer": "伊藤"}, [("SR003", "C001"), ("SR001", "C001")]),
        ({"person": "SR003"}, [("SR003", "C001"), ("SR003", "C003")]),
        ({"person": "鈴木"}, [("SR003", "C001"), ("SR003", "C003")]),
        ({"act": "export"}, [("SR003", "C001")]),
        ({"person": "SR003", "customer": "C003"}, [("SR003", "C003")]),
        ({"person": "C001"}, []),
    ],
    ids=str,
)
def test_who_saw_whom(auditor, looks, query, found):
    assert shown(auditor.get(LIST, query)) == found


def test_period_of_days_in_japan(auditor, looks):
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(days=1)

    assert len(shown(auditor.get(LIST, {"date_from": today, "date_to": today}))) == 3
    assert auditor.get(LIST, {"date_to": yesterday}).context["records"] == []


def test_file_is_found_by_each_customer_in_it(auditor, rf, tanaka, ito, ono, nakamura):
    request = rf.get("/")
    request.user = tanaka
    log_access(request, "export", detail="面談（Excel（xlsx））", rows=2, keys=[ito.pk, ono.pk])

    found = {
        code: [
            (record.get_act_display(), record.detail)
            for record in auditor.get(LIST, {"customer": code}).context["records"]
        ]
        for code in ("C001", "C012", "C003")
    }

    file = ("出力", "面談（Excel（xlsx））")
    assert found == {"C001": [file], "C012": [file], "C003": []}


def test_exported_list_is_found_by_its_customers(page, auditor, compliance, tanaka, ito, ono):
    page.force_login(tanaka)
    url = reverse("customers:export", query={"ids": ito.pk})
    b"".join(page.post(url, {"kind": "csv", "reason": "面談"}))
    auditor.force_login(compliance)

    shown = auditor.get(LIST, {"customer": "C001"})

    assert [record.rows for record in shown.context["records"]] == [1]
    assert all(text in shown.text for text in ("出力", "CSV（UTF-8）", "この顧客を含む"))
    assert auditor.get(LIST, {"customer": "C012"}).context["records"] == []


def test_page_of_the_api_list_is_found_by_its_customers(api, auditor, ito):
    api.get("/api/customers")

    [record] = auditor.get(LIST, {"customer": "C001"}).context["records"]

    assert record.get_act_display() == "一覧の取得"


def test_admin_finds_a_file_by_its_customers(auditor, api, ito):
    api.get("/api/customers")

    page = auditor.get(reverse("admin:customers_accessrecord_changelist"), {"q": "伊藤"})

    assert page.context["cl"].result_count == 1


@pytest.mark.parametrize(
    "query",
    [{"act": "x"}, {"date_from": "x"}, {"person": "あ" * 101}, {"customer": "あ" * 101}],
    ids=str,
)
def test_condition_that_is_not_understood_is_asked_for_again(auditor, looks, query):
    response = auditor.get(LIST, query)

    assert list(response.context["query"].errors) == list(query)
    assert "records" not in response.context


def test_list_goes_on_where_it_ended(auditor, ito, tanaka):
    for _ in range(103):
        AccessRecord.objects.create(user=tanaka, customer=ito, act="view", source="page")

    first = auditor.get(LIST)
    second = auditor.get(LIST + first.context["next"])

    assert [len(shown(response)) for response in (first, second)] == [100, 3]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_five_queries(count, auditor, ito, tanaka, django_assert_num_queries):
    for _ in range(count):
        AccessRecord.objects.create(user=tanaka, customer=ito, act="view", source="page")

    with django_assert_num_queries(5):
        auditor.get(LIST)


def test_export_is_the_filtered_list_and_is_logged_itself(auditor, looks):
    data = b"".join(auditor.get(EXPORT, {"customer": "C001"}).streaming_content)

    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert [(row[2], row[3], row[5], row[6]) for row in rows] == [
        ("SR003", "出力", "C001", "3"),
        ("SR001", "閲覧", "C001", ""),
    ]
    newest = AccessRecord.objects.first()
    assert (newest.act, newest.rows, newest.detail) == ("export", 2, "閲覧記録 ?customer=C001")


def test_old_code_of_no_customer_is_found_by_its_given_one(auditor, tanaka, ito):
    bare = ito
    type(bare).objects.filter(pk=bare.pk).without_history().update(customer_code=None)
    AccessRecord.objects.create(user=tanaka, customer=bare, act="view", source="page")

    records = auditor.get(LIST, {"customer": f"W{bare.pk}"}).context["records"]

    assert [record.customer_id for record in records] == [bare.pk]
