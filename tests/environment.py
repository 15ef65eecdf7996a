"""Loaded by pytest before Django (see pyproject.toml): the settings every test run starts from."""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"

os.environ.setdefault("DEMO", "1")
os.environ.setdefault("STATIC_MANIFEST", "0")
# An empty folder: from one filled by `make run`, the live server would serve old style sheets.
os.environ.setdefault("STATIC_ROOT", str(VAR / "nothing-collected"))
os.environ.setdefault("DATABASE_URL", f"sqlite:///{VAR / 'unused.sqlite3'}")
if os.environ["DATABASE_URL"].startswith("sqlite"):
    # A file, as users have it; in memory, threads would share one connection.
    os.environ.setdefault("TEST_DATABASE", str(VAR / "test.sqlite3"))
os.environ.pop("AWS_BEARER_TOKEN_BEDROCK", None)
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_EC2_METADATA_DISABLED="true",
)
