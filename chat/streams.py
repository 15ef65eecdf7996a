"""An answer as server-sent events, for as many readers as there are, from any character on.

`id:` of each event is the number of characters (code points) of the answer that the reader then
has; sent back as Last-Event-ID it continues there. Browsers echo it and never count themselves.
"""

import json
import threading
import time

from django.conf import settings
from django.db import connection
from django.http import StreamingHttpResponse

from chat import runs, withdrawal
from chat.models import ChatExchange

HEARTBEAT = 10.0
POLL = 0.4
LOOK_EVERY = 4.0  # with a heartbeat of silence, a right that was lost is noticed within 15 s

_lock = threading.Lock()
_open = 0


class Seat:
    """A reader's place: threads are finite, so readers are counted. Raises runs.Busy when full."""

    def __init__(self):
        global _open
        with _lock:
            if _open >= settings.CHAT_MAX_STREAMS:
                raise runs.Busy
            _open += 1
        self._taken = True

    def leave(self):
        global _open
        with _lock:
            _open -= self._taken
            self._taken = False


class EventStream:
    """The body of a response, in a seat that is given back when the server closes it."""

    def __init__(self, events, seat):
        self._events = events
        self._seat = seat

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._events)

    def close(self):
        self._seat.leave()
        self._events.close()


def response(exchange, offset, describe, seat, reader):
    """A text/event-stream response that reads `exchange` on from character `offset`.

    `reader` is told only what they may see, to the end. `describe(row)` gives the JSON of the
    finished exchange. `seat` was taken before the question was asked: a saved question is never
    refused its stream.
    """
    answer = StreamingHttpResponse(
        EventStream(_events(exchange, offset, describe, reader), seat),
        content_type="text/event-stream",
    )
    answer["Cache-Control"] = "no-cache, no-store"
    answer["X-Accel-Buffering"] = "no"
    answer["Content-Encoding"] = "identity"  # keeps compressing middleware away
    return answer


def _event(name, data, at):
    return f"event: {name}\nid: {at}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _events(exchange, offset, describe, reader):
    connection.close()  # a stream holds no connection; the pool is small
    start = {"chat_id": exchange.pk, "conversation_id": exchange.conversation_id}
    yield _event("start", start, offset)
    if exchange.is_withheld:
        yield _event("done", describe(exchange), offset)
        return
    run = runs.live(exchange.pk)
    follow = _follow(run, offset) if run else _poll(exchange.pk, offset)
    if reader.pk != exchange.adviser_id:  # one's own ends with the right to it (chat/runs.py)
        follow = _while_allowed(follow, exchange.pk, reader)
    for kind, text in follow:
        if kind == "delta":
            offset += len(text)
            yield _event("delta", {"text": text}, offset)
        elif kind == "status":
            yield _event("status", {"text": text}, offset)
        elif kind == "leave":
            return
        else:
            yield b": \n\n"
    yield from _ending(exchange.pk, offset, describe, reader)


def _follow(run, offset):
    """Read a run of this process: woken by each piece, no database."""
    yield "status", "記録を確認しています"
    while True:
        text, closed = run.wait_beyond(offset, HEARTBEAT)
        if text:
            offset += len(text)
            yield "delta", text
        elif closed:
            return
        else:
            yield "beat", ""


def _while_allowed(follow, chat_id, reader):
    looked = time.monotonic()
    for step in follow:
        if time.monotonic() - looked >= LOOK_EVERY:
            looked = time.monotonic()
            is_allowed = withdrawal.may_read(reader, chat_id)
            connection.close()
            if not is_allowed:
                yield "leave", ""
        yield step


def _poll(chat_id, offset):
    """Read the row of another process's run: it is saved every half second."""
    beat = time.monotonic() + HEARTBEAT
    while True:
        runs.reap_lost()
        row = ChatExchange.objects.only("status", "response").get(pk=chat_id)
        connection.close()
        if len(row.response) > offset:
            yield "delta", row.response[offset:]
            offset = len(row.response)
        if not row.is_running:
            return
        if runs.is_draining():
            yield "leave", ""  # the reader comes back to another process and reads on
        if time.monotonic() > beat:
            beat = time.monotonic() + HEARTBEAT
            yield "beat", ""
        time.sleep(POLL)


ENDINGS = {
    ChatExchange.Status.INTERRUPTED: "interrupted",
    ChatExchange.Status.FAILED: "error",
}


def _ending(chat_id, offset, describe, reader):
    row = withdrawal.shown_to(reader, chat_id)
    data = describe(row)
    connection.close()
    yield _event(ENDINGS.get(row.status, "done"), data, max(offset, len(row.response)))
