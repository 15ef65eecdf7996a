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


# A second request within what one server might read as the body of the first.
HIDDEN = b"GET /crm/healthz HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nX-Hidden: 1\r\n\r\n"
CHUNKS = b"0\r\n\r\n" + HIDDEN
CODINGS = {
    "plain": b"Transfer-Encoding: chunked",
    "upper": b"TRANSFER-ENCODING: CHUNKED",
    "space-before-colon": b"Transfer-Encoding : chunked",
    "tab-before-colon": b"Transfer-Encoding\t: chunked",
    "space-before": b" Transfer-Encoding: chunked",
    "vertical-tab": b"Transfer-Encoding: \x0bchunked",
    "nul": b"Transfer-Encoding: chunked\x00",
    "quoted": b'Transfer-Encoding: "chunked"',
    "twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    "list": b"Transfer-Encoding: identity, chunked",
    "list-behind": b"Transfer-Encoding: chunked, identity",
    "unknown": b"Transfer-Encoding: cow",
    "folded": b"Transfer-Encoding:\r\n chunked",
    "bare-line-feed": b"X: y\nTransfer-Encoding: chunked",
    "underscore": b"Transfer_Encoding: chunked",
}
LENGTHS = {
    "too-short": b"Content-Length: 0",
    "twice": b"Content-Length: 0\r\nContent-Length: %d" % len(HIDDEN),
    "list": b"Content-Length: 0, %d" % len(HIDDEN),
    "plus": b"Content-Length: +0",
    "minus": b"Content-Length: -1",
    "hexadecimal": b"Content-Length: 0x0",
    "inner-space": b"Content-Length: 0 0",
    "underscore": b"Content-Length: 0_0",
    "empty": b"Content-Length:",
    "letters": b"Content-Length: abc",
    "huge": b"Content-Length: 99999999999999999999999",
}
BODIES = {
    "chunk-in-hexadecimal-with-prefix": b"0x0\r\n\r\n" + HIDDEN,
    "chunk-of-minus": b"-1\r\n\r\n" + HIDDEN,
    "chunk-with-bare-line-feed": b"0\n\n" + HIDDEN,
    "chunk-with-space": b"0 \r\n\r\n" + HIDDEN,
    "chunk-too-long": b"fffffffffffffffff\r\n" + HIDDEN,
    "chunk-extension": b"0;a=b\r\n\r\n" + HIDDEN,
}
SMUGGLED = {
    **{
        f"coding-{name}": START
        + b"Content-Length: %d\r\n" % len(CHUNKS)
        + line
        + b"\r\n\r\n"
        + CHUNKS
        for name, line in CODINGS.items()
    },
    **{
        f"length-{name}": START + line + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS
        for name, line in LENGTHS.items()
    },
    **{
        name: START + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        for name, body in BODIES.items()
    },
}


def answers_of(site, request):
    """Everything that comes back until the server hangs up or says nothing more."""
    received = b""
    with connect(site) as wire, contextlib.suppress(TimeoutError):
        wire.sendall(request)
        wire.settimeout(5)
        while piece := wire.recv(65536):
            received += piece
            wire.settimeout(0.3)
    return received


@pytest.mark.parametrize("request_bytes", SMUGGLED.values(), ids=SMUGGLED)
def test_request_hidden_in_anothers_body_is_never_answered(site, request_bytes):
    received = answers_of(site, request_bytes)

    assert received.count(b"HTTP/1.1 ") <= 1
    assert b'"status": "ok"' not in received


def test_request_behind_a_whole_one_is_answered(site):
    """So the others' silence means something."""
    assert answers_of(site, HIDDEN + HIDDEN).count(b'"status": "ok"') == 2


UPLOADS = {
    "program": (b"MZ\x90\x00" + b"\x00" * 60, "text/csv"),
    "archive": (b"PK\x03\x04" + b"\x00" * 60, "application/zip"),
    "portable-document": (b"%PDF-1.7\n", "text/csv"),
}


@pytest.mark.parametrize(("content", "kind"), UPLOADS.values(), ids=UPLOADS)
@pytest.mark.parametrize("path", ["/crm/customers/new", "/crm/api/customers"])
def test_file_is_taken_nowhere(browser, token, path, content, kind):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
    body = part + b"Content-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n--x--\r\n"
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Authorization": f"Bearer {token}",
    }

    answer = browser.request("POST", path, headers, body=body)

    assert answer.status in (403, 415)


@pytest.mark.parametrize("path", ["/crm/customers/new", "/crm/api/customers"])
def test_hundred_megabytes_are_refused_before_they_are_sent(site, path):
    head = START.replace(b"/crm/api/customers", path.encode())

    assert status_of(site, head + b"Content-Length: 100000000\r\n\r\n") == 413


def test_senders_that_never_finish_keep_nobody_waiting(site, browser):
    with contextlib.ExitStack() as stack:
        for _ in range(60):  # more than the threads of this site
            stack.enter_context(connect(site)).sendall(GET + b"X-Half")

        started = time.monotonic()
        status = browser.get("/crm/readyz").status

    assert (status, time.monotonic() - started < 2) == (200, True)
