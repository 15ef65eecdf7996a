"""`manage.py restore FILE --identity KEY`: a backup into an empty database, and the proof that all is there."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wealthai import backups
from wealthai.dumps import DumpError
from wealthai.processes import clearing_up


class Command(BaseCommand):
    help = "バックアップを空のデータベースに復元し、すべての表の件数と内容を確かめます。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="バックアップ")
        parser.add_argument("--identity", type=Path, required=True, metavar="鍵のファイル")

    @clearing_up()
    def handle(self, *args: Any, file: Path, identity: Path, **options: Any) -> None:
        try:
            manifest = backups.restore(file, identity)
        except DumpError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{len(manifest.tables)}の表、{manifest.rows:,}件を復元し、"
            f"{manifest.made_at} の内容と同じであることを確かめました。"
        )
