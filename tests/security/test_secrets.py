"""No secret stands in the code (ASVS 13.3.1); that the start needs them is in test_settings.py."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|aws_secret_access_key\s*=\s*[\"'][A-Za-z0-9/+]{40}"
    r"|AGE-SECRET-KEY-1[A-Z0-9]{20}"
    r"|gh[pousr]_[A-Za-z0-9]{36}"
    r"|xox[bap]-[0-9A-Za-z-]{20}"
)
FOLDERS = [
    "wealthai",
    "customers",
    "chat",
    "dashboard",
    "deploy",
    "docs",
    "tests",
    "bench",
    "static",
]
KINDS = {
    ".py",
    ".html",
    ".js",
    ".md",
    ".conf",
    ".service",
    ".json",
    ".yml",
    ".txt",
    ".toml",
    ".sql",
}


def test_no_file_holds_a_secret():
    files = [
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in KINDS and path.is_file()
    ]

    assert len(files) > 500
    assert [str(path) for path in files if SECRET.search(path.read_text())] == []


def test_example_of_the_environment_has_no_value_for_a_secret():
    lines = (ROOT / ".env.example").read_text().splitlines()
    names = ("SECRET_KEY=", "AWS_SECRET_ACCESS_KEY=", "#AWS_SECRET_ACCESS_KEY=")

    assert [line for line in lines if line.startswith(names) and line.partition("=")[2]] == []
