import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from customers.models import Customer


def issue(*arguments):
    out = io.StringIO()
    call_command("issue_token", *arguments, stdout=out)
    return out.getvalue()


def bearer(token):
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def token(tanaka):
    return AuthToken.objects.create(tanaka)[1]


def test_token_opens_the_api(token, ito, nakamura):
    page = bearer(token).get("/api/customers").json()

    assert [row["name"] for row in page["results"]] == ["伊藤正雄"]


def test_token_needs_no_csrf_token(token):
    caller = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})

    response = caller.post("/api/customers", {"name": "大野"}, content_type="application/json")

    assert response.status_code == 201


def test_token_writes_its_person_into_history(token, tanaka):
    bearer(token).post("/api/customers", {"name": "大野"}, content_type="application/json")

    change = Customer.history.get()
    assert (change.history_user, change.source) == (tanaka, "api")


def test_token_opens_no_page(token, ito):
    assert bearer(token).get(f"/customers/{ito.pk}").status_code == 302


def test_token_is_stored_as_a_hash(token):
    row = AuthToken.objects.get()

    assert (token in row.digest, len(row.digest)) == (False, 128)


def test_expired_token_is_401(token):
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    response = bearer(token).get("/api/customers")

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_token_of_a_deactivated_person_is_401(token, tanaka):
    tanaka.is_active = False
    tanaka.save()

    assert bearer(token).get("/api/customers").status_code == 401


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer x", "Bearer a b", "Bearer é", "Bearer " + "0" * 9000, "Bearer \x00"],
    ids=["empty", "wrong", "two", "not-ascii", "long", "nul"],
)
def test_unreadable_token_is_401(db, header):
    response = Client(headers={"Authorization": header}).get("/api/customers")

    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")


def test_issue_token_prints_a_token_that_works_until_its_day(tanaka, ito):
    printed = issue("SR001", "--days", "7")

    token = re.search(r"\b[0-9a-f]{64}\b", printed)[0]
    day = timezone.localdate(AuthToken.objects.get().expiry)
    assert bearer(token).get("/api/customers").status_code == 200
    assert day == timezone.localdate() + timedelta(days=7)
    assert f"{day:%Y/%m/%d}" in printed


def test_issue_token_lives_as_long_as_the_settings_say(tanaka):
    issue("SR001")

    left = AuthToken.objects.get().expiry - timezone.now()
    assert round(left / timedelta(days=1)) == 90


@pytest.mark.parametrize(
    "arguments",
    [["SR404"], ["SR001", "--days", "0"], ["SR001", "--days", "4000"]],
    ids=["unknown", "no-days", "too-many-days"],
)
def test_issue_token_refuses(tanaka, arguments):
    with pytest.raises(CommandError):
        issue(*arguments)

    assert not AuthToken.objects.exists()


def test_issue_token_refuses_a_deactivated_person(tanaka):
    tanaka.is_active = False
    tanaka.save()

    with pytest.raises(CommandError, match="SR001"):
        issue("SR001")
