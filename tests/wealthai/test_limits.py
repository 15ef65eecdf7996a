"""How often something may be tried: exactly as often as the limit says, however many ask at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from tests.factories import AdviserFactory
from tests.server import ROOT, database_url
from wealthai import limits
from wealthai.models import RateBucket

MINUTE = 60
# What another worker does: asks twenty times and says how often it was let.
WORKER = """
import django, sys
django.setup()
from wealthai import limits
print(sum(limits.take("export", "SR001") == 0 for _ in range(20)))
"""


@pytest.fixture
def rates(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"export": "10/h", "search": "2/m", "api": "2/m"}
    return settings.RATE_LIMITS


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves on."""
    at = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: at[0])
    return at


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("10/h", (10, 3600)), ("5/15m", (5, 900)), ("1/150s", (1, 150)), ("2/d", (2, 86400))],
)
def test_rate_is_read(rate, expected):
    assert limits.parsed(rate) == expected


def test_every_rate_can_be_read():
    assert all(limits.parsed(rate)[0] > 0 for rate in limits.RATES.values())


def test_bucket_gives_what_it_holds_and_then_says_how_long_to_wait(db, rates, clock):
    assert [limits.take("export", 1) for _ in range(11)] == [0] * 10 + [6 * MINUTE]


def test_bucket_gains_one_as_time_goes(db, rates, clock):
    for _ in range(10):
        limits.take("export", 1)
    clock[0] += 6 * MINUTE

    assert [limits.take("export", 1) for _ in range(2)] == [0, 6 * MINUTE]


def test_full_bucket_gains_nothing_more(db, rates, clock):
    limits.take("export", 1)
    clock[0] += 24 * 60 * MINUTE

    assert [limits.take("export", 1) for _ in range(11)].count(0) == 10


def test_what_was_refused_makes_nobody_wait_longer(db, rates, clock):
    waits = [limits.take("export", 1) for _ in range(100)]

    assert waits[10:] == [6 * MINUTE] * 90


def test_one_persons_bucket_is_nobody_elses(db, rates):
    for _ in range(10):
        limits.take("export", 1)

    assert (limits.take("export", 2), limits.take("search", 1)) == (0, 0)


def test_what_is_given_back_can_be_taken_again(db, rates, clock):
    for _ in range(10):
        limits.take("export", 1)
    limits.give_back("export", 1)

    assert [limits.take("export", 1) for _ in range(2)] == [0, 6 * MINUTE]


def test_table_tells_nobodys_name(db, rates):
    limits.take("login-failed", "SR001")

    assert [len(key) for key in RateBucket.objects.values_list("key", flat=True)] == [64]


def test_full_buckets_are_forgotten(db, rates, clock):
    limits.take("export", 1)
    clock[0] += 6 * MINUTE + 1
    limits.take("export", 2)

    limits.forget_full()

    assert RateBucket.objects.count() == 1


@pytest.mark.postgres
def test_ten_of_two_hundred_at_once_get_through(transactional_db, rates):
    def ask(_):
        try:
            return limits.take("export", "SR001")
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        waits = list(pool.map(ask, range(200)))

    assert waits.count(0) == 10


@pytest.mark.postgres
def test_ten_get_through_whatever_worker_they_ask(transactional_db, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("RATE_LIMITS", "export=10/h")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "wealthai.settings")
    command = [sys.executable, "-c", WORKER]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    assert sum(int(worker.communicate()[0]) for worker in workers) == 10


def test_worker_takes_a_hundredth_ahead_and_asks_nothing_until_it_is_used_up(
    db, rates, django_assert_num_queries
):
    rates["api"] = "1000/h"
    limits.take_from_ahead("api", 1)

    with django_assert_num_queries(0):
        assert [limits.take_from_ahead("api", 1) for _ in range(9)] == [0] * 9
    with django_assert_num_queries(1):
        limits.take_from_ahead("api", 1)


def test_what_is_taken_ahead_is_never_more_than_the_bucket_holds(db, rates, clock):
    rates["api"] = "1000/h"
    waits = []
    for _ in range(3):  # workers
        waits += [limits.take_from_ahead("api", 1) for _ in range(500)]
        limits.forget_ahead()

    assert waits.count(0) == 1000


# --- The doors ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "address", ["/customers?q=x", "/customers/suggest?q=x", "/api/customers"], ids=range(3)
)
def test_door_says_when_to_come_back(page, rates, address):
    answers = [page.get(address) for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 20 < int(answers[2]["Retry-After"]) <= 30


def test_list_without_a_search_is_not_counted(page, rates):
    assert {page.get("/customers").status_code for _ in range(5)} == {200}


def test_page_says_in_japanese_how_long_to_wait(page, rates):
    rates["export"] = "1/h"
    answers = [page.post(reverse("customers:export"), {}) for _ in range(2)]

    assert answers[1].status_code == 429
    assert "60分ほど待ってから" in answers[1].text


def test_problem_says_in_japanese_how_long_to_wait(page, rates):
    answers = [page.get("/api/customers") for _ in range(3)]

    assert answers[2].json()["title"] == "操作の回数が上限を超えました"


def test_questions_have_a_limit_of_their_own(api, rates):
    rates |= {"chat": "1/h", "api": "100/m"}
    sent = [api.post("/api/chat", {"message": ""}, format="json") for _ in range(2)]

    assert [one.status_code for one in sent] == [400, 429]
    assert api.get("/api/chat").status_code == 200


def test_guessing_from_many_addresses_shuts_the_rep_code_only(client, tanaka, rates, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    tanaka.set_password("kumo-to-ame-2026")
    tanaka.save()
    other = AdviserFactory(rep_code="SR002", password=tanaka.password)

    def log_in(code, password, address):
        data = {"login": code, "password": password}
        client.post(reverse("account_login"), data, REMOTE_ADDR=address)
        return client.session.get("_auth_user_id")

    guesses = [log_in("SR001", f"guess-{n}", f"203.0.113.{n}") for n in range(20)]

    assert guesses == [None] * 20
    assert log_in("SR001", "kumo-to-ame-2026", "203.0.113.99") is None
    assert log_in("SR002", "kumo-to-ame-2026", "203.0.113.99") == str(other.pk)


def test_guessing_many_rep_codes_forgets_none_of_them(client, db, rates, settings):
    """Four hundred entries are more than Django's cache keeps unless told otherwise."""
    for number in range(400):
        cache.set(f"limit-{number}", 1)

    assert cache.get("limit-0") == 1
