"""`manage.py check_ai`: is the model there, paid for and allowed? Once a day by a timer."""

import dataclasses
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chat import model_care
from wealthai.timers import timed_run

MARKS = {model_care.OK: "正常", model_care.WARNING: "注意", model_care.ERROR: "異常"}
EXIT = {model_care.OK: 0, model_care.WARNING: 3, model_care.ERROR: 2}


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
        code = self.check_all(options)
        if code:  # a warning is no failed run: the alarm for those would never end
            sys.exit(code)

    @timed_run("check_ai")
    def check_all(self, options: dict[str, Any]) -> int:
        found = model_care.findings(options["ask"])
        worst = max(found, key=lambda finding: EXIT[finding.state]).state
        if options["json"]:
            data = {"state": worst, "findings": [dataclasses.asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            for finding in found:
                self.stdout.write(f"{MARKS[finding.state]}  {finding.label}: {finding.text}")
        if worst == model_care.ERROR:
            sys.exit(EXIT[worst])
        return EXIT[worst]
