"""`manage.py import_original DIR`: the seven CSV files of the original system."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.importing.original_files import read_original
from customers.importing.problems import BrokenFilesError, printable
from customers.importing.store import Outcome, store
from wealthai.database import BusyError
from wealthai.terminal import progress_bars, table
from wealthai.timers import timed_run

SHOWN_DIFFERENCES = 20
HEADINGS = ("ファイルの内容", "行数", "新規", "更新", "変更なし", "差異あり", "削除済み")


class Command(BaseCommand):
    help = (
        "元のシステムのCSVファイル7つを取り込みます。問題が1つでもあれば何も取り込みません。"
        "何度実行しても増えません。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path, help="CSVファイルのあるフォルダー")
        parser.add_argument(
            "--update",
            action="store_true",
            help="登録済みの内容がファイルと違うとき、ファイルの内容に書き換えます（履歴が残ります）。",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="確認だけを行い、データベースは変えません。"
        )
        parser.add_argument(
            "--no-progress", action="store_true", help="進み具合の棒を表示しません。"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tried = nullcontext() if options["dry_run"] else timed_run("import_original")
            with tried, progress_bars(not options["no_progress"]) as tick:
                files = read_original(options["directory"], tick)
                outcomes = store(
                    files, update=options["update"], dry_run=options["dry_run"], tick=tick
                )
        except BrokenFilesError as error:
            raise CommandError(str(error)) from error
        except BusyError as error:
            raise CommandError(
                "ほかの取り込みが実行中です。終わってから、もう一度実行してください。"
            ) from error
        self._report(outcomes, options["dry_run"])

    def _report(self, outcomes: list[Outcome], dry_run: bool) -> None:
        if dry_run:
            self.stdout.write("確認だけを行いました。データベースは変わっていません。")
        else:
            self.stdout.write("取り込みが終わりました。")
        rows = [[one.label, *(f"{count:,}" for count in one.counts)] for one in outcomes]
        self.stdout.write(table(HEADINGS, rows, framed=self.stdout.isatty()))
        differing = [text for one in outcomes for text in one.differing]
        if differing:
            self.stdout.write(
                f"登録済みの内容とファイルが違う {len(differing):,} 件は、登録済みのまま残しました。"
                "ファイルの内容に書き換えるには --update を付けてください（営業メモを除く）。"
            )
        for text in differing[:SHOWN_DIFFERENCES]:
            self.stdout.write(f"  {printable(text)}")
        if len(differing) > SHOWN_DIFFERENCES:
            self.stdout.write(f"  …ほか {len(differing) - SHOWN_DIFFERENCES:,} 件")
