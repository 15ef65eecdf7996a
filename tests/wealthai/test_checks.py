"""Each of our own system checks speaks up, and only then."""

import pytest
from django.conf import settings as live_settings
from django.contrib.auth import get_user_model
from django.db import connection

from tests.factories import AdviserFactory
from wealthai import checks

PLAIN_LOG = {
    "formatters": {"plain": {"format": "%(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
}


def ids(found):
    return [message.id for message in found]


@pytest.mark.parametrize(
    ("check", "changes", "expected"),
    [
        (checks.streams_leave_threads_free, {"CHAT_MAX_STREAMS": 512}, "wealthai.E003"),
        (checks.model_is_named, {"BEDROCK_MODEL_ID": ""}, "wealthai.E004"),
        (
            checks.session_cookie_has_own_name,
            {"SESSION_COOKIE_NAME": "sessionid"},
            "wealthai.E005",
        ),
        (checks.content_policy_is_sent, {"MIDDLEWARE": []}, "wealthai.E006"),
        (checks.sessions_end, {"MIDDLEWARE": []}, "wealthai.E014"),
        (checks.sessions_end, {"SESSION_COOKIE_AGE": 14 * 24 * 3600}, "wealthai.E014"),
        (checks.sessions_end, {"SESSION_LONGEST_AGE": 14 * 24 * 3600}, "wealthai.E014"),
        (checks.logs_tell_of_nobody, {"LOGGING": PLAIN_LOG}, "wealthai.E015"),
        (checks.uploads_are_bounded, {"DATA_UPLOAD_MAX_MEMORY_SIZE": None}, "wealthai.E016"),
        (checks.proxy_is_trusted_as_a_whole, {"CLIENT_IP_HEADER": "X-Real-IP"}, "wealthai.E007"),
        (checks.demo_is_off, {"DEMO": True}, "wealthai.E008"),
        (
            checks.mail_is_not_printed,
            {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"},
            "wealthai.E017",
        ),
        (checks.second_factor_is_required, {"REQUIRE_MFA": False}, "wealthai.W009"),
        (
            checks.answers_stay_in_japan,
            {"BEDROCK_MODEL_ID": "global.anthropic.claude-sonnet-5-5"},
            "wealthai.W010",
        ),
        (
            checks.answers_stay_in_japan,
            {"BEDROCK_FALLBACK_MODEL_ID": "global.anthropic.claude-sonnet-4-6"},
            "wealthai.W010",
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_check_reports(settings, check, changes, expected):
    for name, value in changes.items():
        setattr(settings, name, value)

    assert ids(check(None)) == [expected]


def test_connections_reused_unchecked_are_reported(settings, monkeypatch):
    database = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}
    monkeypatch.setitem(settings.DATABASES, "default", database)

    assert ids(checks.connections_are_checked(None)) == ["wealthai.E002"]


@pytest.mark.parametrize(
    "check",
    [
        checks.connections_are_checked,
        checks.streams_leave_threads_free,
        checks.model_is_named,
        checks.session_cookie_has_own_name,
        checks.content_policy_is_sent,
        checks.proxy_is_trusted_as_a_whole,
        checks.answers_stay_in_japan,
        checks.workers_are_threads,
        checks.sessions_end,
        checks.logs_tell_of_nobody,
        checks.uploads_are_bounded,
    ],
    ids=lambda check: check.__name__,
)
def test_check_is_content_with_the_settings(check):
    assert check(None) == []


@pytest.mark.parametrize(
    ("model", "region", "stays"),
    [
        ("jp.anthropic.claude-sonnet-5-5", "ap-northeast-1", True),
        ("anthropic.claude-3-haiku-20240307-v1:0", "ap-northeast-3", True),
        ("anthropic.claude-3-haiku-20240307-v1:0", "us-east-1", False),
        ("apac.anthropic.claude-sonnet-4", "ap-northeast-1", False),
        ("arn:aws:bedrock:ap-northeast-1:1:application-inference-profile/x", "ap-northeast-1", False),
    ],
)  # fmt: skip
def test_stays_in_japan(model, region, stays):
    assert checks.stays_in_japan(model, region) is stays


def test_gunicorn_has_more_threads_than_the_cap_of_streams():
    assert live_settings.CHAT_MAX_STREAMS < live_settings.WEB_THREADS


@pytest.mark.postgres
def test_test_database_is_utf8_and_knows_japanese_letters(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database"
            " WHERE datname = current_database()"
        )
        assert cursor.fetchone() == ("UTF8", "C.UTF-8")

    assert checks.database_is_utf8(None, databases=["default"]) == []


@pytest.mark.postgres
def test_database_without_a_locale_is_refused(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS wealthai_without_locale")
        cursor.execute(
            "CREATE DATABASE wealthai_without_locale ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
        )
    other = connection.copy("other")
    other.settings_dict["NAME"] = "wealthai_without_locale"
    try:
        assert ids(checks.encoding_problems(other)) == ["wealthai.E001"]
    finally:
        other.close()
        other.close_pool()
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE wealthai_without_locale")


@pytest.mark.parametrize("line", ['worker_class = "sync"', "threads = 4"], ids=["sync", "unsaid"])
def test_workers_that_are_no_threads_are_reported(settings, tmp_path, line):
    (tmp_path / "gunicorn.conf.py").write_text(line)
    settings.BASE_DIR = tmp_path

    assert ids(checks.workers_are_threads(None)) == ["wealthai.E013"]


@pytest.mark.parametrize(
    ("code", "password"),
    [
        ("admin", "admin"),
        ("SR001", "crm123"),
        ("AM001", "wealthai-demo-2026"),
        ("AD040", "wealthai-demo-2026"),
    ],
)
def test_password_that_everybody_knows_is_reported(settings, db, code, password):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    person = AdviserFactory(rep_code=code)
    person.set_password(password)
    person.save()

    assert ids(checks.nobody_has_a_known_password(None, databases=["default"])) == ["wealthai.E012"]


def test_person_with_a_password_of_the_own_is_not_reported(settings, tanaka):
    tanaka.set_password("kumo-to-ame-2026")
    tanaka.save()

    assert checks.nobody_has_a_known_password(None, databases=["default"]) == []


def test_fresh_installation_has_no_people(db):
    assert get_user_model().objects.count() == 0


@pytest.mark.postgres
def test_database_that_may_lose_what_it_confirmed_is_reported(db):
    """The throw-away cluster of the tests is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',"
            " 'full_page_writes') AND setting = 'off'"
        )
        off = cursor.fetchone()[0]

    assert ids(checks.database_keeps_what_it_confirmed(None, databases=["default"])) == (
        ["wealthai.E011"] * off
    )
