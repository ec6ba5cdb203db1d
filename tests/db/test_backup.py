"""Backup and restore: everything comes back, and a bad file changes nothing."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from remit.db import backup, dumps, engines, migrate, provision
from remit.db.location import Location, Role
from remit.db.restore import BackupTooNew, NotEmpty, restore
from tests.support.databases import TestServer, rows

PERSON = "INSERT INTO remit.people (id, kind, name) VALUES (gen_random_uuid(), 'person', 'Alice')"


@dataclass
class Installation:
    """A database of the test server with a home beside it."""

    home: Path
    admin: provision.Admin
    passwords: dict[Role, str]

    @property
    def location(self) -> Location:
        return provision.location_of(self.admin, self.passwords)

    def people(self) -> list[tuple[object, ...]]:
        return rows(self.location, "SELECT name FROM remit.people WHERE kind = 'person' ORDER BY name")

    def add(self, statement: str = PERSON) -> None:
        with psycopg.connect(**self.location.conninfo(Role.OWNER)) as connection:
            connection.execute(statement.encode())

    def restore(self, source: Path, *, force: bool = False) -> backup.Manifest:
        return restore(
            source, self.home, self.admin, self.passwords, force=force, prove=lambda location: None
        )


@pytest.fixture
def make(database_server: TestServer, tmp_path: Path) -> Iterator[object]:
    made: list[str] = []

    def new(name: str, prepared: bool = True) -> Installation:
        admin = provision.Admin(database_server.admin.arguments, f"backup_{name}")
        home = tmp_path / name
        home.mkdir()
        made.append(admin.database)
        one = Installation(home, admin, database_server.template.passwords)
        if prepared:
            database_server.copy(admin.database)
            provision.provision(admin, one.passwords)
        return one

    yield new
    engines.dispose()
    with database_server.admin.connect() as connection:
        for each in made:
            for suffix in ("", "_restoring", "_before_restore"):
                connection.execute(f"DROP DATABASE IF EXISTS {each}{suffix} WITH (FORCE)".encode())


@pytest.fixture
def saved(make, tmp_path: Path) -> tuple[Installation, Path]:
    one = make("one")
    one.add()
    (one.home / "files" / "a").mkdir(parents=True)
    (one.home / "files" / "a" / "note é.txt").write_text("kept")
    (one.home / "secrets").mkdir()
    (one.home / "secrets" / "audit-key").write_text("PRIVATE")
    file = tmp_path / "saved.remit"
    backup.make(one.home, one.admin, one.location, file)
    return one, file


def test_everything_comes_back_in_a_fresh_home(saved, make) -> None:
    one, file = saved
    two = make("two", prepared=False)
    manifest = two.restore(file)
    assert manifest.revision == migrate.head() == migrate.current(two.location)
    assert two.people() == one.people() == [("Alice",)]
    assert (two.home / "files" / "a" / "note é.txt").read_text() == "kept"
    same = (
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner), c.relacl::text "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'remit' AND c.relkind IN ('r', 'p') ORDER BY 1"
    )
    assert rows(two.location, same) == rows(one.location, same)
    policies = "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
    assert rows(two.location, policies) == rows(one.location, policies) != []
    assert rows(two.location, "SHOW search_path", Role.READER) == [("remit, public",)]


def test_secrets_are_not_in_the_file(saved) -> None:
    _, file = saved
    with zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if "secret" in name or "key" in name]
    assert b"PRIVATE" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_data_is_not_replaced_unless_forced(saved, make) -> None:
    _, file = saved
    two = make("two")
    two.add()
    two.add("INSERT INTO remit.people (id, kind, name) VALUES (gen_random_uuid(), 'person', 'Zoe')")
    with pytest.raises(NotEmpty, match="--force"):
        two.restore(file)
    assert two.people() == [("Alice",), ("Zoe",)]
    two.restore(file, force=True)
    assert two.people() == [("Alice",)]


def _truncate(file: Path) -> None:
    with file.open("r+b") as target:
        target.truncate(file.stat().st_size // 2)


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)


def _add(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("files/../../evil", "x")


def _text(file: Path) -> None:
    file.write_text("not a backup")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_truncate, _flip, _add, _text, _empty])
def test_a_spoilt_file_changes_nothing(saved, make, spoil) -> None:
    _, file = saved
    two = make("two")
    two.add()
    spoil(file)
    with pytest.raises(backup.BackupUnreadable):
        two.restore(file, force=True)
    assert two.people() == [("Alice",)]


def test_a_failed_proof_changes_nothing(saved, make) -> None:
    _, file = saved
    two = make("two")

    def refuse(location: Location) -> None:
        assert location.database != two.admin.database
        raise RuntimeError("not proven")

    with pytest.raises(RuntimeError, match="not proven"):
        restore(file, two.home, two.admin, two.passwords, force=True, prove=refuse)
    assert two.people() == []
    assert not (two.home / "files.restoring").exists()
    with two.admin.connect() as connection:
        assert not connection.execute(
            "SELECT FROM pg_database WHERE datname = 'backup_two_restoring'"
        ).fetchall()


def test_a_backup_of_a_newer_remit_is_refused(saved, make, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = saved
    two = make("two", prepared=False)
    monkeypatch.setattr(migrate, "knows", lambda revision: False)
    with pytest.raises(BackupTooNew, match="later"):
        two.restore(file)


def test_no_half_written_backup_is_left(make, tmp_path: Path) -> None:
    one = make("one")
    missing = one.location.named("no_such_database")
    with pytest.raises(Exception, match="no_such_database"):
        backup.make(one.home, one.admin, missing, tmp_path / "x.remit")
    assert list(tmp_path.glob("*x.remit*")) == []


def test_a_full_disk_leaves_the_earlier_backup(saved, monkeypatch: pytest.MonkeyPatch) -> None:
    one, file = saved
    before = file.read_bytes()

    def full(admin, database, target) -> None:
        target.write(b"x" * 100)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dumps, "dump", full)
    with pytest.raises(OSError, match="No space left"):
        backup.make(one.home, one.admin, one.location, file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.glob(".*.part")] == []
