"""`manage.py tidy`: deletes what has run out and nobody can use any more. Once a day is enough."""

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand
from django.utils import timezone
from knox.models import AuthToken

from wealthai import limits
from wealthai.api.idempotency import forget_expired
from wealthai.measuring import forget_old
from wealthai.timers import timed_run


class Command(BaseCommand):
    help = "期限の切れたセッション、APIトークン、再送キーを削除します。何度実行しても安全です。"

    @timed_run("tidy")
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
        tokens = AuthToken.objects.filter(expiry__lt=now).delete()[0]
        keys = forget_expired()
        forget_old(now)
        limits.forget_full()
        self.stdout.write(
            f"期限の切れたセッション {sessions}件、APIトークン {tokens}件、再送キー {keys}件を削除しました。"
        )
