from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken

from wealthai.models import IdempotencyKey


@pytest.fixture
def remains(tanaka):
    """Of each kind one that has run out and one that has not."""
    Session.objects.all().delete()  # a browser closed in mid-request may save its own afterwards
    now = timezone.now()
    for name, hours in (("old", -25), ("new", 1)):
        at = now + timedelta(hours=hours)
        Session.objects.create(session_key=name, expire_date=at)
        token, _ = AuthToken.objects.create(tanaka)
        AuthToken.objects.filter(pk=token.pk).update(expiry=at)
        IdempotencyKey.objects.create(user=tanaka, key=name, created_at=at)


def tidy():
    out = StringIO()
    call_command("tidy", stdout=out)
    return out.getvalue().strip()


def test_tidy_deletes_what_has_run_out_and_says_how_much(remains):
    assert tidy() == ("期限の切れたセッション 1件、APIトークン 1件、再送キー 1件を削除しました。")
    assert Session.objects.get().session_key == IdempotencyKey.objects.get().key == "new"
    assert AuthToken.objects.get().expiry > timezone.now()


def test_tidying_twice_deletes_nothing_more(remains):
    tidy()

    assert tidy() == "期限の切れたセッション 0件、APIトークン 0件、再送キー 0件を削除しました。"


def test_tidy_keeps_a_token_without_an_end(tanaka):
    AuthToken.objects.create(tanaka, expiry=None)

    tidy()

    assert AuthToken.objects.count() == 1


@pytest.mark.parametrize("name", ["-tidy", "-catch-up", "-check-ai", "-measure", "-backup"])
def test_timed_service_is_shut_in_like_the_main_one(name):
    folder = Path(__file__).resolve().parent.parent.parent / "deploy"
    units = [(folder / f"wealthai-crm{unit}.service").read_text() for unit in ("", name)]

    main, timed = (text.partition("NoNewPrivileges")[2].partition("[Install]")[0] for text in units)

    own = "# gunicorn hands its socket to itself.\nSystemCallFilter=chown"
    assert main.strip() == f"{timed.strip()}\n{own}"
