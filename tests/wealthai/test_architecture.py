"""What docs/architecture.md promises about the code, measured."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["wealthai", "customers", "chat", "dashboard"]
SOURCES = sorted(
    path.relative_to(ROOT)
    for app in [*ORDER, "tests"]
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)


def tree(path):
    return ast.parse((ROOT / path).read_text())


def imported_modules(path):
    """Every import of a file, the ones inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


@pytest.mark.parametrize("app", ORDER)
def test_app_imports_nothing_above_it(app):
    above = set(ORDER[ORDER.index(app) + 1 :])

    upward = [
        f"{path} imports {module}"
        for path in SOURCES
        if path.parts[0] == app
        for module in imported_modules(path)
        if module.split(".")[0] in above
    ]

    assert upward == []


def test_boto3_is_imported_in_one_module_only():
    importers = {
        str(path)
        for path in SOURCES
        for module in imported_modules(path)
        if module.split(".")[0] in {"boto3", "botocore"} and path.parts[0] != "tests"
    }

    assert importers == {"chat/bedrock.py"}


def test_no_module_is_named_for_nothing():
    nameless = {"services", "utils", "helpers", "selectors", "common", "misc"}

    assert [path for path in SOURCES if path.stem in nameless] == []


def test_files_have_at_most_350_lines():
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path in SOURCES}

    assert {path: size for path, size in sizes.items() if size > 350} == {}


def test_functions_have_at_most_50_lines():
    long = {
        f"{path}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: size for name, size in long.items() if size > 50} == {}
