"""The whole suite on both databases at once: what `make test` runs. Arguments go to pytest.

What a machine lacks is said loudly and left out; with CI=true it fails instead.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.cluster import ClusterError, find_binaries, throwaway

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI") == "true"
NO_TESTS = 5  # pytest's exit code for "nothing collected"
# Markers of tests that need a program, and where to look for it.
PROGRAMS = {
    "browser": ("chromium", "google-chrome", os.environ.get("CHROMIUM", "")),
    "nginx": ("nginx", "/usr/sbin/nginx"),
}


def say(text):
    sys.stdout.write(f"\n=== {text}\n")
    sys.stdout.flush()


def missing_programs():
    return [marker for marker, names in PROGRAMS.items() if not any(shutil.which(n) for n in names)]


def pytest_command(left_out, arguments):
    """`left_out` are markers."""
    return [sys.executable, "-m", "pytest", *with_markers(arguments, left_out)]


def is_passed(code, arguments):
    return code == 0 or (code == NO_TESTS and bool(arguments))


def with_markers(arguments, left_out):
    """pytest heeds only its last -m, so ours and the caller's become one expression."""
    arguments, wanted = list(arguments), [f"not {marker}" for marker in left_out]
    if "-m" in arguments:
        position = arguments.index("-m")
        wanted.append(f"({arguments[position + 1]})")
        del arguments[position : position + 2]
    return [*arguments, "-m", " and ".join(wanted)] if wanted else arguments


@contextlib.contextmanager
def postgres():
    """Yields the DATABASE_URL to test on: the environment's, a throw-away one, or None."""
    given = os.environ.get("DATABASE_URL", "")
    binaries = find_binaries()
    if given.startswith(("postgres://", "postgresql://")):
        yield given
    elif binaries:
        with throwaway(binaries) as url:
            yield url
    else:
        yield None


@contextlib.contextmanager
def sqlite_beside(arguments):
    """Runs on SQLite meanwhile; yields what waits for the end, shows the output and says if it passed."""
    with tempfile.TemporaryDirectory(prefix="wealthai-sqlite-") as folder:
        log = Path(folder) / "log"
        database = {
            "DATABASE_URL": f"sqlite:///{folder}/unused.sqlite3",
            "TEST_DATABASE": f"{folder}/test.sqlite3",
        }
        command = pytest_command(["postgres", *PROGRAMS], arguments)
        with log.open("w") as output:
            run = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | database, stdout=output, stderr=output
            )

        def finish():
            code = run.wait()
            say(f"SQLite, without postgres {' '.join(PROGRAMS)}")
            sys.stdout.write(log.read_text())
            return is_passed(code, arguments)

        try:
            yield finish
        finally:
            run.kill()
            run.wait()


def on_postgres(arguments):
    missing = missing_programs()
    with postgres() as url:
        if url is None:
            say(
                "PostgreSQL IS MISSING: only SQLite was tested (Debian: apt-get install postgresql)"
            )
            return not CI
        say(f"PostgreSQL, without {' '.join(missing)}" if missing else "PostgreSQL")
        command = pytest_command(missing, arguments)
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    for marker in missing:
        program = PROGRAMS[marker][0]
        say(f"{program} IS MISSING: its tests did not run (Debian: apt-get install {program})")
    return is_passed(done.returncode, arguments) and not (missing and CI)


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leaves through the finally blocks
    try:
        with sqlite_beside(arguments) as on_sqlite:
            results = [on_postgres(arguments), on_sqlite()]
    except ClusterError as error:
        say(f"PostgreSQL did not start: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
