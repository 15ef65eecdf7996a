"""A real server on the test database: gunicorn as shipped, in processes of its own."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.test import Client
from knox.models import AuthToken

from customers.models import Customer

ROOT = Path(__file__).resolve().parent.parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url():
    """A DATABASE_URL for the database of this test run, behind a port or a socket."""
    database = connection.settings_dict
    who = quote(database["USER"], safe="")
    if database["PASSWORD"]:
        who += f":{quote(database['PASSWORD'], safe='')}"
    if database["HOST"].startswith("/"):
        return f"postgres://{who}@/{database['HOST']}/{database['NAME']}"
    return f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


class Server:
    """gunicorn with `variables` in its environment; stops when the `with` block ends."""

    def __init__(self, **variables):
        self.port = free_port()
        self.wires, self.answers = [], []
        self.environment = os.environ | {
            "DATABASE_URL": database_url(),
            "BIND": f"127.0.0.1:{self.port}",
            "BEDROCK_ENDPOINT_URL": settings.BEDROCK_ENDPOINT_URL,
            **variables,
        }

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wealthai.wsgi:application"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.get("/healthz")
                answer.read()
                if answer.status == 200:
                    return self
            time.sleep(0.1)
        raise TimeoutError("the server did not start")

    def __exit__(self, *error):
        for wire, answer in self.answers:
            if answer.isclosed():  # gunicorn would wait two seconds for another question on it
                wire.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        for wire in self.wires:
            wire.close()

    def workers(self):
        """Process ids of the workers."""
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return [int(pid) for pid in children.stdout.split()]

    def request(self, method, path, body=None, **headers):
        """An open http.client response; its connection is closed with the server."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.wires.append(wire)
        wire.request(method, path, body and json.dumps(body), headers)
        self.answers.append((wire, wire.getresponse()))
        return self.answers[-1][1]

    def get(self, path, **headers):
        return self.request("GET", path, **headers)


def bearer(user):
    """The header of one who calls the API with a token of their own."""
    return {"Authorization": f"Bearer {AuthToken.objects.create(user)[1]}"}


def session(user):
    """The header of one who is logged in."""
    client, name = Client(), settings.SESSION_COOKIE_NAME
    client.force_login(user)
    return {"Cookie": f"{name}={client.cookies[name].value}"}


def customer_of(user):
    return Customer.objects.active().filter(sales_rep=user).order_by("pk").first()


class Caller:
    """An adviser who calls the API with a bearer token."""

    def __init__(self, server, adviser):
        self.server = server
        self.headers = bearer(adviser) | {"Content-Type": "application/json"}

    def ask(self, message, accept="text/event-stream", **more):
        body = {"message": message, **more}
        return self.server.request("POST", "/api/chat", body, Accept=accept, **self.headers)

    def follow(self, chat_id, had=0):
        headers = self.headers | {"Last-Event-ID": str(had), "Accept": "text/event-stream"}
        return self.server.request("GET", f"/api/chat/{chat_id}/events", **headers)

    def stop(self, chat_id):
        return self.server.request("POST", f"/api/chat/{chat_id}/stop", **self.headers)


def read_events(response):
    """Yields (event, id, data) as they arrive."""
    event = {}
    for line in response:
        text = line.decode().rstrip("\n")
        if text:
            name, _, value = text.partition(": ")
            event[name] = value
        elif "event" in event:
            yield event["event"], int(event["id"]), json.loads(event["data"])
            event = {}
