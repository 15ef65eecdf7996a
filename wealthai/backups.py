"""Backups: the whole database in one encrypted file, and beside it what that file must hold.

The file is encrypted with age (age-encryption.org/v1) for BACKUP_RECIPIENTS, so that a server that
makes backups cannot read them: whoever restores brings the identity. The manifest beside it says
when it was made, its checksum, and of each table the rows and a sum of their content; a restore
that does not give exactly that has failed.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import pyrage
from django.conf import settings
from django.db import connection
from django.utils import timezone

from wealthai import dumps
from wealthai.dumps import Contents, DumpError, Writing

SUFFIX, MANIFEST = ".age", ".json"
KEYGEN = "manage.py backup --make-key ファイル"


class BackupError(DumpError):
    """A backup that cannot be made, read or believed; says what to do."""


@dataclass(frozen=True)
class Manifest:
    made_at: str  # ISO 8601, with the time zone
    database: str  # Django's name of the vendor
    size: int  # bytes of the encrypted file
    sha256: str  # of the encrypted file
    tables: Contents

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())


def make(folder: Path, now: datetime | None = None) -> Path:
    """Writes a backup and its manifest into `folder`, and deletes what is older than the newest
    BACKUP_KEEP. A backup that fails leaves nothing behind."""
    recipients = recipients_of(settings.BACKUP_RECIPIENTS)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    dumps.forget_left(folder, "wealthai-*.part")
    made = now or timezone.now()
    path = folder / f"wealthai-{timezone.localtime(made):%Y%m%d-%H%M%S}.{connection.vendor}{SUFFIX}"
    part = path.with_suffix(".part")
    try:
        with private(part) as target:
            held = dumps.write(lambda dump: pyrage.encrypt_io(dump, target, recipients))
        manifest = Manifest(
            made.isoformat(), connection.vendor, part.stat().st_size, checksum(part), held
        )
        with private(manifest_of(path)) as beside:
            beside.write(json.dumps(asdict(manifest), indent=1).encode())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
        if not path.exists():
            manifest_of(path).unlink(missing_ok=True)
    forget_old(folder)
    return path


def restore(path: Path, identity: Path) -> Manifest:
    """Restores `path` into the configured database, which must be empty. Raises BackupError where
    the file is damaged, the identity does not fit, or anything is not as it was."""
    manifest = trusted(path)
    held = dumps.read(decrypting(path, identity))
    try:
        compare(manifest, held)
    except BackupError as error:
        raise BackupError(
            f"{error}。復元先にはその違う内容が入っています。使わずに、復元先を空にしてから"
            "もう一度復元してください。"
        ) from error
    return manifest


def verify(path: Path, identity: Path) -> Manifest:
    """The same in a database of its own, which is gone afterwards."""
    manifest = trusted(path)
    compare(manifest, dumps.read_apart(decrypting(path, identity)))
    return manifest


def newest(folder: Path) -> Path:
    found = backups_in(folder)
    if not found:
        raise BackupError(
            f"{folder} にバックアップがありません。manage.py backup で作成してください。"
        )
    return found[-1]


def backups_in(folder: Path) -> list[Path]:
    """Oldest first; their names begin with the moment."""
    return sorted(folder.glob(f"wealthai-*{SUFFIX}"))


def forget_old(folder: Path) -> None:
    for path in backups_in(folder)[: -settings.BACKUP_KEEP]:
        manifest_of(path).unlink(missing_ok=True)
        path.unlink()


def make_key(path: Path) -> str:
    """Writes a new identity to `path`, which must not exist; returns its recipient."""
    identity = pyrage.x25519.Identity.generate()
    try:
        with private(path, new=True) as target:
            target.write(f"# {identity.to_public()}\n{identity}\n".encode())
    except FileExistsError as error:
        raise BackupError(f"{path} はもうあります。別の名前を指定してください。") from error
    return str(identity.to_public())


def recipients_of(texts: list[str]) -> list:
    if not texts:
        raise BackupError(
            f"BACKUP_RECIPIENTS が設定されていません。{KEYGEN} で鍵を作り、表示された age1… を"
            "設定してください。鍵のファイルは別の場所に保管してください。"
        )
    try:
        return [pyrage.x25519.Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupError(
            "BACKUP_RECIPIENTS を読めません。age1… の形で指定してください。"
        ) from error


def identities_in(path: Path) -> list:
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        return [pyrage.x25519.Identity.from_str(key) for key in keys]
    except OSError as error:
        raise BackupError(f"鍵 {path} を読めません（{error.strerror}）。") from error
    except (UnicodeDecodeError, pyrage.IdentityError) as error:
        raise BackupError(f"{path} は鍵のファイルではありません。") from error


def decrypting(path: Path, identity: Path) -> Writing:
    keys = identities_in(identity)

    def write(target: IO[bytes]) -> None:
        with path.open("rb") as source:
            try:
                pyrage.decrypt_io(source, target, keys)
            except pyrage.DecryptError as error:
                raise BackupError("この鍵ではバックアップを開けません。") from error
            except OSError as error:
                if error.errno:  # the system's: a full disk, a program that went
                    raise
                raise damaged(path) from error

    return write


def trusted(path: Path) -> Manifest:
    """The manifest of a file that is what was written."""
    try:
        manifest = Manifest(**json.loads(manifest_of(path).read_text()))
        found = checksum(path)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(
            f"{path.name} か、その {MANIFEST} を読めません。両方を同じ場所に置いてください。"
        ) from error
    if found != manifest.sha256:
        raise damaged(path)
    if manifest.database != connection.vendor:
        raise BackupError(
            f"このバックアップは {manifest.database} のものです。DATABASE_URL を確かめてください。"
        )
    return manifest


def damaged(path: Path) -> BackupError:
    return BackupError(f"{path.name} は壊れています。別のバックアップを使ってください。")


def compare(manifest: Manifest, held: Contents) -> None:
    wrong = [name for name, content in manifest.tables.items() if held.get(name) != content]
    if wrong:
        raise BackupError(f"復元した内容が違います: {'、'.join(wrong)}")


def manifest_of(path: Path) -> Path:
    return path.with_suffix(MANIFEST)


def checksum(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def private(path: Path, *, new: bool = False) -> IO[bytes]:
    """A file that only this account can read."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), "wb")
