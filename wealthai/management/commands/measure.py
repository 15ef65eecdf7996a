"""`manage.py measure`: one row of what this server did. Once a minute by a timer, on each server."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wealthai import measuring
from wealthai.metrics import NoFolderError
from wealthai.timers import timed_run


class Command(BaseCommand):
    help = "この1分間の応答、AI、データベースの計測値を記録します。システム状態の画面が使います。"

    @timed_run("measure")
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # our own zeros are not the server's
                raise NoFolderError(
                    "計測のフォルダーが指定されていません。PROMETHEUS_MULTIPROC_DIR に"
                    "サーバーと同じものを設定してください。"
                )
            measuring.measure()
        except NoFolderError as error:
            raise CommandError(str(error)) from error
        finally:
            measuring.do_others()
