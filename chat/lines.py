"""The line to Bedrock of one call, which anybody may cut at any moment, in silence as well.

boto3 lends no hand to give up a call whose answer has not begun. So its connections tell, in the thread
that calls, which of them the call goes through, and cutting the line shuts down that socket: whoever
waits for a byte of it is woken at once. A connection that went back into boto3's pool meanwhile is
another call's, and left alone.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

_lock = threading.Lock()
_called = threading.local()


class Abortable(Protocol):
    def abort(self) -> None: ...


class Line:
    def __init__(self) -> None:
        self._connection: Any = None
        self._stream: Abortable | None = None
        self._is_cut = False

    @contextmanager
    def calling(self) -> Iterator[None]:
        """What this thread asks inside goes through this line."""
        _called.line = self
        try:
            yield
        finally:
            _called.line = None

    def cut(self) -> None:
        with _lock:
            self._is_cut = True
            if self._stream is None:
                self._hang_up()
        if self._stream:
            self._stream.abort()

    def goes_through(self, connection: Any) -> None:
        with _lock:
            connection.line, self._connection = self, connection
            if self._is_cut:
                self._hang_up()

    def answered(self, stream: Abortable) -> None:
        """The answer has begun: from here on it is the stream that is aborted."""
        with _lock:
            self._stream, is_cut = stream, self._is_cut
        if is_cut:
            stream.abort()

    def _hang_up(self) -> None:
        """Of the plain socket: that of TLS would forget its keys first, and a last word go out bare."""
        wire = getattr(self._connection, "sock", None)
        if isinstance(wire, socket.socket) and self._connection.line is self:
            try:
                socket.socket.shutdown(wire, socket.SHUT_RDWR)
            except OSError:  # closed already
                return


class _Telling:
    line: Line | None = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._tell()

    def request(self, *args: Any, **kwargs: Any) -> Any:
        self._tell()
        return super().request(*args, **kwargs)  # type: ignore[misc]

    def _tell(self) -> None:
        if line := getattr(_called, "line", None):
            line.goes_through(self)


class _Plain(_Telling, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _Secure(_Telling, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _PlainPool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Plain


class _SecurePool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Secure


def telling(client: Any) -> Any:
    """The boto3 client, with connections that tell who calls through them."""
    pools = client._endpoint.http_session._pool_classes_by_scheme
    pools.update(http=_PlainPool, https=_SecurePool)
    return client
