"""`.env.example` lists what the code reads, and nothing else."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def variables_read_by(path):
    """First arguments of env.…("NAME"), required("NAME") and os.environ…("NAME")."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    readers = re.compile(r"(env|os\.environ)\.\w+|required")
    return {
        call.args[0].value
        for call in calls
        if readers.fullmatch(ast.unparse(call.func))
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_env_example_lists_every_variable_of_settings_and_gunicorn():
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    read = variables_read_by(ROOT / "wealthai/settings.py")
    read |= variables_read_by(ROOT / "gunicorn.conf.py")

    assert sorted(listed) == sorted(read)


def test_env_example_explains_every_variable_on_the_line_before():
    lines = (ROOT / ".env.example").read_text().splitlines()

    bare = [
        line
        for before, line in zip(lines, lines[1:], strict=False)
        if re.match(r"#?[A-Z_]+=", line) and not before.startswith("# ")
    ]

    assert bare == []
