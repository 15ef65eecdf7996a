"""Taking customers out, and changing what people may do, ask once more who is at the keyboard."""

import time

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers.models import AccessRecord, Adviser
from customers.roles import Role
from tests.factories import AdviserFactory
from wealthai.models import ChangeBatch

PASSWORD = "kumo-to-ame-2026"
ASKED = reverse("account_reauthenticate")
EXPORT = reverse("customers:export")
ANSWERS = {"kind": "csv", "reason": "月次報告"}


@pytest.fixture(autouse=True)
def fast_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def signed_in(person, minutes_ago):
    """A session whose person typed the password so long ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    typed = {"method": "password", "at": time.time() - 60 * minutes_ago}
    session["account_authentication_methods"] = [typed]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


@pytest.fixture
def stale(tanaka):
    return signed_in(with_password(tanaka), minutes_ago=16)


@pytest.fixture
def boss(db):
    person = with_password(AdviserFactory(is_staff=True, role=Role.ADMINISTRATOR))
    return signed_in(person, minutes_ago=16)


def confirm(client, answer):
    return client.post(answer.url, {"password": PASSWORD})


def test_export_right_after_log_in_asks_for_nothing(tanaka, ito):
    client = signed_in(with_password(tanaka), minutes_ago=14)

    assert client.get(EXPORT).status_code == 200


def test_export_asks_for_the_password_and_goes_on_with_the_list(stale, ito):
    asked = stale.get(reverse("customers:export", query={"q": "伊藤"}))
    answer = confirm(stale, asked)

    assert asked.url.startswith(ASKED)
    assert answer.url == f"{EXPORT}?q=%E4%BC%8A%E8%97%A4"
    assert stale.get(answer.url).status_code == 200


def test_file_leaves_only_after_the_password(stale, ito):
    asked = stale.post(EXPORT, ANSWERS)
    before = AccessRecord.objects.filter(act="export").count()

    file = confirm(stale, asked)

    assert (asked.status_code, before) == (302, 0)
    assert "伊藤正雄" in b"".join(file.streaming_content).decode("utf-8-sig")


def test_preview_of_a_bulk_edit_leaves_only_after_the_password(stale, ito):
    chosen = {"ids": str(ito.pk), "change": "risk_tolerance", "risk_tolerance": "4", "step": "csv"}

    asked = stale.post(reverse("customers:bulk-edit"), chosen)
    before = AccessRecord.objects.filter(act="export").count()
    file = confirm(stale, asked)

    assert (asked.status_code, before) == (302, 0)
    assert "伊藤正雄" in b"".join(file.streaming_content).decode("utf-8-sig")


def test_wrong_password_lets_nothing_out(stale, ito):
    asked = stale.post(EXPORT, ANSWERS)

    answer = stale.post(asked.url, {"password": "kumo-to-ame-2025"})

    assert (answer.status_code, stale.get(EXPORT).status_code) == (200, 302)


@pytest.mark.parametrize("of", ["history", "batch"])
def test_download_leads_back_to_the_page_that_offers_it(stale, ito, tanaka, of):
    batch = ChangeBatch.objects.create(kind="bulk_edit", user=tanaka, reason="x", summary="x")
    name, page, pk = {
        "history": ("customers:history-export", "customers:history", ito.pk),
        "batch": ("customers:batch-export", "customers:batch-detail", batch.pk),
    }[of]

    asked = stale.get(reverse(name, args=[pk]))

    assert confirm(stale, asked).url == reverse(page, args=[pk])
    assert stale.get(reverse(name, args=[pk]))["Content-Disposition"].startswith("attachment")


def test_records_of_who_looked_leave_only_after_the_password(compliance):
    client = signed_in(with_password(compliance), minutes_ago=16)

    assert client.get(reverse("customers:access-records-export")).url.startswith(ASKED)


@pytest.mark.parametrize(
    "name",
    ["admin:customers_adviser_change", "admin:auth_user_password_change"]
    + ["admin:customers_adviser_access"],
)
def test_rights_of_a_person_are_opened_only_after_the_password(boss, tanaka, name):
    asked = boss.get(reverse(name, args=[tanaka.pk]))

    assert asked.url.startswith(ASKED)
    assert boss.get(confirm(boss, asked).url).status_code == 200


def test_role_that_is_sent_waits_for_the_password(boss, suzuki):
    url = reverse("admin:customers_adviser_change", args=[suzuki.pk])

    asked = boss.post(url, {"role_names": [Role.ADMINISTRATOR]})

    assert asked.url.startswith(ASKED)
    assert set(suzuki.groups.all()) == {Group.objects.get(name=Role.ADVISER)}


def test_who_may_only_look_at_people_is_asked_for_nothing(manager, tanaka):
    client = signed_in(with_password(manager), minutes_ago=16)

    answer = client.get(reverse("admin:customers_adviser_change", args=[tanaka.pk]))

    assert answer.status_code == 200


def test_confirmation_holds_for_one_session_only(stale, tanaka, ito):
    other = signed_in(Adviser.objects.get(pk=tanaka.pk), minutes_ago=16)
    confirm(stale, stale.get(EXPORT))

    assert (stale.get(EXPORT).status_code, other.get(EXPORT).status_code) == (200, 302)
