"""Many people at once, as one light process: reads on standard input whom to be, prints what they saw.

One thread, plain sockets: on two cores a client that costs as much as a browser would measure itself.
"""

import asyncio
import json
import sys
import time

DELTA, LIMIT = b"event: delta", 1 << 20


class Crowd:
    """Streams that begin `gap` seconds apart, and pages asked for until the last of them has ended."""

    def __init__(self, port, gap):
        self.port = port
        self.gap = gap
        self.open = self.most_open = 0
        self.pages = []

    async def gather(self, questions, pages):
        streams = [
            asyncio.create_task(self.stream(number * self.gap, question))
            for number, question in enumerate(questions)
        ]
        looking = asyncio.create_task(self.look(pages)) if pages else None
        seen = await asyncio.gather(*streams)
        if looking:
            looking.cancel()
        return {"streams": seen, "most_open": self.most_open, "pages": self.pages}

    async def stream(self, wait, question):
        """Ask, and read to the end; how long each step took and what came."""
        await asyncio.sleep(wait)
        started, first, body = time.monotonic(), None, []
        status, headers, lines = await self.request("POST", **question)
        answered = time.monotonic() - started
        async for piece in lines:
            if first is None and DELTA in piece:
                first = time.monotonic() - started
                self.open += 1
                self.most_open = max(self.most_open, self.open)
            body.append(piece)
        self.open -= first is not None
        return {
            "status": status,
            "retry_after": headers.get("retry-after"),
            "answered": answered,
            "first": first,
            "events": events(b"".join(body).decode()) if status == 200 else [],
        }

    async def look(self, pages):
        """One page after the other, with a breath between them, as one more person would."""
        while True:
            for page in pages:
                started = time.monotonic()
                status, _, lines = await self.request("GET", **page)
                async for _ in lines:
                    pass
                self.pages.append((page["path"], status, time.monotonic() - started))
                await asyncio.sleep(0.1)

    async def request(self, method, path, headers, body=None):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LIMIT)
        sent = json.dumps(body).encode() if body else b""
        headers = {"Host": "127.0.0.1", "Connection": "close", **headers}
        if body:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(sent))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        told = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split()[1]), told, pieces(reader, writer, told)


async def pieces(reader, writer, headers):
    """The body as it arrives; the server closes the line behind it."""
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            yield (await reader.readexactly(size + 2))[:-2]
    else:
        yield await reader.read(-1)
    writer.close()


def events(text):
    """[event, data] of each event of a whole body."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.split("\n"))
        if "event" in fields:
            found.append([fields["event"], json.loads(fields["data"])])
    return found


def main():
    asked = json.load(sys.stdin)
    crowd = Crowd(asked["port"], asked["gap"])
    json.dump(asyncio.run(crowd.gather(asked["questions"], asked["pages"])), sys.stdout)


if __name__ == "__main__":
    main()
