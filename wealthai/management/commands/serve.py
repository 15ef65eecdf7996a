"""`make run`: everything a first look needs, from an empty folder to a page in the browser."""

import ctypes
import errno
import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection

from wealthai.processes import end

HOST = "127.0.0.1"
READY_SECONDS = 60
LIBC = ctypes.CDLL(None)
# Any of these means that somebody configured AWS on purpose; boto3 knows what to do with them.
AWS_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
AWS_FILES = (
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ("AWS_CONFIG_FILE", "~/.aws/config"),
)


class Command(BaseCommand):
    help = (
        "Prepares the database and serves the site, with a simulated model where there is no AWS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        check_port(port)
        with Children() as children:
            prepare()
            environment = os.environ | {"ACCESS_LOG": ""}
            simulated = not aws_is_configured()
            if simulated:
                environment |= children.start_simulator()
            children.start(
                "-m", "gunicorn", "wealthai.wsgi:application", "--bind", f"{HOST}:{port}",
                env=environment,
            )  # fmt: skip
            children.wait_until(lambda: is_ready(port))
            self.welcome(port, simulated)
            children.wait_for_end()
        self.stdout.write("終了しました。")

    def welcome(self, port: int, simulated: bool) -> None:
        self.stdout.write(f"\nWealthAI-CRM を開始しました: http://{HOST}:{port}/")
        if settings.DEMO:
            call_command("demo", "--logins", stdout=self.stdout)
        if simulated:
            self.stdout.write("AI は模擬応答です（AWS が設定されていないため）。")
        self.stdout.write("終了するには Ctrl-C を押してください。\n")
        self.stdout.flush()


def check_port(port: int) -> None:
    """Says so before any work is done, instead of after a minute of it."""
    if not 0 < port < 65536:
        raise CommandError(f"PORT={port} は使えません。1〜65535 の番号を指定してください。")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CommandError(
                    f"ポート {port} を使う権限がありません。例: make run PORT=8001"
                ) from error
            raise CommandError(
                f"ポート {port} は別のプログラムが使っています。"
                f"そのプログラムを終了するか、別の番号で始めてください。例: make run PORT={port + 1}"
            ) from error


def prepare() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.DEMO:
        call_command("demo", "--if-empty", stdout=io.StringIO())  # its log-ins are shown at the end
    connection.close()
    if connection.vendor == "postgresql":
        # Its threads must not be copied into the children.
        connection.close_pool()  # type: ignore[attr-defined]


def aws_is_configured() -> bool:
    if settings.BEDROCK_ENDPOINT_URL or any(os.environ.get(name) for name in AWS_VARIABLES):
        return True
    return any(Path(os.environ.get(name, path)).expanduser().exists() for name, path in AWS_FILES)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5) as answer:  # noqa: S310 — own address
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError):
        return False


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    """On Linux the kernel ends a child whose parent was killed outright (prctl PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        LIBC.prctl(1, signal.SIGTERM)


class Children:
    """The programs started here. Leaving the block, however it is left, ends all of them.

    Each child leads a process group of its own: Ctrl-C in a terminal reaches this process alone,
    which then lets gunicorn finish its answers before the simulator goes.
    """

    SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[bytes]] = []
        self.stopping = False

    def __enter__(self) -> "Children":
        self.handlers = {number: signal.signal(number, self.stop) for number in self.SIGNALS}
        return self

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Raises only once: a second Ctrl-C must not interrupt the clearing up."""
        if not self.stopping:
            self.stopping = True
            raise KeyboardInterrupt

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> bool:
        self.stopping = True
        for child in reversed(self.running):
            end(child)
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        return kind is KeyboardInterrupt

    def start(self, *arguments: str, env: dict[str, str]) -> None:
        self.running.append(
            subprocess.Popen(  # noqa: S603 — our own programs
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env=env,
                process_group=0,
                preexec_fn=end_with_parent,
            )
        )

    def start_simulator(self) -> dict[str, str]:
        """Starts the model's stand-in; returns what makes boto3 talk to it."""
        port = free_port()
        self.start("manage.py", "bedrock_simulator", "--port", str(port), env=dict(os.environ))
        self.wait_until(lambda: is_listening(port))
        return {
            "BEDROCK_ENDPOINT_URL": f"http://{HOST}:{port}",
            "AWS_ACCESS_KEY_ID": "simulator",
            "AWS_SECRET_ACCESS_KEY": "simulator",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def wait_until(self, condition: Any) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            self.check_alive()
            if time.monotonic() > deadline:
                raise CommandError(f"{READY_SECONDS} 秒待っても始まりませんでした。")
            time.sleep(0.1)

    def wait_for_end(self) -> None:
        while True:
            self.check_alive()
            time.sleep(0.5)

    def check_alive(self) -> None:
        for child in self.running:
            if child.poll() is not None:
                name = " ".join(map(str, child.args[1:3]))  # type: ignore[index]
                raise CommandError(f"{name} が終了しました（終了コード {child.returncode}）。")
