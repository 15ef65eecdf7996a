"""What docs/architecture.md promises about the code, measured."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ORDER = ["wealthai", "customers", "chat", "dashboard"]
SOURCES = sorted(
    path.relative_to(ROOT)
    for app in [*ORDER, "tests", "bench", "drills"]
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


def test_boto3_is_imported_in_the_two_modules_of_its_line_only():
    importers = {
        str(path)
        for path in SOURCES
        for module in imported_modules(path)
        if module.split(".")[0] in {"boto3", "botocore"} and path.parts[0] != "tests"
    }

    assert importers == {"chat/bedrock.py", "chat/lines.py"}


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


# --- Who may write around the guard of tracked tables -----------------------------------------

TABLES = (
    "customers|sales_representatives|holdings|sales_notes|cash_inflows|products|tasks"
    "|economic_events"
)
VERB = r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|COPY)\s+\"?"
# A table that is filled in later could be any of them.
WRITE = re.compile(rf"(?i:{VERB}(?:{TABLES})\b)|{VERB}\{{")


def product_code():
    return [path for path in SOURCES if path.parts[0] != "tests"]


def users_of(*names):
    """The modules that call, import or define one of `names`."""
    return {
        str(path)
        for path in product_code()
        for node in ast.walk(tree(path))
        if getattr(node, "attr", getattr(node, "name", getattr(node, "id", None))) in names
    }


def statements(path):
    """Texts that could be sent to the database; what is filled in later stands as {."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "{" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_history_is_left_out_in_named_places_only():
    assert users_of("without_history") == {
        "wealthai/tracking.py",
        "customers/importing/store.py",  # frees e-mail addresses that two rows swap
    }


def test_guard_is_lifted_in_one_module_only():
    assert users_of("recorded") == {
        "wealthai/tracking.py",
        "bench/data.py",  # invented rows in a database of its own
    }


def test_nobody_uses_the_librarys_ways_round_the_history():
    names = ["skip_history_when_saving", "save_without_historical_record"]
    names += [
        "bulk_create_with_history",
        "bulk_update_with_history",
        "_raw_delete",
        "_base_manager",
    ]

    assert users_of(*names) == {
        "wealthai/tracking.py",
        "wealthai/evidence.py",  # refuses one of them
    }


def test_tracked_tables_are_written_by_sql_in_named_places_only():
    writers = {
        str(path) for path in product_code() for text in statements(path) if WRITE.search(text)
    }

    assert writers == {
        "wealthai/copying.py",
        "customers/foreign_writes.py",  # into the history tables
        "bench/firm.py",  # invented rows in a database of its own
    }
