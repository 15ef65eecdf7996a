"""A PostgreSQL that can be killed and started again on the same files."""

import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

from tests import cluster

# Unlike in a test run, what was acknowledged must be on the disk.
SETTINGS = ("shared_buffers=128MB", "max_wal_size=64MB", "min_wal_size=32MB", "jit=off")


class Postgres:
    def __init__(self, binaries, folder=None):
        self.binaries = binaries
        self.folder = Path(folder or tempfile.mkdtemp(prefix="wealthai-drill-pg-"))
        self.url = f"postgres://wealthai@/{self.folder}/postgres"
        self.connecting = {"host": str(self.folder), "user": "wealthai", "dbname": "postgres"}
        account = cluster.server_user()
        self.identity = {}
        if account:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.server = None

    @contextlib.contextmanager
    def running(self):
        try:
            cluster.make(self.binaries, self.folder, self.identity)
            self.start()
            yield self
        finally:
            if self.server:
                self.end(signal.SIGQUIT)
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.server = cluster.start(self.binaries, self.folder, self.identity, SETTINGS)

    def is_running(self):
        return self.server.poll() is None

    def kill(self):
        """The server and all its processes at once, as when the power fails."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def end(self, number):
        if self.is_running():
            self.server.send_signal(number)
        self.server.wait()
