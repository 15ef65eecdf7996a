"""The shipped nginx site in front of gunicorn with production settings, on loopback ports."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import urllib3
from django.urls import reverse

from tests.server import database_url

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "crm.example.jp"
START_SECONDS = 60
MAIN = """
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    include {folder}/site.conf;
}}
"""


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Site:
    prefix = "/crm"
    shipped = ROOT / "deploy/nginx/wealthai-crm.conf"

    def __init__(self, folder, model_url, **variables):
        self.folder = Path(folder)
        self.http, self.https, self.local = free_ports(3)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": database_url(),
            "FORCE_SCRIPT_NAME": "/crm",
            "CLIENT_IP_HEADER": "X-Real-IP",
            "BIND": f"unix:{folder}/gunicorn.sock",
            "STATIC_ROOT": f"{folder}/staticfiles",
            "PROMETHEUS_MULTIPROC_DIR": f"{folder}/metrics",
            "WEB_WORKERS": "1",
            "WEB_THREADS": "32",
            "CHAT_MAX_STREAMS": "16",
            "BEDROCK_ENDPOINT_URL": model_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            **variables,
        }

    @contextlib.contextmanager
    def running(self):
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        self.write_configuration()
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        commands = {
            "gunicorn": [sys.executable, "-m", "gunicorn", "wealthai.wsgi:application"],
            "nginx": [nginx, "-p", self.folder, "-c", self.folder / "nginx.conf"],
        }
        with contextlib.ExitStack() as stack:
            self.processes = {
                name: stack.enter_context(self.started(name, command))
                for name, command in commands.items()
            }
            self.wait()
            yield self

    def manage(self, *arguments):
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True
        )

    def write_configuration(self):
        user = "root" if os.geteuid() == 0 else "nobody"
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))
        site = self.shipped.read_text()
        for shipped, here in {
            r"\n *listen \[::\].*": "",
            r"listen 80\b": f"listen 127.0.0.1:{self.http}",
            r"listen 443\b": f"listen 127.0.0.1:{self.https}",
            r"listen 127.0.0.1:8001": f"listen 127.0.0.1:{self.local}",
            r"/run/wealthai-crm/": f"{self.folder}/",
            r"/etc/ssl/wealthai-crm/": f"{self.folder}/",
            r"/var/log/nginx/": f"{self.folder}/",
            r"/srv/wealthai-crm/staticfiles/": f"{self.folder}/staticfiles/",
            r"/srv/wealthai-crm/": f"{ROOT}/",
        }.items():
            site = re.sub(shipped, here, site)
        (self.folder / "site.conf").write_text(site)
        self.add_certificate()

    def add_certificate(self):
        make_certificate(self.folder)

    @contextlib.contextmanager
    def started(self, name, command):
        with (self.folder / f"{name}.out").open("w") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    def wait(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if Browser(self).get(f"{self.prefix}/readyz").status == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(self.log())

    def log(self):
        files = sorted(self.folder.glob("*.out")) + sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text()}" for path in files)


def make_certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        + ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True,
        capture_output=True,
    )


class Browser:
    """Speaks to the site by its name, checks its certificate, keeps its cookies."""

    def __init__(self, site):
        self.site = site
        self.cookies = {}
        self.pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            site.https,
            ca_certs=str(site.folder / "fullchain.pem"),
            server_hostname=HOST,
            assert_hostname=HOST,
            retries=False,
            timeout=30,
        )

    def get(self, path, **headers):
        return self.request("GET", path, headers)

    def ask(self, token, message):
        """An open event stream of the answer to `message`."""
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "text/event-stream",
        }
        body = json.dumps({"message": message})
        return self.request("POST", "/crm/api/chat", headers, body=body, preload_content=False)

    def log_in(self, rep_code, password):
        """Fills in the log-in page; returns what comes of it."""
        path = self.site.prefix + reverse("account_login")
        token = re.search(
            r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path).data.decode()
        ).group(1)
        fields = {"login": rep_code, "password": password, "csrfmiddlewaretoken": token}
        return self.post(path, fields)

    def post(self, path, fields, **headers):
        return self.request(
            "POST",
            path,
            {"Content-Type": "application/x-www-form-urlencoded"} | headers,
            body=urlencode(fields),
        )

    def request(self, method, path, headers, **options):
        known = {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "Referer": f"https://{HOST}{self.site.prefix}/",
        }
        if self.cookies:
            known["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self.pool.request(
            method, path, headers=known | headers, redirect=False, **options
        )
        for line in response.headers.getlist("Set-Cookie"):
            self.cookies |= {name: item.value for name, item in SimpleCookie(line).items()}
        return response
