"""Requests that no browser sends, through the shipped site: refused, and nobody waits for them."""

import contextlib
import socket
import ssl
import time

import pytest

from tests.deploy.site import HOST

# django_db: pytest makes a database only for marked tests; the site commits into it by itself.
pytestmark = [pytest.mark.nginx, pytest.mark.postgres, pytest.mark.django_db]

START = b"POST /crm/api/customers HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\n"
GET = START.replace(b"POST", b"GET")


def connect(site):
    context = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
    wire = socket.create_connection(("127.0.0.1", site.https), timeout=20)
    return context.wrap_socket(wire, server_hostname=HOST)


def status_of(site, request):
    with connect(site) as wire:
        wire.sendall(request)
        return int(wire.recv(4096).split()[1])


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (START + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (START + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        (START + b"Content-Length: +3\r\n\r\nabc", 400),
        (START + b"Transfer-Encoding: xchunked\r\n\r\n", 501),
        (START + b"Content-Length : 3\r\n\r\nabc", 400),
        (GET + b"X-Folded: a\r\n b\r\n\r\n", 400),
        (GET + b"X-Nul: a\x00b\r\n\r\n", 400),
        (GET + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", 400),
        (GET.replace(b"customers ", b"customers?q=" + b"a" * 5000 + b" ") + b"\r\n", 414),
        (b"GET /crm/api/customers HTTP/1.1\r\n\r\n", 400),
    ],
    ids=[
        "both-lengths",
        "two-lengths",
        "plus",
        "unknown-coding",
        "space-in-name",
        "folded",
        "nul",
        "long-header",
        "long-line",
        "no-host",
    ],
)
def test_ambiguous_request_is_refused(site, request_bytes, status):
    assert status_of(site, request_bytes) == status


def test_senders_that_never_finish_keep_nobody_waiting(site, browser):
    with contextlib.ExitStack() as stack:
        for _ in range(60):  # more than the threads of this site
            stack.enter_context(connect(site)).sendall(GET + b"X-Half")

        started = time.monotonic()
        status = browser.get("/crm/readyz").status

    assert (status, time.monotonic() - started < 2) == (200, True)
