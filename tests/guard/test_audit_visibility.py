"""The record of an account must not tell more than the account itself: what moved out of sight is out of sight."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from remit.audit import check, log, seal
from remit.audit.queries import AuditFilters, AuditRecordNotFound, get_audit, list_audit
from remit.audit.record import Record
from remit.db import engines
from remit.db.location import Role
from remit.db.sessions import Permit, read, write
from remit.identity import for_service
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast


def _told(cast: Cast, who: str) -> UUID:
    """A record about Pine, made by `who` while it stood open in North."""
    scope = cast.scope(who)
    record = Record(
        kind="change", event="activity:log", actor_id=scope.actor.id, account_id=cast.accounts["pine"],
        access_id=cast.access["pine"], sentence="the merger",
    )  # fmt: skip
    with write(Permit(scope, new_id(), clock.now()), scope.person_id) as tx:
        [made] = log.append(tx.connection, [record])
    return made


@contextmanager
def _moved(cast: Cast, access: int) -> Iterator[None]:
    move = "UPDATE remit.accounts SET access_id = :access WHERE id = :id"
    cast.sql(move, access=access, id=cast.accounts["pine"])
    try:
        yield
    finally:
        cast.sql(move, access=cast.access["pine"], id=cast.accounts["pine"])


def _reads(cast: Cast, who: str, record: UUID) -> bool:
    scope = cast.scope(who)
    listed = any(
        one.id == record for one in list_audit(scope, AuditFilters(account_id=cast.accounts["pine"])).rows
    )
    try:
        got = get_audit(scope, record).row.id == record
    except AuditRecordNotFound:
        got = False
    assert listed == got
    return listed


@pytest.mark.parametrize(
    ("access", "readers"),
    [
        (101, {"alice", "bob", "mia", "cora", "vera"}),
        (103, {"bob"}),  # behind the barrier: not its own maker, not compliance who is not admitted
        (102, {"charlie", "mia", "cora", "vera"}),  # in South: its people, and no longer North's
    ],
)
def test_old_records_follow_the_account(cast: Cast, access: int, readers: set[str]) -> None:
    record = _told(cast, "alice")
    with _moved(cast, access):
        found = {
            who for who in ("alice", "bob", "charlie", "mia", "cora", "vera") if _reads(cast, who, record)
        }
    assert found == readers


def test_the_system_still_checks_the_whole_log(cast: Cast, tmp_path: Path) -> None:
    _told(cast, "alice")
    seal.seal_all(engines.engine(Role.WRITER), tmp_path)
    with _moved(cast, 103), read(for_service("console", via="test")) as session:
        report = check.verify_database(session.connection)
    assert (report["verified"], report["complete"], report["hidden"]) == (True, True, 0)
