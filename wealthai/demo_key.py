"""The demo's secret key: this checkout's own, so that nobody can sign a session for another one's."""

import contextlib
import os
import secrets
import tempfile


def demo_key(folder):
    path = folder / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=folder) as file:  # made for its owner only
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)  # complete or not there, whoever else is starting
    return path.read_text()
