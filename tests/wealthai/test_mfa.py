import time

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse
from knox.models import AuthToken

PASSWORD = "kumo-to-ame-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def strict(settings):
    settings.REQUIRE_MFA = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def tanaka(tanaka):
    tanaka.set_password(PASSWORD)
    tanaka.save()
    return tanaka


@pytest.fixture
def factor(tanaka):
    return TOTP.activate(tanaka, SECRET)


@pytest.fixture
def confirmed(client, factor, tanaka):
    """A session of Tanaka that has used the factor."""
    RecoveryCodes.activate(tanaka)
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    return client


def log_in(client):
    data = {"login": "SR001", "password": PASSWORD}
    return client.post(reverse("account_login"), data)


def code_of(secret, steps=0):
    """The code of now, or of so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def activate(client):
    form = client.get(reverse("mfa_activate_totp")).context["form"]
    return client.post(reverse("mfa_activate_totp"), {"code": code_of(form.secret)})


@pytest.mark.parametrize("path", ["/", "/customers", "/chat", "/admin/", "/api/docs", "/nowhere"])
def test_password_alone_reaches_no_page(page, path):
    if path.startswith("/api/"):
        assert page.get(path).status_code == 403
    else:
        assert page.get(path).url == reverse("mfa_activate_totp")


@pytest.mark.parametrize("path", ["/api/customers", "/api/customers/1", "/api/chat"])
def test_password_alone_gets_a_problem_from_the_api(page, path):
    response = page.get(path)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "二段階認証が必要です",
        "status": 403,
        "detail": "二段階認証を設定してから、もう一度お試しください。",
        "request_id": response.headers["X-Request-ID"],
    }


@pytest.mark.parametrize("name", ["mfa_index", "account_change_password", "account_logout"])
def test_password_alone_reaches_the_account_pages(page, name):
    assert page.get(reverse(name)).status_code == 200


def test_pages_without_factor_offer_no_way_that_is_shut(page):
    response = page.get(reverse("mfa_index"))

    assert 'data-key="c"' not in response.text
    assert reverse("admin:index") not in response.text


def test_setting_up_a_factor_opens_the_rest(client, tanaka):
    log_in(client)

    response = activate(client)

    assert response.url == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("account_set_password")).status_code == 200
    assert client.get("/api/customers").status_code == 200


def test_fresh_log_in_is_not_asked_for_the_password_again(client, tanaka):
    log_in(client)

    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_older_session_is_asked_for_the_password_again(page):
    response = page.get(reverse("mfa_activate_totp"))

    assert response.url.startswith(reverse("account_reauthenticate"))


def test_log_in_asks_for_the_code_of_who_has_a_factor(client, factor):
    response = log_in(client)

    assert response.url == reverse("mfa_authenticate")
    assert client.get("/").url == reverse("account_login") + "?next=/"


def test_right_code_lets_in(client, factor):
    log_in(client)

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})

    assert response.url == reverse("dashboard:home")
    assert client.get("/api/customers").status_code == 200


def test_wrong_code_says_what_to_type(client, factor):
    log_in(client)

    response = client.post(reverse("mfa_authenticate"), {"code": "12"})

    assert response.context["form"].errors["code"] == [
        "コードが違います。認証アプリに表示されている6桁の数字を入力してください。"
    ]


def test_code_works_once_as_long_as_any_clock_takes_it(client, factor, monkeypatch):
    """A code of the next half minute is taken now, and would be for ninety seconds."""
    start, code = time.time(), code_of(SECRET, 1)
    statuses = []
    for seconds in (0, 1, 40, 75):
        monkeypatch.setattr(time, "time", lambda now=start + seconds: now)
        client.logout()
        log_in(client)
        statuses.append(client.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert statuses == [302, 200, 200, 200]


def test_recovery_code_works_once(client, factor, tanaka):
    code = RecoveryCodes.activate(tanaka).get_unused_codes()[0]

    for expected in (302, 200):
        client.logout()
        log_in(client)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_losing_the_factor_shuts_every_session_out_at_once(confirmed):
    before = confirmed.get("/api/customers").status_code

    Authenticator.objects.all().delete()

    assert (before, confirmed.get("/api/customers").status_code) == (200, 403)


def test_code_of_an_earlier_factor_does_not_stand_for_a_new_one(confirmed, tanaka):
    Authenticator.objects.all().delete()
    TOTP.activate(tanaka, SECRET)

    assert confirmed.get("/api/customers").status_code == 403


def test_recovery_codes_alone_are_no_second_factor(confirmed):
    Authenticator.objects.filter(type="totp").delete()

    assert confirmed.get("/").url == reverse("mfa_activate_totp")


def test_session_older_than_the_factor_must_type_the_code(client, tanaka):
    log_in(client)
    TOTP.activate(tanaka, SECRET)

    assert client.get("/customers?q=1").url == (
        reverse("mfa_reauthenticate") + "?next=%2Fcustomers%3Fq%3D1"
    )
    assert client.get("/api/customers").json()["detail"] == (
        "画面を開いて6桁のコードを入力してから、もう一度お試しください。"
    )


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "account_reauthenticate"],
)
def test_session_older_than_the_factor_gets_nowhere_near_it(client, tanaka, name):
    log_in(client)
    TOTP.activate(tanaka, SECRET)
    RecoveryCodes.activate(tanaka)

    client.post(reverse(name))

    assert client.get(reverse(name)).url.startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.count() == 2


def test_code_lets_an_older_session_on(client, tanaka):
    log_in(client)
    TOTP.activate(tanaka, SECRET)
    page = client.get(client.get("/customers").url)

    response = client.post(page.wsgi_request.get_full_path(), {"code": code_of(SECRET)})

    assert reverse("account_logout") in page.text
    assert response.url == "/customers"
    assert client.get("/api/customers").status_code == 200


def test_confirmed_session_lists_customers_in_four_queries(
    confirmed, django_assert_max_num_queries
):
    confirmed.options("/api/customers")  # each thirtieth call counts the next ones

    with django_assert_max_num_queries(4):
        assert confirmed.get("/api/customers").status_code == 200


@pytest.mark.parametrize(("steps", "is_let_in"), [(-3, False), (1, True), (3, False)])
def test_code_of_a_clock_half_a_minute_off_counts(client, factor, steps, is_let_in):
    log_in(client)

    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET, steps)})

    assert (answer.status_code == 302) == is_let_in


def test_deactivation_asks_before_it_acts(client, factor):
    log_in(client)
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    client.get(reverse("mfa_deactivate_totp"))
    asked = Authenticator.objects.count()
    client.post(reverse("mfa_deactivate_totp"))

    assert (asked, Authenticator.objects.count()) == (1, 0)


def test_qr_code_is_an_image_of_the_pending_secret(client, tanaka):
    log_in(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret

    response = client.get(reverse("mfa_totp_qr"))

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "no-store" in response.headers["Cache-Control"]
    url = f"otpauth://totp/SR001?secret={secret}&issuer=WealthAI-CRM"
    assert response.text == get_adapter().build_totp_svg(url)


def test_qr_code_is_gone_when_the_factor_is_set_up(client, tanaka):
    log_in(client)
    activate(client)

    assert client.get(reverse("mfa_totp_qr")).status_code == 404


def test_qr_code_needs_a_session(client, db):
    assert client.get(reverse("mfa_totp_qr")).url.startswith(reverse("account_login"))


def test_admin_has_no_log_in_of_its_own_that_skips_the_code(client, factor):
    asked = client.get(reverse("admin:login"))

    client.post(reverse("admin:login"), {"username": "SR001", "password": PASSWORD})

    assert asked.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_bearer_token_stands_for_itself(client, tanaka):
    _, token = AuthToken.objects.create(tanaka)

    response = client.get("/api/customers", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 200
