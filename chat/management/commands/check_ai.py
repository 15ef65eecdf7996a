"""`manage.py check_ai`: is the model there, paid for and allowed? Once a day by a timer."""

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chat import model_care
from wealthai.timers import timed_run

STATES = (model_care.OK, model_care.WARNING, model_care.ERROR)  # the worst is the last
MARKS = dict(zip(STATES, ("正常", "注意", "異常"), strict=True))
EXIT = dict(zip(STATES, (0, 3, 2), strict=True))  # 1 is what Python ends with where it breaks


class Command(BaseCommand):
    help = (
        "AIの認証情報、リージョン、モデルの提供期限、単価、代わりのモデルの承認を確かめます。"
        "終了コードは 0 正常、3 注意、2 異常です。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="JSONで出力します。")
        parser.add_argument(
            "--ask", action="store_true", help="モデルに短い質問を1つ送ります（1円未満の費用）。"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        worst = self.worst(options)
        if worst != model_care.OK:
            sys.exit(EXIT[worst])

    @timed_run("check_ai")
    def worst(self, options: dict[str, Any]) -> str:
        """Of what was found, all of which is told. Only an error is a failed run: of a warning, which may
        stay for months, the alarm would never end."""
        found = model_care.findings(options["ask"])
        worst = max((finding.state for finding in found), key=STATES.index)
        if options["json"]:
            data = {"state": worst, "findings": [dataclasses.asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            for finding in found:
                self.stdout.write(f"{MARKS[finding.state]}  {finding.label}: {finding.text}")
        if worst == model_care.ERROR:
            sys.exit(EXIT[worst])
        return worst
