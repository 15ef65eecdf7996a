"""When a session ends: left alone, grown old, its person switched off, sent away by the back office."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import AdviserFactory
from wealthai import middleware

MINUTE, HOUR = 60, 3600
HOME = reverse("dashboard:home")
SMALLEST = reverse("customers:suggest")
PASSWORD = "kumo-to-ame-2026"


@pytest.fixture
def clock(monkeypatch):
    """Moves the time of the sessions on, at the server and in its database."""
    start, passed = timezone.now(), [0]
    now = lambda: start + timezone.timedelta(seconds=passed[0])  # noqa: E731
    monkeypatch.setattr(timezone, "now", now)
    monkeypatch.setattr(middleware.time, "time", lambda: now().timestamp())
    return lambda seconds: passed.__setitem__(0, passed[0] + seconds)


def is_in(client):
    return client.get(SMALLEST).status_code == 200


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_session_ends_half_an_hour_after_its_last_request(page, clock):
    clock(29 * MINUTE)
    before = is_in(page)
    clock(31 * MINUTE)

    assert (before, is_in(page)) == (True, False)


def test_each_request_moves_the_end_on(page, clock):
    stays = []
    for _ in range(6):
        clock(20 * MINUTE)
        stays.append(is_in(page))

    assert stays == [True] * 6


def test_session_ends_twelve_hours_after_its_log_in(page, clock):
    stays = []
    for _ in range(49):
        stays.append(is_in(page))
        clock(15 * MINUTE)

    assert stays == [True] * 48 + [False]


def test_form_that_cannot_be_read_is_shown_to_no_session_that_grew_old(page, clock, settings):
    settings.SESSION_LONGEST_AGE = 10
    unreadable = {"path": reverse("customers:create"), "data": {"name": "\0"}}
    before = page.post(**unreadable).text
    clock(11)

    assert ["田中太郎" in text for text in (before, page.post(**unreadable).text)] == [True, False]


def test_row_of_a_session_that_grew_old_is_gone(page, clock, settings):
    settings.SESSION_LONGEST_AGE = 10
    clock(11)
    page.get(HOME)

    assert Session.objects.count() == 0


def test_reading_costs_no_write_within_a_minute(page, clock, django_assert_num_queries):
    """The session, then the person."""
    clock(59)

    with django_assert_num_queries(2):
        page.get(reverse("account_logout"))


def test_session_from_before_this_rule_gets_its_twelve_hours(page, clock):
    session = page.session
    del session["began_at"], session["seen_at"]
    session.save()

    assert is_in(page)
    assert page.session["began_at"] == pytest.approx(timezone.now().timestamp())


def test_log_in_gives_a_new_session(client, tanaka, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    tanaka.set_password(PASSWORD)
    tanaka.save()
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before

    client.post(reverse("account_login"), {"login": "SR001", "password": PASSWORD})

    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_new_password_ends_the_other_sessions_and_not_ones_own(page, tanaka, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    tanaka.set_password(PASSWORD)
    tanaka.save()
    own, other = signed_in(tanaka), signed_in(tanaka)
    new = {"password1": "hare-nochi-yuki-2027", "password2": "hare-nochi-yuki-2027"}

    own.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new)

    assert (is_in(own), is_in(other)) == (True, False)


def test_back_office_ends_a_persons_sessions_and_nobody_elses(tanaka, suzuki, db):
    boss = signed_in(AdviserFactory(is_staff=True, is_superuser=True))
    theirs, others = [signed_in(tanaka), signed_in(tanaka)], signed_in(suzuki)

    boss.post(reverse("admin:customers_adviser_access", args=[tanaka.pk]), {"sessions": "on"})

    assert [is_in(client) for client in [*theirs, others, boss]] == [False, False, True, True]


def test_nothing_chosen_ends_nothing(tanaka, db):
    boss, client = signed_in(AdviserFactory(is_staff=True, is_superuser=True)), signed_in(tanaka)

    boss.post(reverse("admin:customers_adviser_access", args=[tanaka.pk]), {})

    assert is_in(client)


def test_cookie_of_a_session_that_was_logged_out_is_worth_nothing(page, settings):
    cookie = page.cookies[settings.SESSION_COOKIE_NAME].value
    page.post(reverse("account_logout"))
    page.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert not is_in(page)
