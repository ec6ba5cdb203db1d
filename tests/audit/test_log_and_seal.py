"""Appending and sealing on a real database."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from tests.audit.conftest import Log, codes

from remit.audit import keys, log, seal
from remit.audit.record import AuditRecordInvalid, Record, canonical_json, leaf_hash
from remit.kit import clock


def test_what_is_hashed_is_what_is_stored(audit_log: Log) -> None:
    actor, moment = uuid4(), datetime(2026, 11, 23, 9, 0, 0, 7, tzinfo=UTC)
    record = Record(
        kind="decision",
        event="email:send:decide",
        actor_id=actor,
        rule_ids=("a", "b"),
        sentence="Zoë \ud800 \u0000 said “no”",
        body={"amount": Decimal("1.10"), "rate": 0.1, "on": moment.date(), "nested": {"z": 1, "a": [None]}},
    )
    (record_id,) = audit_log.append([record], moment)
    with audit_log.read() as connection:
        row = connection.execute(text("SELECT * FROM remit.audit")).one()
    parsed = json.loads(row.record)
    assert row.id == record_id
    assert row.leaf_hash == leaf_hash(row.record)
    assert row.actor_id == actor
    assert parsed["at"] == "2026-11-23T09:00:00.000007Z"
    assert parsed["sentence"] == record.sentence
    assert parsed["body"] == {
        "amount": "1.10",
        "rate": "0.1",
        "on": "2026-11-23",
        "nested": {"z": 1, "a": [None]},
    }
    assert canonical_json(parsed) == row.record


@pytest.mark.parametrize("body", [{"x": object()}, {"x": {1: 2}}, {"x": "y" * 70_000}])
def test_what_has_no_exact_form_is_refused(body: dict[str, object]) -> None:
    from remit.audit.record import serialise

    with pytest.raises(AuditRecordInvalid):
        serialise(Record(kind="change", event="e", body=body), uuid4(), clock.now())


def test_no_act_no_record(audit_log: Log) -> None:
    with pytest.raises(RuntimeError, match="act failed"), audit_log.writer.begin() as connection:
        log.append(connection, [Record(kind="change", event="e")])
        raise RuntimeError("the act failed")
    audit_log.seal()
    assert audit_log.verify()["tree_size"] == 0


def test_sealed_log_verifies(audit_log: Log) -> None:
    audit_log.write(7)
    audit_log.seal()
    audit_log.write(6_000)  # more than one statement
    audit_log.seal()
    report = audit_log.verify(all_signatures=True)
    assert report["problems"] == []
    assert (report["records"], report["hidden"], report["tree_heads"]) == (6_007, 0, 2)
    assert report["signatures_checked"] == 2
    assert report["verified"] and report["complete"] and report["waiting"] == 0


def test_batches_leave_the_same_tree(audit_log: Log) -> None:
    audit_log.write(50)
    seal.seal_all(audit_log.writer, audit_log.home, batch=7)
    report = audit_log.verify()
    assert report["verified"] and report["tree_heads"] == 8


def test_a_long_transaction_holds_nothing_up_and_is_not_forgotten(audit_log: Log) -> None:
    with audit_log.writer.begin() as slow:
        log.append(slow, [Record(kind="change", event="import:rows")])
        audit_log.write(3)
        audit_log.seal()
        assert audit_log.verify()["tree_size"] == 3
    audit_log.seal()
    report = audit_log.verify()
    assert report["tree_size"] == 4 and report["verified"]


def test_one_sealer_at_a_time(audit_log: Log) -> None:
    audit_log.write(1)
    with audit_log.writer.begin() as first, audit_log.writer.begin() as second:
        assert seal.seal_batch(first, audit_log.home) is not None
        assert seal.seal_batch(second, audit_log.home) is None
    assert audit_log.verify()["tree_heads"] == 1


def test_sealer_seals_within_a_second(audit_log: Log) -> None:
    stop, given = threading.Event(), threading.Event()
    sealer = seal.Sealer(audit_log.writer, audit_log.home, on_head=lambda head: given.set())
    thread = threading.Thread(target=sealer.run, args=(stop,))
    thread.start()
    try:
        audit_log.write(1)
        assert given.wait(30)  # how soon it is sealed is measured by `remit bench audit_seal`
    finally:
        stop.set()
        thread.join(5)
    assert audit_log.verify()["tree_size"] == 1


def test_clock_going_backwards_is_told_and_never_breaks_sealing(audit_log: Log) -> None:
    with clock.stopped(datetime(2026, 11, 23, 12, tzinfo=UTC)) as hands:
        audit_log.write(2)
        audit_log.seal()
        hands.move(timedelta(hours=-5))
        audit_log.write(2)
        audit_log.seal()
        hands.move(timedelta(hours=6))
        audit_log.write(1)
        audit_log.seal()
        report = audit_log.verify()
    assert report["problems"] == []
    assert sum("went backwards" in one for one in report["warnings"]) == 1


def test_back_dated_record_is_found(audit_log: Log) -> None:
    audit_log.write(1)
    audit_log.seal()
    audit_log.write(1, at=clock.now() - timedelta(hours=2))
    audit_log.seal()
    assert codes(audit_log.verify()) == {"back_dated"}
    assert audit_log.verify(tolerance_seconds=3 * 3600)["verified"]


def test_records_that_waited_while_the_clock_was_put_back_are_no_fault(audit_log: Log) -> None:
    """Nothing was sealed for hours; then a record is written and the clock goes back an hour before it is sealed."""
    with clock.stopped(datetime(2026, 11, 23, 12, tzinfo=UTC)) as hands:
        audit_log.write(1)
        audit_log.seal()
        hands.move(timedelta(hours=3))
        audit_log.write(1)
        hands.move(timedelta(hours=-1))
        audit_log.seal()
        for _ in range(3):  # told once, however many heads are sealed until the clock has caught up
            audit_log.write(1)
            audit_log.seal()
            hands.move(timedelta(minutes=1))
        report = audit_log.verify()
        assert report["problems"] == []
        assert [one for one in report["warnings"] if "went backwards" in one] == [
            "the clock went backwards: it stood at 2026-11-23T14:00:00.000000Z when head 2 was sealed,"
            " after 2026-11-23T15:00:00.000000Z"
        ]
        hands.move(timedelta(hours=-2))  # a second step back is told too
        audit_log.write(1)
        audit_log.seal()
        report = audit_log.verify()
    assert report["problems"] == []
    assert sum("went backwards" in one for one in report["warnings"]) == 2


def test_a_clock_that_is_put_right_again_makes_nothing_look_back_dated(audit_log: Log) -> None:
    with clock.stopped(datetime(2026, 11, 23, 12, tzinfo=UTC)) as hands:
        audit_log.write(1)
        audit_log.seal()
        hands.move(timedelta(hours=-1))
        audit_log.write(1)
        audit_log.seal()
        audit_log.write(1)
        hands.move(timedelta(hours=1))
        audit_log.seal()
        report = audit_log.verify()
    assert report["problems"] == []


def test_a_record_back_dated_while_the_clock_was_behind_is_found(audit_log: Log) -> None:
    with clock.stopped(datetime(2026, 11, 23, 12, tzinfo=UTC)) as hands:
        audit_log.write(1)
        audit_log.seal()
        hands.move(timedelta(hours=-1))
        audit_log.write(1)
        audit_log.seal()
        audit_log.write(1, at=clock.now() - timedelta(hours=1))
        audit_log.seal()
        report = audit_log.verify()
    assert codes(report) == {"back_dated"}


def test_post_dated_record_is_found(audit_log: Log) -> None:
    audit_log.write(1, at=clock.now() + timedelta(days=2))
    audit_log.seal()
    assert codes(audit_log.verify()) == {"post_dated"}


def test_a_reader_without_scope_sees_nothing_but_hashes(audit_log: Log) -> None:
    audit_log.fill(2)
    report = audit_log.verify(person=uuid4())
    assert (report["records"], report["hidden"], report["verified"]) == (0, 10, True)
    assert not report["complete"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE remit.audit SET kind = 'system'",
        "DELETE FROM remit.audit",
        "TRUNCATE remit.audit",
        "UPDATE remit.audit_leaves SET leaf_index = leaf_index + 1",
        "DELETE FROM remit.audit_leaves",
        "UPDATE remit.audit_heads SET root = ''",
        "DELETE FROM remit.audit_heads",
        "UPDATE remit.audit_keys SET public_key = ''",
        "DELETE FROM remit.audit_keys",
        "UPDATE remit.audit_pending SET leaf_hash = ''",
    ],
)
@pytest.mark.parametrize("role", ["writer", "reader"])
def test_application_roles_cannot_change_the_record(audit_log: Log, role: str, statement: str) -> None:
    audit_log.write(1)
    engine = getattr(audit_log, role)
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
        if role == "reader":
            connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.execute(text(statement))


def test_private_key_is_outside_the_database_and_readable_by_its_owner_only(audit_log: Log) -> None:
    key = audit_log.key()
    path = keys.path_of(audit_log.home, key.key_id)
    assert path.stat().st_mode & 0o777 == 0o600
    with audit_log.read() as connection:
        assert [one.key_id for one in keys.listed(connection)] == [key.key_id]


def test_lost_key_stops_sealing_and_says_what_to_do(audit_log: Log) -> None:
    audit_log.fill(1)
    keys.path_of(audit_log.home, audit_log.key().key_id).unlink()
    audit_log.write(1)
    with pytest.raises(keys.AuditKeyMissing, match="rotate-key --lost"):
        audit_log.seal()
    assert audit_log.verify()["waiting"] == 1


def test_unusable_key_file_is_a_clear_error(audit_log: Log) -> None:
    key = audit_log.key()
    keys.path_of(audit_log.home, key.key_id).write_bytes(b"nonsense")
    with pytest.raises(keys.AuditKeyUnusable, match="does not hold a private key"):
        audit_log.key()
    other = keys.create(audit_log.home)
    keys.path_of(audit_log.home, key.key_id).write_bytes(
        keys.path_of(audit_log.home, other.key_id).read_bytes()
    )
    with pytest.raises(keys.AuditKeyUnusable, match="another key"):
        audit_log.key()


def test_rotation_is_endorsed_by_the_old_key(audit_log: Log) -> None:
    audit_log.fill(2)
    old = audit_log.key().key_id
    with audit_log.writer.begin() as connection:
        before, new = keys.rotate(connection, audit_log.home)
    audit_log.fill(2)
    report = audit_log.verify(trusted=[old])
    assert before == old and audit_log.key().key_id == new.key_id
    assert report["problems"] == []
    assert report["keys"] == [old, new.key_id] and report["signatures_checked"] == 2


def test_new_key_without_the_old_one_is_trusted_by_name_only(audit_log: Log) -> None:
    audit_log.fill(1)
    keys.path_of(audit_log.home, audit_log.key().key_id).unlink()
    with audit_log.writer.begin() as connection:
        old, new = keys.rotate(connection, audit_log.home, lost=True)
    audit_log.fill(1)
    assert codes(audit_log.verify()) == {"key_not_endorsed"}
    assert audit_log.verify(trusted=keys.trusted(audit_log.home))["verified"]
    assert set(keys.trusted(audit_log.home)) == {old, new.key_id}
