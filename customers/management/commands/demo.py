"""`manage.py demo`: a fictional firm of 2,000 customers to look at; `make run` calls it."""

import re

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.demo.book import make_book, store_book
from customers.demo.logins import DEFAULT_PASSWORD, LOGINS
from customers.models import Adviser, Customer
from wealthai.database import BusyError
from wealthai.terminal import progress_bars, table

MIN_PASSWORD = 12


class Command(BaseCommand):
    help = "架空の顧客・商品・営業メモを作ります。デモ環境（DEMO=1）でだけ使えます。"

    def add_arguments(self, parser):
        parser.add_argument("--customers", type=int, default=2000, help="顧客の数（既定 2000）")
        parser.add_argument("--seed", default="wealthai", help="同じ値からは同じ内容ができます。")
        parser.add_argument(
            "--password", default=DEFAULT_PASSWORD, help="デモの利用者全員のパスワード"
        )
        parser.add_argument("--add", action="store_true", help="登録済みの顧客がいても加えます。")
        parser.add_argument(
            "--if-empty", action="store_true", help="顧客が1人でもいれば何もしません。"
        )
        parser.add_argument(
            "--logins", action="store_true", help="何も作らず、ログインの一覧だけを表示します。"
        )
        parser.add_argument(
            "--no-progress", action="store_true", help="進み具合の棒を表示しません。"
        )

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "本番の設定ではデモデータを作れません。試すときは DEMO=1 を付けて、"
                "別のデータベースで実行してください。"
            )
        if options["logins"]:
            self.show_logins(options["password"])
            return
        if Customer.objects.exists() and not options["add"]:
            if options["if_empty"]:
                return
            raise CommandError(
                "すでに顧客が登録されています。加えるときは --add を付けてください。"
            )
        if options["customers"] < 1:
            raise CommandError("--customers には1以上の数を指定してください。")
        if len(options["password"]) < MIN_PASSWORD:
            raise CommandError(f"--password は{MIN_PASSWORD}文字以上にしてください。")
        self.make(options)

    def make(self, options):
        today = timezone.localdate()
        book = make_book(options["customers"], options["seed"], today, next_number())
        try:
            with progress_bars(not options["no_progress"]) as tick:
                store_book(book, options["password"], today, tick)
        except BusyError as error:
            raise CommandError(
                "デモデータを別の所で作成中です。終わってから、もう一度実行してください。"
            ) from error
        self.stdout.write(
            f"顧客 {len(book.customers):,}名、保有商品 {len(book.holdings):,}件、"
            f"営業メモ {len(book.notes):,}件、入金予測 {len(book.inflows):,}件、"
            f"タスク {len(book.tasks):,}件を作りました。"
        )
        self.show_logins(options["password"])

    def show_logins(self, password):
        adviser = Adviser.objects.filter(rep_code=LOGINS[0].rep_code).first()
        if adviser is None:
            self.stdout.write("このデータベースにはデモの利用者がいません。")
            return
        rows = [[login.rep_code, login.name, str(login.role), login.branch] for login in LOGINS]
        headings = ["担当者コード", "氏名", "役割", "支店"]
        self.stdout.write(table(headings, rows, framed=self.stdout.isatty(), figures=False))
        shown = password if adviser.check_password(password) else "demo の作成時に指定したもの"
        self.stdout.write(f"パスワード（全員）: {shown}")


def next_number():
    """Where the demo's customer codes go on, when there are some already."""
    codes = Customer.objects.filter(customer_code__startswith="D").values_list(
        "customer_code", flat=True
    )
    return 1 + max((int(code[1:]) for code in codes if re.fullmatch(r"D\d{5,9}", code)), default=0)
