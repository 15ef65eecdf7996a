"""Programs that a command starts and has to end with itself."""

import contextlib
import os
import signal
import subprocess

STOP_SECONDS = 15


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
