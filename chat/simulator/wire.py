"""The binary framing of ConverseStream: application/vnd.amazon.eventstream.

A message is total length, header length and their CRC-32, the headers, the payload, and the
CRC-32 of all before it; every number big-endian (AWS, "Event stream encoding").
"""

import json
import struct
import zlib
from collections.abc import Callable

STRING = 7


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    head = b"".join(
        bytes([len(name)]) + name.encode() + struct.pack("!BH", STRING, len(value)) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    body = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return body + struct.pack("!I", zlib.crc32(body))


def event(name: str, data: dict, spoil: Callable[[bytes], bytes] = bytes) -> bytes:
    """One event, its text as UTF-8; `spoil` may change the payload before it is summed up."""
    headers = {
        ":event-type": name,
        ":content-type": "application/json",
        ":message-type": "event",
    }
    text = json.dumps(data, ensure_ascii=False)  # half a surrogate pair stays an escape
    return frame(headers, spoil(text.encode("utf-8", "backslashreplace")))


def exception(name: str, message: str) -> bytes:
    headers = {
        ":exception-type": name,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return frame(headers, json.dumps({"message": message}).encode())


def text_delta(text: str, spoil: Callable[[bytes], bytes] = bytes) -> bytes:
    return delta({"text": text}, spoil=spoil)


def delta(piece: dict, index: int = 0, spoil: Callable[[bytes], bytes] = bytes) -> bytes:
    return event("contentBlockDelta", {"delta": piece, "contentBlockIndex": index}, spoil)
