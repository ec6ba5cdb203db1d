"""A log in a real database, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from remit.audit import check, export, keys, log, seal
from remit.audit.record import Record
from remit.db import engines
from remit.db.location import Location, Role
from remit.kit import clock

SYSTEM = UUID("00000000-0000-7000-8000-000000000002")  # sees every record (first migration)


@dataclass
class Log:
    """Write, seal, export and verify as the application does; `home` keeps the key, outside the database."""

    writer: Engine
    reader: Engine
    superuser: Engine
    home: Path

    def write(self, count: int, at: datetime | None = None, **fields: Any) -> list[UUID]:
        given = {"kind": "change", "event": "opportunity:stage:change", **fields}
        records = [Record(sentence=f"Stage {n} – “naïve”\u0000", **given) for n in range(count)]
        return self.append(records, at)

    def append(self, records: Sequence[Record], at: datetime | None = None) -> list[UUID]:
        with self.writer.begin() as connection:
            return log.append(connection, records, at)

    def seal(self) -> None:
        seal.seal_all(self.writer, self.home)

    def fill(self, blocks: int = 4, size: int = 5) -> None:
        """Several sealed blocks of records."""
        for _ in range(blocks):
            self.write(size)
            self.seal()

    def key(self) -> keys.SigningKey:
        with self.writer.begin() as connection:
            return keys.current(connection, self.home)

    @contextmanager
    def read(self, person: UUID = SYSTEM) -> Iterator[Connection]:
        with self.reader.begin() as connection:
            connection.execute(
                text("SELECT set_config('remit.person_id', :person, true)"), {"person": str(person)}
            )
            yield connection

    def verify(self, person: UUID = SYSTEM, **options: Any) -> dict[str, Any]:
        with self.read(person) as connection:
            return check.verify_database(connection, **options)

    def export(self, path: Path, person: UUID = SYSTEM, signed: bool = True, **options: Any) -> Path:
        with self.read(person) as connection:
            key = self.key() if signed else None
            export.write(connection, path, made_at=clock.now(), made_by="tests", key=key, **options)
        return path

    def tamper(self, statement: str, **values: Any) -> None:
        """Change the database as someone with every right on it would."""
        with self.superuser.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement), values)
            connection.execute(text("SET session_replication_role = origin"))


def codes(report: dict[str, Any]) -> set[str]:
    """The codes of a report's problems."""
    return {one["code"] for one in report["problems"]}


@pytest.fixture
def audit_log(database: Location, database_server: Any, tmp_path: Path) -> Iterator[Log]:
    """An empty log (the database is the module's; the tables of the log are emptied first)."""
    superuser = superuser_engine(database_server, database)
    with superuser.begin() as connection:
        connection.execute(
            text(
                "TRUNCATE remit.audit, remit.audit_pending, remit.audit_leaves, remit.audit_heads, "
                "remit.audit_keys, remit.actions CASCADE"
            )
        )
    yield Log(engines.engine(Role.WRITER), engines.engine(Role.READER), superuser, tmp_path / "home")
    superuser.dispose()


def superuser_engine(database_server: Any, database: Location) -> Engine:
    """The administrator of the test server, in the module's database."""
    from sqlalchemy import create_engine

    def connect() -> Any:
        import psycopg

        return psycopg.connect(**{**database_server.admin.arguments, "dbname": database.database})

    return create_engine("postgresql+psycopg://", creator=connect)
