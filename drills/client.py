"""Many callers at once through nginx, in one thread: a connection each, and what they saw."""

import asyncio
import copy
import json
import ssl
import time
from dataclasses import dataclass, field

from tests.deploy.site import HOST

LIMIT = 1 << 20
PATIENCE = 60  # seconds; who waits longer hangs


@dataclass
class Answer:
    """`status` is 0 where the line broke before the head of an answer, -1 where nobody answered."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0
    is_whole: bool = False  # the body came to its end

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Client:
    def __init__(self, site):
        self.port = site.https
        self.socket, self.before, self.added = None, "/crm", {}
        self.context = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))

    def of_node(self, socket):
        """The same, past nginx: of that node alone."""
        other = copy.copy(self)
        other.socket, other.before = str(socket), ""
        other.added = {"X-Forwarded-Proto": "https", "X-Real-IP": "127.0.0.1"}
        return other

    async def get(self, path, headers):
        return await self.send("GET", path, headers)

    async def send(self, method, path, headers, body=None, on_piece=None):
        """An Answer, however it went; `on_piece` is given the body as far as it has come."""
        answer, started = Answer(), time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.exchange(method, path, headers, body, on_piece, answer)
        except TimeoutError:
            answer.status = answer.status or -1
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass  # the answer says how far it came
        answer.seconds = time.monotonic() - started
        return answer

    async def exchange(self, method, path, headers, body, on_piece, answer):
        reader, writer = await self.open()
        try:
            writer.write(request(method, self.before + path, self.added | headers, body))
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            told = (line.partition(": ")[::2] for line in head[1:] if line)
            answer.headers = {name.lower(): value for name, value in told}
            answer.status = int(head[0].split()[1])
            async for piece in pieces(reader, answer.headers):
                answer.body += piece
                if on_piece:
                    on_piece(answer.body)
            answer.is_whole = True
        finally:
            writer.close()

    async def open(self):
        if self.socket:
            return await asyncio.open_unix_connection(self.socket, limit=LIMIT)
        return await asyncio.open_connection(
            "127.0.0.1", self.port, limit=LIMIT, ssl=self.context, server_hostname=HOST
        )


def request(method, path, headers, body):
    """`body` is sent as JSON, a text as it is."""
    sent = (body if isinstance(body, str) else json.dumps(body)).encode() if body else b""
    headers = {"Host": HOST, "Connection": "close", "Content-Length": str(len(sent)), **headers}
    if sent:
        headers = {"Content-Type": "application/json", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + sent


async def pieces(reader, headers):
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            yield (await reader.readexactly(size + 2))[:-2]
    elif "content-length" in headers:
        yield await reader.readexactly(int(headers["content-length"]))
    else:
        yield await reader.read(-1)
