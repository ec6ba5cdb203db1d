"""A backup: one file with the database and the firm's files, proven whole by hashes.

The file is a zip: `database.dump` (pg_dump's custom format), `files/…` and, last, `manifest.json` with the
SHA-256 of each. Secrets are not in it: role passwords are made anew, and the private keys of the audit log
never leave REMIT_HOME/secrets (keep a copy of that folder elsewhere; without it a restored log is verified as
before, and is continued under a new key).
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

import remit
from remit.db import dumps, migrate
from remit.db.location import Location
from remit.db.provision import Admin
from remit.kit import clock

FORMAT: Final = 1
DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
FILES: Final = "files"
BLOCK: Final = 1 << 20


class BackupUnreadable(Exception):
    """The file is no whole backup of Remit: truncated, altered, or something else. Nothing was changed."""

    code = "backup_unreadable"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `parts`: name → SHA-256 (hex); `bytes`: size of the parts before compression."""

    format: int
    version: str
    revision: str
    created_at: str
    parts: dict[str, str]
    bytes: int


class _Hashed:
    """A writer that hashes and counts what passes."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> int:
        self.digest.update(block)
        self.size += len(block)
        return self._target.write(block)


def make(home: Path, admin: Admin, location: Location, target: Path) -> Manifest:
    """Write a backup to `target`; there is either the whole file or none.

    Raises DumpFailed, and OSError when `target` cannot be written.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    revision = migrate.current(location) or ""
    parts: dict[str, str] = {}
    size = 0
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                for name, write in _parts(home, admin, location):
                    with archive.open(name, "w", force_zip64=True) as member:
                        hashed = _Hashed(member)
                        write(hashed)
                    parts[name] = hashed.digest.hexdigest()
                    size += hashed.size
                manifest = Manifest(FORMAT, remit.__version__, revision, clock.now().isoformat(), parts, size)
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), sort_keys=True))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _parts(home: Path, admin: Admin, location: Location) -> Iterator[tuple[str, Any]]:
    # The database first: a file that is stored meanwhile has no row yet, which does no harm.
    yield DUMP, lambda out: dumps.dump(admin, location.database, out)
    folder = home / FILES
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file() and not path.is_symlink():
            yield f"{FILES}/{path.relative_to(folder).as_posix()}", lambda out, path=path: _copy(path, out)


def _copy(path: Path, out: IO[bytes]) -> None:
    with path.open("rb") as source:
        while block := source.read(BLOCK):
            out.write(block)


def check(source: Path) -> Manifest:
    """Read the whole backup and compare every hash. Raises BackupUnreadable; FileNotFoundError."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            names = sorted(each for each in archive.namelist() if each != MANIFEST)
            if names != sorted(manifest.parts):
                raise BackupUnreadable(f"{source} does not hold the parts that its manifest names.")
            for name, expected in manifest.parts.items():
                if _unsafe(name) or _hash(archive, name) != expected:
                    raise BackupUnreadable(f"{source} was altered or damaged: {name} is not what was saved.")
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError, TypeError, NotImplementedError) as error:
        raise BackupUnreadable(
            f"{source} is not a whole Remit backup (truncated, damaged, or another kind of file)."
        ) from error
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    manifest = Manifest(**json.loads(archive.read(MANIFEST)))
    if manifest.format != FORMAT:
        raise BackupUnreadable(
            f"This backup has format {manifest.format}; this Remit ({remit.__version__}) reads format {FORMAT}."
        )
    return manifest


def _unsafe(name: str) -> bool:
    return name != DUMP and (not name.startswith(f"{FILES}/") or ".." in name.split("/") or "\\" in name)


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as member:
        while block := member.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
