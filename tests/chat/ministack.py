"""MiniStack: a Bedrock that others wrote, so that our simulator is not its own proof (decision 0017)."""

import contextlib
import os
import socket
import subprocess
import sys
import time

from tests.server import free_port


@contextlib.contextmanager
def ministack(folder):
    """Its address while it runs, on this machine alone and with Bedrock alone."""
    port = free_port()
    quiet = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "SERVICES": "bedrock-runtime",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/none",
        "TMPDIR": str(folder),
        "LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "ministack"],
        cwd=folder,
        env=os.environ | quiet,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return socket.create_connection(("127.0.0.1", port)).close()
        time.sleep(0.05)
    raise TimeoutError("MiniStack did not start")
