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
import threading
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


def pytest_command(left_out, arguments, asked=()):
    """`left_out` and `asked` are markers: tests with one of the first, and without any of the
    second, do not run."""
    return [sys.executable, "-m", "pytest", *with_markers(arguments, left_out, asked)]


def is_passed(code, arguments):
    return code == 0 or (code == NO_TESTS and bool(arguments))


def with_markers(arguments, left_out, asked):
    """pytest heeds only its last -m, so ours and the caller's become one expression."""
    arguments, wanted = list(arguments), [f"not {marker}" for marker in left_out]
    if asked:
        wanted.append(f"({' or '.join(asked)})")
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
def beside(arguments, url):
    """SQLite, then the tests that need a program, in a database of their own, while the others run
    on PostgreSQL: so both take about as long. Yields what waits for the end, shows the output and says if all passed."""
    with tempfile.TemporaryDirectory(prefix="wealthai-tests-") as folder:
        sqlite = {
            "DATABASE_URL": f"sqlite:///{folder}/unused.sqlite3",
            "TEST_DATABASE": f"{folder}/test.sqlite3",
        }
        command = pytest_command(["postgres", *PROGRAMS], arguments)
        runs = [("SQLite, without programs", command, sqlite)]
        missing = missing_programs()
        if url and len(missing) < len(PROGRAMS):
            own = {"DATABASE_URL": url, "TEST_DATABASE": "test_with_programs"}
            command = pytest_command(missing, arguments, PROGRAMS)
            runs.append(("PostgreSQL, with programs", command, own))
        lane = Lane(runs, arguments, Path(folder))
        lane.start()

        def finish():
            lane.join()
            return lane.shown()

        try:
            yield finish
        finally:
            lane.end()


class Lane(threading.Thread):
    """Runs of pytest one after the other: of each its title, its command, and what is added to the
    environment."""

    def __init__(self, runs, arguments, folder):
        super().__init__(daemon=True)
        self.runs, self.arguments, self.folder = runs, arguments, folder
        self.process, self.passed, self.ended = None, [], False

    def run(self):
        for title, command, variables in self.runs:
            if self.ended:
                return
            with (self.folder / title).open("w") as output:
                self.process = subprocess.Popen(
                    command, cwd=ROOT, env=os.environ | variables, stdout=output, stderr=output
                )
            self.passed.append(is_passed(self.process.wait(), self.arguments))

    def shown(self):
        for title, *_ in self.runs:
            say(title)
            sys.stdout.write((self.folder / title).read_text())
        return self.passed == [True] * len(self.runs)

    def end(self):
        self.ended = True
        if self.process:
            self.process.kill()
            self.process.wait()


def on_postgres(arguments):
    """All of it, one after the other: for a part of the suite."""
    missing = missing_programs()
    with postgres() as url:
        if url is None:
            return is_without_postgres()
        say(f"PostgreSQL, without {' '.join(missing)}" if missing else "PostgreSQL")
        passed = run_on(url, missing, arguments)
    return passed and not lacking(missing)


def run_on(url, left_out, arguments):
    command = pytest_command(left_out, arguments)
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url})
    return is_passed(done.returncode, arguments)


def is_without_postgres():
    say("PostgreSQL IS MISSING: only SQLite was tested (Debian: apt-get install postgresql)")
    return not CI


def lacking(missing):
    for marker in missing:
        program = PROGRAMS[marker][0]
        say(f"{program} IS MISSING: its tests did not run (Debian: apt-get install {program})")
    return bool(missing) and CI


def on_both(arguments):
    with postgres() as url, beside(arguments, url) as finish:
        if url is None:
            results = [is_without_postgres()]
        else:
            say("PostgreSQL, without programs")
            results = [run_on(url, PROGRAMS, arguments)]
        results.append(finish())
    return all(results) and not lacking(missing_programs())


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leaves through the finally blocks
    try:
        passed = on_both(arguments)
    except ClusterError as error:
        say(f"PostgreSQL did not start: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
