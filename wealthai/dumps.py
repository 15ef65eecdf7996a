"""Dumps of the database: pg_dump and pg_restore for PostgreSQL, the online backup for SQLite.

The one module that knows these programs. A dump is of one moment, while people go on working, and
comes with what each table held at that moment: its rows and a sum of their content. Which tables there
are is asked of the database: a backup may be older or newer than the models.
"""

import hashlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import psycopg
from django.db import connection, transaction
from psycopg import sql

from wealthai.processes import killed_at_the_end

Contents = dict[str, list]  # by table: its rows, and the sum of their content
Reading = Callable[[IO[bytes]], None]  # takes a dump out of the file that it is given
Writing = Callable[[IO[bytes]], None]  # puts a dump into the file that it is given
PLAIN = "-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex"
LEFT_SECONDS = 12 * 3600


class DumpError(Exception):
    """A program that is missing or failed, or a database that is not as it must be; says what to do."""


def write(read_dump: Reading) -> Contents:
    """Lets `read_dump` read a dump of the configured database; returns what it holds."""
    return VENDORS[connection.vendor].write(read_dump)


def read(write_dump: Writing) -> Contents:
    """Restores into the configured database, which must be empty, the dump that `write_dump` writes
    into the file it is given; returns what the database holds then."""
    return VENDORS[connection.vendor].read(write_dump)


def read_apart(write_dump: Writing) -> Contents:
    """The same with a database made for it, which is gone afterwards."""
    return VENDORS[connection.vendor].read_apart(write_dump)


def forget_left(folder: Path, pattern: str) -> None:
    """Deletes what a program that was killed left there: what one still writes is younger."""
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > LEFT_SECONDS:
                path.unlink()


class Postgres:
    TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    LEFT = (
        "SELECT datname FROM pg_database"
        " WHERE datname ~ '^wealthai_verify_[0-9a-f]{8}$' AND datdba = current_user::regrole"
    )
    CONTENT = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint), 0)::text"
        " FROM {} AS t"
    )

    @classmethod
    def write(cls, read_dump: Reading) -> Contents:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            (moment,) = cursor.fetchone()
            command = ["pg_dump", "--format=custom", "--no-owner", f"--snapshot={moment}"]
            with cls.started(command, stdout=subprocess.PIPE) as program:
                read_dump(program.stdout)
            with cls.connected() as own, own.transaction():
                own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                own.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(moment))
                return cls.contents(own)

    @classmethod
    def read(cls, write_dump: Writing, database: str = "") -> Contents:
        with cls.connected(database) as own:
            if own.execute(cls.TABLES).fetchone():
                raise DumpError(
                    "復元先のデータベースが空ではありません。空のデータベースを作り、"
                    "DATABASE_URL に指定してください。"
                )
        command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error"]
        command += ["--single-transaction", f"--dbname={database or cls.settings()['NAME']}"]
        with cls.started(command, stdin=subprocess.PIPE) as program, program.stdin:
            write_dump(program.stdin)
        with cls.connected(database) as own:
            own.execute("ANALYZE")
            return cls.contents(own)

    @classmethod
    def read_apart(cls, write_dump: Writing) -> Contents:
        name = f"wealthai_verify_{token_hex(4)}"
        with cls.connected() as own:
            cls.forget_left(own)
            likewise = own.execute(
                "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database"
                " WHERE datname = current_database()"
            ).fetchone()
            made = sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
            ).format(sql.Identifier(name), *map(sql.Literal, likewise))
            try:
                own.execute(made)
            except psycopg.errors.InsufficientPrivilege as error:
                raise DumpError(
                    "確認用のデータベースを作る権限がありません。ALTER ROLE … CREATEDB を"
                    "管理者に依頼するか、別のサーバーで restore を使ってください。"
                ) from error
            try:
                with cls.connected(name):  # for `forget_left` of another
                    return cls.read(write_dump, name)
            finally:
                own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @classmethod
    def forget_left(cls, own: psycopg.Connection) -> None:
        """Drops what a program that was killed left; one that still runs is connected to its own."""
        for (name,) in own.execute(cls.LEFT).fetchall():
            with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
                own.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    @classmethod
    def contents(cls, own: psycopg.Connection) -> Contents:
        return {
            name: list(own.execute(cls.CONTENT.format(sql.Identifier(name))).fetchone() or ())
            for (name,) in own.execute(cls.TABLES).fetchall()
        }

    @classmethod
    def connected(cls, database: str = "") -> psycopg.Connection:
        """A connection of our own: plain texts of all values, and no transaction around."""
        at = cls.settings()
        return psycopg.connect(
            host=at["HOST"] or None,
            port=at["PORT"] or None,
            user=at["USER"] or None,
            password=at["PASSWORD"] or None,
            dbname=database or at["NAME"],
            options=PLAIN,
            autocommit=True,
        )

    @staticmethod
    def settings() -> dict[str, Any]:
        return connection.settings_dict

    @classmethod
    @contextmanager
    def started(cls, command: list[str], **pipes: int) -> Iterator[Any]:
        """The program at the configured database; fails when it does."""
        at = cls.settings()
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        given = {name: str(at[key]) for name, key in names.items() if at[key]}
        environment = os.environ | given | {"PGDATABASE": at["NAME"]}
        try:
            program = subprocess.Popen(  # noqa: S603 — our own words
                command, env=environment, stderr=subprocess.PIPE, **pipes
            )
        except FileNotFoundError as error:
            raise DumpError(
                f"{command[0]} がありません。PostgreSQL のクライアントを入れてください"
                "（Debian: apt-get install postgresql-client）。"
            ) from error
        with program, killed_at_the_end(program):
            with suppress(BrokenPipeError):  # it says itself why it went
                yield program
            said = program.stderr.read().decode(errors="replace").strip()
            program.wait()
        if program.returncode:
            raise DumpError(f"{command[0]} が失敗しました: {said}")


class Sqlite:
    TABLES = (
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    )

    @classmethod
    def write(cls, read_dump: Reading) -> Contents:
        copy = cls.aside()
        try:
            connection.ensure_connection()
            with closing(sqlite3.connect(copy)) as own:
                connection.connection.backup(own)
                held = cls.contents(own)
            with copy.open("rb") as source:
                read_dump(source)
            return held
        finally:
            copy.unlink()

    @classmethod
    def read(cls, write_dump: Writing) -> Contents:
        path = Path(connection.settings_dict["NAME"])
        if path.exists() and path.stat().st_size:
            raise DumpError(
                f"復元先の {path.name} があります。別の場所に移すか、"
                "DATABASE_URL に新しいファイルを指定してください。"
            )
        return cls.read_into(path, write_dump)

    @classmethod
    def read_apart(cls, write_dump: Writing) -> Contents:
        path = cls.aside()
        try:
            return cls.read_into(path, write_dump)
        finally:
            path.unlink(missing_ok=True)

    @classmethod
    def read_into(cls, path: Path, write_dump: Writing) -> Contents:
        part = cls.aside()
        try:
            with part.open("wb") as target:
                write_dump(target)
            with closing(sqlite3.connect(part)) as own:
                held = cls.contents(own)
            part.rename(path)
            return held
        finally:
            part.unlink(missing_ok=True)

    @staticmethod
    def aside() -> Path:
        """A new private file beside the database."""
        path = Path(connection.settings_dict["NAME"])
        forget_left(path.parent, f".{path.name}-*.aside*")
        made = path.with_name(f".{path.name}-{token_hex(8)}.aside")
        made.touch(0o600)
        return made

    @classmethod
    def contents(cls, own: sqlite3.Connection) -> Contents:
        found = {}
        for (name,) in own.execute(cls.TABLES).fetchall():
            count = content = 0
            for row in own.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 — as it names them
                count += 1
                content += int.from_bytes(hashlib.sha256(repr(row).encode()).digest()[:8])
            found[name] = [count, str(content)]
        return found


VENDORS: dict[str, Any] = {"postgresql": Postgres, "sqlite": Sqlite}
