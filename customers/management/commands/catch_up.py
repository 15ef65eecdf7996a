"""`manage.py catch_up`: what other systems wrote by SQL gets its history. Once a minute by a timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from customers.drift import mend
from customers.foreign_writes import catch_up
from wealthai.database import BusyError
from wealthai.terminal import progress_bars
from wealthai.timers import timed_run


class Command(BaseCommand):
    help = (
        "ほかのシステムがSQLで書き込んだ内容を変更履歴に入れ、検索と集計に反映します。"
        "何度実行しても安全です。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help="すべての行を履歴と突き合わせ、検索と集計の値も計算し直します"
            "（バックアップを戻したあとや、SQLiteのとき）。",
        )
        parser.add_argument(
            "--no-progress", action="store_true", help="進み具合の棒を表示しません。"
        )

    @timed_run("catch_up")
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = catch_up()
        except BusyError:
            self.stdout.write("別の catch_up が実行中です。そちらに任せて終わります。")
            return
        self.stdout.write(f"SQLで書き込まれた {written:,}件を変更履歴に入れました。")
        if options["all"]:
            with progress_bars(not options["no_progress"]) as tick:
                found = mend(tick)
            self.stdout.write(
                f"突き合わせ: 履歴のない行 {found.unknown:,}件、履歴と違う行 {found.differing:,}件、"
                f"消えていた行 {found.vanished:,}件を履歴に入れ、"
                f"検索 {found.unfindable:,}件と集計 {found.figures:,}件を直しました。"
            )
