"""deploy/release around an installation that is played; `make drill` plays it on a site."""

import shutil
import subprocess

import pytest

from tests.deploy.site import ROOT

# Needs no nginx, but once is enough: not on each database.
pytestmark = pytest.mark.nginx

# Says which version it installs, and whether people are kept away meanwhile.
INSTALL = """#!/bin/sh
echo "$(cat version) $(ls "$WEALTHAI_RUNTIME")"
[ "$(cat version)" != broken ]
"""


@pytest.fixture
def program(tmp_path):
    """A checkout of the version `old`; the tags say the others."""
    folder = tmp_path / "program"
    (folder / "deploy").mkdir(parents=True)
    shutil.copy(ROOT / "deploy/release", folder / "deploy")
    (folder / "deploy/install").write_text(INSTALL)
    (folder / "deploy/install").chmod(0o700)
    git(folder, "init", "--quiet")
    for version in ("new", "broken", "old"):
        (folder / "version").write_text(version)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--no-verify", "--message", version)
        git(folder, "tag", version)
    return folder


def git(folder, *arguments):
    author = ["-c", "user.name=test", "-c", "user.email=test@example.jp"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True)


def release(program, version, runtime):
    """What was installed, and the exit code."""
    environment = {"PATH": "/usr/bin:/bin", "WEALTHAI_RUNTIME": str(runtime)}
    command = [program / "deploy/release", version]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    installed = [line for line in done.stdout.splitlines() if "service" not in line]
    return installed, done.returncode


def test_release_keeps_people_away_while_it_installs(program, tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir()

    assert release(program, "new", runtime) == (["new draining"], 0)
    assert list(runtime.iterdir()) == []


def test_release_takes_back_a_version_that_does_not_come_up(program, tmp_path):
    runtime = tmp_path / "run"
    runtime.mkdir()

    assert release(program, "broken", runtime) == (["broken draining", "old draining"], 1)
    assert list(runtime.iterdir()) == []


def test_release_mends_a_server_whose_service_is_down(program, tmp_path):
    assert release(program, "new", tmp_path / "gone") == (["new "], 0)
