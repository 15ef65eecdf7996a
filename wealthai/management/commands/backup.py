"""`manage.py backup`: the whole database in one encrypted file. The timer runs it each night."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from wealthai import backups
from wealthai.dumps import DumpError
from wealthai.processes import clearing_up
from wealthai.timers import timed_run


class Command(BaseCommand):
    help = "データベース全体を暗号化して1つのファイルに保存し、古いものを消します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--make-key", type=Path, metavar="ファイル", help="復元に使う鍵を作って終わります"
        )

    @clearing_up()
    def handle(self, *args: Any, make_key: Path | None, **options: Any) -> None:
        try:
            if make_key:
                recipient = backups.make_key(make_key)
                self.stdout.write(
                    f"{make_key} に鍵を作りました。このサーバーの外に保管してください。"
                )
                self.stdout.write(f"BACKUP_RECIPIENTS={recipient}")
                return
            with timed_run("backup"):
                path = backups.make(Path(settings.BACKUP_DIR))
        except DumpError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path}（{path.stat().st_size:,}バイト）に保存しました。")
