"""`manage.py verify_backup --identity KEY`: restores a backup aside and compares it, table by table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from wealthai import backups
from wealthai.dumps import DumpError
from wealthai.processes import clearing_up
from wealthai.timers import timed_run


class Command(BaseCommand):
    help = "最新の（または指定した）バックアップを別のデータベースに復元し、件数と内容を比べます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="バックアップ")
        parser.add_argument("--identity", type=Path, required=True, metavar="鍵のファイル")

    @clearing_up()
    @timed_run("verify_backup")
    def handle(self, *args: Any, file: Path | None, identity: Path, **options: Any) -> None:
        try:
            path = file or backups.newest(Path(settings.BACKUP_DIR))
            manifest = backups.verify(path, identity)
        except DumpError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{path.name}: {len(manifest.tables)}の表、{manifest.rows:,}件が"
            f" {manifest.made_at} の内容と同じでした。"
        )
