"""`make run` from the outside: a real process, its children, its end."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from wealthai.management.commands.serve import aws_is_configured, free_port

pytestmark = (
    pytest.mark.nginx
)  # brings its own database: once is enough, beside what needs programs

ROOT = Path(__file__).resolve().parent.parent.parent


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Served:
    """`manage.py serve` without the demo's data, on a database of its own."""

    def __init__(self, folder):
        self.port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SECRET_KEY": "x" * 50,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": f"sqlite:///{folder}/serve.sqlite3",
            "STATIC_ROOT": f"{folder}/static",
            "SECURE_COOKIES": "0",
            "WEB_THREADS": "16",
            "CHAT_MAX_STREAMS": "8",
            "PYTHONUNBUFFERED": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""

    def read_until(self, text):
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(self.output)

    def wait_until_started(self):
        self.read_until("Ctrl-C")
        return self

    @property
    def simulator_port(self):
        return int(re.search(r"模擬サーバー: http://127.0.0.1:(\d+)", self.output).group(1))

    def open_ports(self):
        return [port for port in (self.port, self.simulator_port) if is_open(port)]


@contextlib.contextmanager
def serving(folder):
    served = Served(folder)
    try:
        yield served.wait_until_started()
    finally:
        served.process.terminate()
        served.process.stdout.close()
        served.process.wait(30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("serve")


@pytest.fixture
def served(folder):
    with serving(folder) as served:
        yield served


def test_serve_prints_the_address_once_it_answers(served):
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/readyz") as answer:
        assert answer.status == 200

    assert f"http://127.0.0.1:{served.port}/" in served.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminate", "ctrl-c"])
def test_serve_ends_with_all_its_children(served, number):
    started = served.open_ports()

    served.process.send_signal(number)

    assert (served.process.wait(30), len(started), served.open_ports()) == (0, 2, [])


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux ends the children")
def test_children_end_when_serve_is_killed_outright(served):
    served.process.kill()

    served.process.wait(30)
    deadline = time.monotonic() + 20
    while served.open_ports() and time.monotonic() < deadline:
        time.sleep(0.1)

    assert served.open_ports() == []


def test_serve_ends_cleanly_while_it_is_starting(folder):
    served = Served(folder)
    served.read_until("模擬サーバー")

    served.process.send_signal(signal.SIGINT)
    served.process.stdout.read()
    served.process.stdout.close()

    assert (served.process.wait(30), served.open_ports()) == (0, [])


def test_serve_names_a_port_in_use_before_any_work(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"DEMO": "1", "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3"},
            capture_output=True,
            text=True,
        )

    assert result.returncode == 1
    assert f"ポート {port} は別のプログラムが使っています" in result.stderr
    assert not (folder / "none.sqlite3").exists()


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"])
def test_configured_aws_is_used_instead_of_the_simulator(monkeypatch, settings, tmp_path, name):
    settings.BEDROCK_ENDPOINT_URL = None
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = aws_is_configured()

    monkeypatch.setenv(name, "configured")

    assert (before, aws_is_configured()) == (False, True)


def test_aws_files_in_the_home_folder_count(monkeypatch, settings, tmp_path):
    settings.BEDROCK_ENDPOINT_URL = None
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").touch()

    assert aws_is_configured()
