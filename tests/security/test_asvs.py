"""docs/asvs.md promises nothing that no test proves."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
TEXT = (TESTS.parent / "docs/asvs.md").read_text()
ROW = re.compile(r"^\| ((?:\d|T\d)[^|]*) \|[^|]*\| (.*) \|$", re.MULTILINE)
NAME = re.compile(r"`((?:\w+/)+test_\w+\.py)(?:::(test_\w+))?`")
TRAPS = {f"T{number}" for number in range(1, 29)} - {"T20"}


def functions_of(path):
    return {node.name for node in ast.parse(path.read_text()).body if hasattr(node, "name")}


def test_every_named_test_exists():
    named = NAME.findall(TEXT)
    files = {path: functions_of(TESTS / path) for path, _ in named if (TESTS / path).exists()}

    assert [name for name in named if name[0] not in files] == []
    assert [name for name in named if name[1] and name[1] not in files[name[0]]] == []


def test_every_row_names_a_test():
    assert [asked for asked, proof in ROW.findall(TEXT) if not NAME.findall(proof)] == []


def test_all_traps_and_twenty_rows_are_there():
    ids = [asked for asked, _ in ROW.findall(TEXT)]

    assert {each for each in ids if each.startswith("T")} == TRAPS
    assert len([each for each in ids if not each.startswith("T")]) == 20
