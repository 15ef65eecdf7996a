"""How deploy/install brings a version into service, with systemd played; `make drill` plays it whole."""

import contextlib
import subprocess

import pytest

from tests.deploy.site import ROOT

# Needs no nginx, but once is enough: not on each database.
pytestmark = pytest.mark.nginx

# A second of waiting is what ends the worker of before.
PLAYED = """
set -euo pipefail
etc={folder}/etc code={folder}/code runtime={folder} ready=nowhere version=next
fail() {{ echo "STOP $1"; exit 2; }}
systemctl() {{ case $* in show*) echo {main} ;; reload* | restart*) echo reloaded ;; esac; }}
sleep() {{ echo waited; kill {worker} 2>/dev/null && while kill -0 {worker} 2>/dev/null; do :; done; }}
. {root}/deploy/installing/serving.sh
curl() {{ [ -e {folder}/draining ] || echo asked; [ ! -e {folder}/draining ] && [ ! -e {folder}/broken ]; }}
stamp served before
serve
"""

RAISED = """
root={folder} made={folder}/made
mkdir -p $made
. {root}/deploy/installing/files.sh
. {root}/deploy/installing/serving.sh
has_connections && echo before
raise_connections
has_connections && echo after
"""


@contextlib.contextmanager
def main_process():
    """Process ids of one that has a worker, and of the worker."""
    command = ["bash", "-c", "sleep 60 >&2 & echo $!; wait"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.pid, int(process.stdout.readline())


def served(folder):
    """What was done, in order."""
    with main_process() as (main, worker):
        script = PLAYED.format(folder=folder, main=main, worker=worker, root=ROOT)
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
        subprocess.run(["kill", str(worker)], capture_output=True)
    return done.stdout.split("\n")[:-1]


def stamped(folder):
    return (folder / "code/.installed/served").read_text().strip()


def test_version_is_in_service_when_the_workers_of_before_are_gone(tmp_path):
    assert served(tmp_path) == ["reloaded", "waited", "asked"]
    assert stamped(tmp_path) == "next"


def test_readiness_that_a_release_took_away_comes_back_with_the_new_workers(tmp_path):
    (tmp_path / "draining").touch()

    assert served(tmp_path) == ["reloaded", "waited", "asked"]
    assert not (tmp_path / "draining").exists()


def test_version_that_did_not_come_up_leaves_none_in_service(tmp_path):
    (tmp_path / "broken").touch()

    assert served(tmp_path)[-1].startswith("STOP /readyz does not say 200")
    assert stamped(tmp_path) == "none"


@pytest.mark.parametrize(
    ("shipped", "expected"),
    [
        ("events {\n\tworker_connections 768;\n\t# off;\n}\n", "16384;\nevents {\n\tworker_connections 8192;\n\t# off;\n}\n"),
        ("events { worker_connections 1024; }\n", "16384;\nevents { worker_connections 8192; }\n"),
        ("events { worker_connections 9000; }\n", "18000;\nevents { worker_connections 9000; }\n"),
        ("worker_rlimit_nofile 1024;\nevents { worker_connections 8192; }\n", "16384;\nevents { worker_connections 8192; }\n"),
    ],
    ids=["debian", "one-line", "more", "too-few-files"],
)  # fmt: skip
def test_nginx_has_connections_for_slow_callers(tmp_path, shipped, expected):
    main = tmp_path / "etc/nginx/nginx.conf"
    main.parent.mkdir(parents=True)
    main.write_text(shipped)

    script = RAISED.format(folder=tmp_path, root=ROOT)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)

    assert (done.stdout, main.read_text()) == ("after\n", f"worker_rlimit_nofile {expected}")
