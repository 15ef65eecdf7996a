import pytest
from django.test import Client
from django.urls import reverse

from customers.known_browser import cookie_of
from tests.factories import AdviserFactory

PASSWORD = "kumo-to-ame-2026"
WRONG = "担当者コードかパスワードが違います。もう一度入力してください。"
WAIT = "続けて間違えたため、いまはログインできません。15分ほど待ってからもう一度お試しください。お急ぎのときは管理者に依頼してください。"


@pytest.fixture(autouse=True)
def fast_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def tanaka(tanaka):
    tanaka.set_password(PASSWORD)
    tanaka.save()
    return tanaka


@pytest.fixture
def log_in(client):
    def post(code="SR001", password=PASSWORD, query="", **extra):
        url = reverse("account_login") + query
        return client.post(url, {"login": code, "password": password}, **extra)

    return post


@pytest.fixture
def socket(settings):
    """As nginx and gunicorn on a unix socket: no peer address, one header that nginx sets."""
    settings.CLIENT_IP_HEADER = settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"
    return {"REMOTE_ADDR": ""}


@pytest.mark.parametrize("code", ["SR001", "sr001", " SR001 ", "ＳＲ００１"], ids=range(4))
def test_log_in_opens_home_for_the_code_however_typed(log_in, tanaka, client, code):
    response = log_in(code)

    assert response.url == reverse("dashboard:home")
    assert client.session["_auth_user_id"] == str(tanaka.pk)


@pytest.mark.parametrize("code", ["sr001", "ＳＲ００１"])
def test_codes_that_differ_in_their_letters_both_log_in(log_in, tanaka, client, code):
    twin = AdviserFactory(rep_code=code, password=tanaka.password)

    seen = []
    for typed in ("SR001", code):
        log_in(typed)
        seen.append(client.session["_auth_user_id"])
        client.logout()

    assert seen == [str(tanaka.pk), str(twin.pk)]


def test_log_in_leads_back_to_the_page_asked_for(log_in, tanaka):
    assert log_in(query="?next=/chat").url == "/chat"


def test_log_in_never_leads_to_another_site(log_in, tanaka):
    assert log_in(query="?next=https://example.com/").url == reverse("dashboard:home")


@pytest.mark.parametrize("code", ["SR001", "SR777"], ids=["wrong-password", "unknown-code"])
def test_failed_log_in_says_the_same_and_keeps_the_code(log_in, tanaka, code):
    response = log_in(code, "kumo-to-ame-2025")

    assert response.context["form"].non_field_errors() == [WRONG]
    assert f'value="{code}"' in response.text
    assert "kumo-to-ame-2025" not in response.text


def test_empty_log_in_names_what_is_missing(log_in, db):
    assert log_in("", "").context["form"].errors == {
        "login": ["担当者コードを入力してください。"],
        "password": ["パスワードを入力してください。"],
    }


def test_imported_rep_without_password_cannot_log_in(log_in, db):
    AdviserFactory(rep_code="SR001")

    assert log_in(password="!").context["form"].non_field_errors() == [WRONG]


def test_deactivated_person_is_told_so(log_in, tanaka, client):
    tanaka.is_active = False
    tanaka.save()

    assert log_in().url == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_deactivation_ends_open_sessions(log_in, tanaka, client):
    log_in()
    tanaka.is_active = False
    tanaka.save()

    response = client.get(reverse("dashboard:home"))

    assert response.url == reverse("account_login") + "?next=/"


def test_sixth_wrong_try_shuts_out_even_the_right_password(log_in, tanaka):
    for _ in range(5):
        log_in(password="kumo-to-ame-2025")

    assert log_in().context["form"].non_field_errors() == [WAIT]


@pytest.fixture
def known(client, log_in, tanaka):
    """A browser in which Tanaka has logged in once, and whose session has ended."""
    log_in()
    del client.cookies["wealthai_session"]
    return client


@pytest.fixture
def log_in_anew(client, log_in):
    """The next person at the same browser."""

    def log_in_anew(code):
        client.cookies.pop("wealthai_session", None)
        return log_in(code)

    return log_in_anew


def guesses(client, number, code="SR001"):
    data = {"login": code, "password": "kumo-to-ame-2025"}
    for _ in range(number):
        client.post(reverse("account_login"), data)


def test_guessing_elsewhere_does_not_shut_out_the_browser_of_the_owner(known, log_in):
    stranger = Client()
    guesses(stranger, 40)
    right = {"login": "SR001", "password": PASSWORD}

    refused = stranger.post(reverse("account_login"), right)

    assert refused.context["form"].non_field_errors() == [WAIT]
    assert log_in().url == reverse("dashboard:home")


def test_browser_of_the_owner_has_five_wrong_tries_as_well(known, log_in):
    guesses(known, 5)

    assert log_in().context["form"].non_field_errors() == [WAIT]


def test_browser_of_the_owner_opens_nobody_elses_rep_code(known, log_in, tanaka):
    AdviserFactory(rep_code="SR002", password=tanaka.password)
    guesses(Client(), 5, "SR002")

    assert log_in("SR002").context["form"].non_field_errors() == [WAIT]


def test_browser_that_two_share_is_known_for_both(known, log_in_anew, tanaka):
    AdviserFactory(rep_code="SR002", password=tanaka.password)
    log_in_anew("SR002")
    for code in ("SR001", "SR002"):
        guesses(Client(), 5, code)

    let_in = [log_in_anew(code).url for code in ("SR001", "SR002")]
    assert let_in == [reverse("dashboard:home")] * 2


def test_browser_is_known_for_eight_people_at_most(known, log_in_anew, tanaka):
    for number in range(2, 10):
        AdviserFactory(rep_code=f"SR00{number}", password=tanaka.password)
        last = log_in_anew(f"SR00{number}")

    ended = [name for name, cookie in last.cookies.items() if cookie["max-age"] == 0]
    assert (len(ended), cookie_of("SR009") in ended) == (1, False)


def test_cookie_of_a_known_browser_names_nobody_and_is_for_the_server_alone(known, tanaka):
    cookie = known.cookies[cookie_of("SR001")]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert "SR001" not in cookie.value


def test_cookie_that_somebody_made_up_is_worth_nothing(client, log_in, tanaka):
    guesses(client, 5)
    client.cookies[cookie_of("SR001")] = "a:b:c"

    assert log_in().context["form"].non_field_errors() == [WAIT]


def test_limits_are_per_address_of_the_header(log_in, tanaka, socket, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login-failed-from": "2/m"}
    for code in ("SR701", "SR702"):
        log_in(code, headers={"X-Real-IP": "203.0.113.5"}, **socket)

    refused = log_in(headers={"X-Real-IP": "203.0.113.5"}, **socket)
    let_in = log_in(headers={"X-Real-IP": "203.0.113.6"}, **socket)

    assert refused.context["form"].non_field_errors() == [WAIT]
    assert let_in.url == reverse("dashboard:home")


def test_tries_that_an_address_is_refused_shut_no_rep_code(log_in, tanaka, socket, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login-failed-from": "2/m"}
    for _ in range(8):
        log_in(password="kumo-to-ame-2025", headers={"X-Real-IP": "203.0.113.5"}, **socket)

    let_in = log_in(headers={"X-Real-IP": "203.0.113.6"}, **socket)

    assert let_in.url == reverse("dashboard:home")


def test_without_the_header_a_unix_socket_lets_nobody_in(log_in, tanaka, client):
    """Nobody is counted without an address: CLIENT_IP_HEADER must be set (deploy/README.md)."""
    response = log_in(REMOTE_ADDR="")

    assert response.status_code == 403
    assert "_auth_user_id" not in client.session


def test_too_many_log_ins_of_one_address_get_the_wait_page(log_in, tanaka, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": "1/m"}
    log_in("SR777")

    response = log_in("SR777")

    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert response.context["title"] == "操作が続いたため、少しお待ちください"


def test_log_out_asks_first_and_ends_the_session_on_post(page):
    question = page.get(reverse("account_logout"))
    response = page.post(reverse("account_logout"))

    assert question.status_code == 200
    assert response.url == reverse("account_login")
    assert "_auth_user_id" not in page.session


def test_log_in_leaves_no_history_row(log_in, tanaka):
    before = tanaka.history.count()

    log_in()

    assert tanaka.history.count() == before


def test_history_never_holds_password_or_last_log_in(tanaka):
    columns = {field.name for field in tanaka.history.model._meta.fields}

    assert columns & {"password", "last_login"} == set()


@pytest.mark.parametrize("path", ["signup", "signup/", "email", "login/code", "confirm-email"])
def test_nobody_can_sign_up_or_log_in_by_mail(client, db, path):
    assert client.get(f"/accounts/{path}").status_code == 404


def test_person_comes_with_role_and_factor_in_two_queries(page, django_assert_num_queries):
    """The session, then the person."""
    with django_assert_num_queries(2):
        page.get(reverse("account_logout"))


@pytest.mark.parametrize("who", ["known", "unknown", "switched-off"])
def test_wrong_password_costs_one_hash_whoever_is_meant(log_in, tanaka, monkeypatch, who):
    """So the time of an answer tells nobody which codes exist."""
    hashed = []
    count = lambda self, password, salt, iterations=None: hashed.append(1) or "x"  # noqa: E731
    tanaka.is_active = who != "switched-off"
    tanaka.save()
    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.encode", count)

    log_in("SR777" if who == "unknown" else "SR001", "kumo-to-ame-2025")

    assert len(hashed) == 1
