"""Commands that are ended from outside, and programs that they start and have to end with themselves."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from types import FrameType

STOP_SECONDS = 15
STOPS = (signal.SIGTERM, signal.SIGHUP)
_running: list[subprocess.Popen[bytes]] = []


@contextlib.contextmanager
def clearing_up() -> Iterator[None]:
    """A stop of the service and the loss of the terminal end what is inside like an error, so that it
    clears up, which a second one does not interrupt. What `nohup` ignores stays ignored."""
    came: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if not came:
            came.append(number)
            # What is raised here may be lost in a library that waits for one of them.
            for program in _running:
                program.kill()
            raise SystemExit(128 + number)

    heeded = [number for number in STOPS if signal.getsignal(number) is not signal.SIG_IGN]
    handlers = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    except Exception:
        if came:  # a library made an error of its own of it
            raise SystemExit(128 + came[0]) from None
        raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def killed_at_the_end(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """However the block is left, and at a stop that `clearing_up` heeds."""
    _running.append(program)
    try:
        yield
    finally:
        _running.remove(program)
        program.kill()


def end(child: subprocess.Popen[bytes]) -> None:
    """First politely; then the whole group that it leads, workers included."""
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
