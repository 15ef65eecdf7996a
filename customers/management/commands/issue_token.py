from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from knox.models import AuthToken
from knox.settings import knox_settings

from customers.models import Adviser

MAX_DAYS = 3650


class Command(BaseCommand):
    help = (
        "API のトークンを発行します。トークンは一度だけ表示され、保存されるのはハッシュだけです。"
    )

    def add_arguments(self, parser):
        parser.add_argument("rep_code", help="担当者コード（例: SR001）")
        parser.add_argument(
            "--days",
            type=int,
            default=knox_settings.TOKEN_TTL.days,
            help=f"有効な日数（1〜{MAX_DAYS}、省略時 %(default)s）",
        )

    def handle(self, *args, rep_code, days, **options):
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--days は 1〜{MAX_DAYS} で指定してください。")
        adviser = Adviser.objects.filter(rep_code=rep_code).first()
        if adviser is None:
            raise CommandError(
                f"担当者コード {rep_code} の担当者がいません。コードを確かめてください。"
            )
        if not adviser.is_active:
            raise CommandError(f"{rep_code} は無効になっています。有効にしてから発行してください。")
        row, token = AuthToken.objects.create(adviser, expiry=timedelta(days=days))
        until = timezone.localtime(row.expiry)
        self.stdout.write(f"{adviser} のトークン（{until:%Y/%m/%d %H:%M} まで有効）:\n\n{token}\n")
        self.stdout.write("いま控えてください。もう一度表示することはできません。")
