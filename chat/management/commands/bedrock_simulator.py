from django.core.management.base import BaseCommand, CommandError

from chat.simulator.server import Simulator


class Command(BaseCommand):
    help = (
        "Amazon Bedrock の代わりに、記録だけから答える模擬サーバーを動かします（開発・試用向け）。"
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=9400)
        parser.add_argument("--pace", type=float, default=0.03, help="文字を送る間隔（秒）")

    def handle(self, *args, port, pace, **options):
        try:
            simulator = Simulator(port, pace)
        except OSError as error:
            raise CommandError(f"ポート {port} を使えません: {error.strerror}") from error
        self.stdout.write(f"Bedrock の模擬サーバー: {simulator.url}")
        try:
            simulator.serve_forever()
        except KeyboardInterrupt:
            simulator.server_close()
