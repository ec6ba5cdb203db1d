"""Create a data folder, and let the server's account in to it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from remit.db.binaries import NEWEST, Account, EmbeddedUnavailable, programs


def is_complete(folder: Path) -> bool:
    """Whether REMIT_HOME/postgres holds a data folder whose creation was not interrupted."""
    return (folder / "data" / "PG_VERSION").exists() and not (folder / "making").exists()


def create(folder: Path, account: Account, superuser: str, password: str) -> None:
    """Run initdb; whatever an interrupted creation left is removed first.

    Raises EmbeddedUnavailable with what initdb said.
    """
    (folder / "making").touch()
    shutil.rmtree(folder / "data", ignore_errors=True)
    initdb = programs(NEWEST, account).path("initdb")
    with _password_file(folder, account, password), entered(folder, account) as (arguments, place):
        command = [
            *(initdb, "-D", f"{place}/data", "-U", superuser, "--pwfile", f"{place}/password"),
            *(
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums",
                "--no-sync",
                "--no-instructions",
            ),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        made = subprocess.run(command, capture_output=True, check=False, **arguments)
    if made.returncode != 0:
        said = made.stdout.decode() + made.stderr.decode()
        raise EmbeddedUnavailable.because("initdb failed", said, folder)
    (folder / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    os.sync()  # once here instead of file by file in initdb: the mark below must not be first on the disk
    (folder / "making").unlink()


@contextmanager
def entered(folder: Path, account: Account) -> Iterator[tuple[dict[str, Any], str]]:
    """Arguments for subprocess, and the name by which the child sees `folder`.

    As root the server's account may be unable to walk down to REMIT_HOME (a folder under /root, say), and
    we will not open other people's folders for it. We hand it the open folder instead: Linux names an
    inherited descriptor /proc/self/fd/N, also in the processes that the server forks.
    """
    if not account.switch:
        yield {}, str(folder)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield (
            {**account.popen_arguments(), "pass_fds": (descriptor,), "cwd": "/"},
            f"/proc/self/fd/{descriptor}",
        )
    finally:
        os.close(descriptor)


@contextmanager
def _password_file(folder: Path, account: Account, password: str) -> Iterator[None]:
    path = folder / "password"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
        if account.switch:
            os.fchown(file.fileno(), account.uid, account.gid)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
