"""`make test` itself: the choice of tests, and the throw-away PostgreSQL."""

from pathlib import Path

import psycopg
import pytest

from tests.cluster import find_binaries, throwaway
from tests.run import missing_programs, with_markers


@pytest.mark.parametrize(
    ("arguments", "left_out", "asked", "expected"),
    [
        ([], [], [], []),
        (["tests/chat"], [], [], ["tests/chat"]),
        ([], ["browser", "nginx"], [], ["-m", "not browser and not nginx"]),
        ([], ["nginx"], ["browser", "nginx"], ["-m", "not nginx and (browser or nginx)"]),
        (["-m", "slow or odd", "-x"], ["nginx"], [], ["-x", "-m", "not nginx and (slow or odd)"]),
    ],
    ids=["all", "some", "left-out", "asked", "with-own-marker"],
)
def test_markers_of_both_sides_become_one_expression(arguments, left_out, asked, expected):
    assert with_markers(arguments, left_out, asked) == expected


def test_program_that_is_nowhere_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "browser" in missing_programs()


@pytest.mark.postgres
def test_throwaway_postgres_is_utf8_and_leaves_nothing():
    with throwaway(find_binaries()) as url:
        folder = Path("/" + url.removeprefix("postgres://wealthai@//").rpartition("/")[0])
        with psycopg.connect(host=str(folder), user="wealthai", dbname="postgres") as connection:
            found = connection.execute(
                "SELECT current_setting('server_encoding'), current_setting('listen_addresses')"
            ).fetchone()

    assert (found, folder.exists()) == (("UTF8", ""), False)
