"""pg_dump and pg_restore of the wheel, as the administrator of a server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import IO

from remit.db.binaries import programs
from remit.db.provision import Admin


class DumpFailed(Exception):
    """A PostgreSQL program ended with an error; the message is what it said."""

    code = "database_tool_failed"
    exit_code = 4


def _environment(admin: Admin, database: str) -> dict[str, str]:
    """libpq's variables: a password on the command line could be read by every user of the machine."""
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "sslmode": "PGSSLMODE",
    }
    given = {names[key]: str(value) for key, value in admin.arguments.items() if key in names}
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return {**inherited, **given, "PGDATABASE": database, "PGAPPNAME": "remit backup"}


def _end(process: subprocess.Popen[bytes], program: str) -> None:
    assert process.stderr is not None
    said = process.stderr.read().decode("utf-8", "replace").strip()
    if process.wait() != 0:
        if "row-level security" in said:
            said += "\nUse an administrator that may bypass row-level security, or your server's own backup."
        raise DumpFailed(f"{program} failed: {said}")


def _run(admin: Admin, database: str, command: Sequence[str], **streams: int) -> subprocess.Popen[bytes]:
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [programs().path(command[0]), *command[1:]],
        env=_environment(admin, database),
        stderr=subprocess.PIPE,
        **streams,  # type: ignore[call-overload]
    )
    return process


def dump(admin: Admin, database: str, target: IO[bytes]) -> None:
    """Write a compressed dump of the whole database, one snapshot, to `target`. Raises DumpFailed."""
    command = ("pg_dump", "--format=custom", "--compress=gzip:5", "--no-password", "--quote-all-identifiers")
    with _run(admin, database, command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            while block := process.stdout.read(1 << 20):
                target.write(block)
        except BaseException:
            process.kill()  # nobody reads its output any more
            raise
        _end(process, "pg_dump")


def load(admin: Admin, database: str, source: IO[bytes]) -> None:
    """Fill the empty `database` from a dump, all or nothing. Raises DumpFailed."""
    command = ("pg_restore", "--exit-on-error", "--single-transaction", "--no-password", "--dbname", database)
    with _run(admin, database, command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        try:
            while block := source.read(1 << 20):
                process.stdin.write(block)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it ended before the end of the file; _end says why
        except BaseException:
            process.kill()
            raise
        _end(process, "pg_restore")
