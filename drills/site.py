"""The shipped nginx site in front of one or more application nodes, each a gunicorn as shipped."""

import contextlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.deploy.site import ROOT, Browser, Site
from wealthai.processes import end

# As deploy/install has them.
CONNECTIONS = 8192
STATIC = "staticfiles"


class DrilledSite(Site):
    """`variables` go into the environment of every node."""

    def __init__(self, folder, model_url, nodes=1, code=ROOT, **variables):
        super().__init__(folder, model_url, **variables)
        self.code = code  # the folder of the program
        self.environment |= {
            "RUNTIME_DIRECTORY": str(self.folder / "run"),
            "SECRET_KEY": settings.SECRET_KEY,  # so that sessions made here are good there
            "REQUIRE_MFA": "0",  # a session is enough: what is drilled lies behind the log-in
            "STATIC_ROOT": str(self.folder.parent / STATIC),
            "CHAT_DAILY_YEN": "1000000",
            # One person asks for all.
            "RATE_LIMITS": "api=1000000/m,search=1000000/m,chat=1000000/m",
            "WEB_WORKERS": "2",
            "WEB_THREADS": "256",
            "CHAT_MAX_STREAMS": "200",
            **variables,
        }
        self.sockets = [self.folder / f"node-{number}.sock" for number in range(nodes)]
        self.nodes = []

    @contextlib.contextmanager
    def running(self):
        if not Path(self.environment["STATIC_ROOT"]).exists():
            self.manage("collectstatic", "--noinput", "--verbosity", "0")
        (self.folder / "run").mkdir()
        self.write_configuration()
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        try:
            self.nodes = [self.start_node(number) for number in range(len(self.sockets))]
            command = [nginx, "-p", self.folder, "-c", self.folder / "nginx.conf"]
            self.nginx = self.begin("nginx", command)
            self.wait()
            yield self
        finally:
            for process in [*self.nodes, getattr(self, "nginx", None)]:
                if process:
                    end(process)

    def start_node(self, number):
        command = [sys.executable, "-m", "gunicorn", "wealthai.wsgi:application"]
        return self.begin(f"node-{number}", command, BIND=f"unix:{self.sockets[number]}")

    def begin(self, name, command, **variables):
        """In a process group of its own, so that it can be killed whole."""
        with self.output(name).open("a") as output:
            return subprocess.Popen(
                command,
                cwd=self.code,
                env=self.environment | variables,
                stdout=output,
                stderr=output,
                process_group=0,
            )

    def output(self, name):
        return self.folder / f"{name}.out"

    def write_configuration(self):
        super().write_configuration()
        main, site = self.folder / "nginx.conf", self.folder / "site.conf"
        limits = f"worker_rlimit_nofile {2 * CONNECTIONS};\nevents {{ worker_connections {CONNECTIONS}; }}"
        main.write_text(main.read_text().replace("events {}", limits))
        servers = "\n".join(f"    server unix:{path} fail_timeout=0;" for path in self.sockets)
        shipped = r" *server unix:\S+/gunicorn\.sock fail_timeout=0;"
        text, found = re.subn(shipped, servers.replace("\\", r"\\"), site.read_text())
        if found != 1:
            raise ValueError("the shipped site has another upstream")
        site.write_text(text)

    def workers(self, number=0):
        """Process ids of a node's workers."""
        asked = ["pgrep", "-P", str(self.nodes[number].pid)]
        found = subprocess.run(asked, capture_output=True, text=True)
        return {int(pid) for pid in found.stdout.split()}

    def status_of(self, path, **headers):
        """Of a GET; 0 where nobody answers."""
        with contextlib.suppress(Exception):
            return Browser(self).get(f"/crm{path}", **headers).status
        return 0
