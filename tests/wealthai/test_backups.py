"""A backup can be read only with its key, holds everything of one moment, and is proved by restoring it."""

import datetime
import json
import os
import signal
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.signals import connection_created

from customers.models import Customer
from tests.factories import CustomerFactory
from wealthai import backups
from wealthai.backups import BackupError
from wealthai.dumps import LEFT_SECONDS, DumpError
from wealthai.processes import clearing_up

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = datetime.datetime(2026, 11, 26, 3, 15, tzinfo=datetime.UTC)


@pytest.fixture
def folder(tmp_path, settings):
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return tmp_path / "backups"


@pytest.fixture
def key(tmp_path, settings):
    path = tmp_path / "key.txt"
    settings.BACKUP_RECIPIENTS = [backups.make_key(path)]
    return path


@pytest.fixture
def backup(folder, key, ito):
    return backups.make(folder, NIGHT)


def test_backup_is_named_after_its_moment_and_readable_by_its_account_alone(backup):
    assert backup.name == f"wealthai-20261126-121500.{connection.vendor}.age"
    assert {path.stat().st_mode & 0o777 for path in backup.parent.iterdir()} == {0o600}


def test_backup_tells_no_name_without_its_key(backup):
    stored = b"".join(path.read_bytes() for path in backup.parent.iterdir())

    assert "伊藤正雄".encode() not in stored


def test_backup_is_proved_by_restoring_it_aside(backup, key):
    manifest = backups.verify(backup, key)

    assert manifest.tables["customers"][0] == Customer.objects.count()


def test_what_is_written_after_the_moment_is_not_in_it(backup, key):
    before = Customer.objects.count()
    CustomerFactory()

    assert backups.verify(backup, key).tables["customers"][0] == before


def test_content_that_is_not_as_it_was_is_named(backup, key):
    path = backups.manifest_of(backup)
    told = json.loads(path.read_text())
    told["tables"]["customers"][1] = "0"
    path.write_text(json.dumps(told))

    with pytest.raises(BackupError, match="復元した内容が違います: customers$"):
        backups.verify(backup, key)


@pytest.fixture
def older(folder, key):
    """A backup from before the table of rate buckets."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with connection.cursor() as cursor:
        cursor.execute(rename.format("rate_buckets", "before_buckets"))
        try:
            yield backups.make(folder, NIGHT)
        finally:
            cursor.execute(rename.format("before_buckets", "rate_buckets"))


def test_backup_from_before_a_table_of_the_models_is_read(older, key):
    tables = backups.verify(older, key).tables

    assert "rate_buckets" not in tables
    assert {"before_buckets", "customers", "django_migrations"} <= tables.keys()


def test_table_that_was_not_restored_is_named(backup, key):
    path = backups.manifest_of(backup)
    told = json.loads(path.read_text())
    told["tables"]["lost"] = [0, "0"]
    path.write_text(json.dumps(told))

    with pytest.raises(BackupError, match="復元した内容が違います: lost$"):
        backups.verify(backup, key)


def test_damaged_backup_is_refused_before_it_is_opened(backup, key):
    backup.write_bytes(backup.read_bytes()[:-1])

    with pytest.raises(BackupError, match="壊れています"):
        backups.verify(backup, key)


def test_another_key_opens_nothing(backup, tmp_path):
    backups.make_key(tmp_path / "other.txt")

    with pytest.raises(BackupError, match="この鍵ではバックアップを開けません"):
        backups.verify(backup, tmp_path / "other.txt")


def test_file_that_is_no_text_is_no_key(backup, key):
    key.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CommandError, match="鍵のファイルではありません"):
        call_command("verify_backup", identity=key)


def test_backup_cut_short_with_a_manifest_to_match_is_refused(backup, key):
    backup.write_bytes(backup.read_bytes()[:-20])
    path = backups.manifest_of(backup)
    told = json.loads(path.read_text()) | {"sha256": backups.checksum(backup)}
    path.write_text(json.dumps(told))

    with pytest.raises(CommandError, match="壊れています"):
        call_command("verify_backup", identity=key)


def test_restore_that_differs_says_that_the_target_must_be_emptied(backup, key, monkeypatch):
    monkeypatch.setattr(backups.dumps, "read", lambda write_dump: {})

    with pytest.raises(CommandError, match="内容が違います: .*、.*。復元先には.*空にしてから"):
        call_command("restore", str(backup), identity=key)


def test_restore_into_a_database_in_use_is_refused(backup, key):
    with pytest.raises(CommandError, match="復元先の"):
        call_command("restore", str(backup), identity=key)

    assert Customer.objects.filter(name="伊藤正雄").exists()


def test_only_the_newest_backups_are_kept(folder, key, settings):
    settings.BACKUP_KEEP = 2
    made = [backups.make(folder, NIGHT + datetime.timedelta(days=n)) for n in range(3)]

    assert backups.backups_in(folder) == made[1:]
    assert sorted(folder.glob("*.json")) == [backups.manifest_of(path) for path in made[1:]]


def test_backup_without_a_recipient_is_refused_with_the_way_to_make_one(folder):
    with pytest.raises(CommandError, match="manage.py backup --make-key"):
        call_command("backup")


@pytest.mark.postgres
def test_backup_that_fails_leaves_nothing_behind(folder, key, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(DumpError, match="pg_dump がありません"):
        backups.make(folder, NIGHT)

    assert list(folder.iterdir()) == []


def beside_database():
    path = Path(connection.settings_dict["NAME"])
    return list(path.parent.glob(f".{path.name}-*"))


def databases_apart():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'wealthai_verify_%'")
        return cursor.fetchall()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_backup_that_is_stopped_leaves_nothing_behind(folder, key, number):
    def stop(**_):
        signal.raise_signal(number)

    connection.close()
    connection_created.connect(stop)
    before = signal.signal(number, signal.SIG_DFL)  # these tests themselves may run under nohup
    try:
        with pytest.raises(SystemExit, match=str(128 + number)), clearing_up():
            backups.make(folder, NIGHT)
    finally:
        signal.signal(number, before)
        connection_created.disconnect(stop)

    assert [*folder.iterdir(), *beside_database()] == []


@pytest.fixture
def stopped_by(tmp_path, monkeypatch):
    """Puts a program in the place of PostgreSQL's that stops us and goes on itself."""

    def put(name):
        program = tmp_path / "bin" / name
        program.parent.mkdir()
        program.write_text("#!/bin/sh\nkill -TERM $PPID\nexec /bin/sleep 20\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", str(program.parent))

    return put


@pytest.mark.postgres
def test_stop_in_the_middle_of_a_dump_leaves_nothing_behind(folder, key, stopped_by):
    stopped_by("pg_dump")

    with pytest.raises(SystemExit, match="143"):
        call_command("backup")

    assert list(folder.iterdir()) == []


@pytest.mark.postgres
def test_stop_in_the_middle_of_a_verification_drops_its_database(backup, key, stopped_by):
    stopped_by("pg_restore")

    with pytest.raises(SystemExit, match="143"):
        call_command("verify_backup", identity=key)

    assert databases_apart() == []


def test_next_backup_deletes_what_a_killed_one_left(folder, key):
    database = Path(connection.settings_dict["NAME"])
    folder.mkdir()
    left = folder / "wealthai-20261125-121500.part"
    copies = [database.with_name(f".{database.name}-{name}") for name in ("1.aside", "1.aside-wal")]
    for path in (left, *copies) if connection.vendor == "sqlite" else (left,):
        path.touch()
        os.utime(path, times=(time.time() - LEFT_SECONDS - 1,) * 2)

    made = backups.make(folder, NIGHT)

    assert {*folder.iterdir(), *beside_database()} == {made, backups.manifest_of(made)}


def test_backup_that_still_runs_keeps_what_it_writes(folder, key):
    folder.mkdir()
    (folder / "wealthai-20261126-121400.part").touch()

    backups.make(folder, NIGHT)

    assert len(list(folder.glob("*.part"))) == 1


@pytest.mark.postgres
def test_next_verification_drops_the_database_of_a_killed_one(backup, key):
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE wealthai_verify_0123abcd TEMPLATE template0")

    backups.verify(backup, key)

    assert databases_apart() == []
