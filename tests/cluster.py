"""A throw-away PostgreSQL for one test run: made, used, removed."""

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

# What a test run may lose in a crash is worth nothing; waiting for the disk costs half the time.
UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
START_SECONDS = 30


class ClusterError(Exception):
    pass


def find_binaries():
    """The folder of initdb and postgres, the newest version first; None without one."""
    folders = sorted(
        map(Path, glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")),
        key=lambda path: float("".join(c for c in str(path) if c.isdigit()) or 0),
        reverse=True,
    )
    if configured := shutil.which("pg_config"):
        answer = subprocess.run([configured, "--bindir"], capture_output=True, text=True)
        folders.insert(0, Path(answer.stdout.strip()))
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).parent)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def server_user():
    """PostgreSQL refuses to run as root; root lends it another account of the machine."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in known), None)
    if user is None:
        raise ClusterError("PostgreSQL does not run as root, and there is no user postgres here.")
    return pwd.getpwnam(user)


@contextlib.contextmanager
def throwaway(binaries, settings=UNSAFE):
    """Yields the DATABASE_URL of an empty cluster that only this user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="wealthai-pg-"))
    account = server_user()
    identity = {}
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    server = None
    try:
        make(binaries, folder, identity)
        server = start(binaries, folder, identity, settings)
        yield f"postgres://wealthai@/{folder}/postgres"
    finally:
        if server:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def make(binaries, folder, identity):
    command = [binaries / "initdb", "--pgdata", folder / "data", "--username", "wealthai"]
    # Locale C would find no word in Japanese text (pg_trgm); the folder guards the trust.
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "trust", "--no-sync"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **identity)
    if done.returncode:
        raise ClusterError(done.stderr or done.stdout)


def start(binaries, folder, identity, settings):
    options = [*settings, "listen_addresses=", f"unix_socket_directories={folder}"]
    options += ["max_connections=200", "timezone=UTC"]
    command = [binaries / "postgres", "-D", folder / "data"]
    for option in options:
        command += ["-c", option]
    log = folder / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, process_group=0, **identity
        )
    deadline = time.monotonic() + START_SECONDS
    try:
        while not is_ready(binaries, folder):
            if server.poll() is not None or time.monotonic() > deadline:
                raise ClusterError(log.read_text())
            time.sleep(0.05)
    except BaseException:
        stop(server)
        raise
    return server


def is_ready(binaries, folder):
    asked = subprocess.run([binaries / "pg_isready", "-q", "-h", folder])
    return asked.returncode == 0


def stop(server):
    """SIGQUIT: at once and without a last checkpoint; the files are removed next."""
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
    server.wait()


__all__ = ["ClusterError", "find_binaries", "throwaway"]
