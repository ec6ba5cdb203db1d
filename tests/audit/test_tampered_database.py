"""Each way of tampering with the database is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.audit.conftest import Log, codes
from tests.audit.examiner import run_script

from remit.audit import heads, keys, verify, witness

TAMPERING_IN_DATABASE: dict[str, tuple[str, set[str]]] = {
    "changed record": (
        "UPDATE remit.audit SET record = replace(record, 'Stage 2', 'Stage 9') WHERE record LIKE '%Stage 2%'",
        {"record_changed"},
    ),
    "changed record with its copied hash": (
        "UPDATE remit.audit SET record = replace(record, 'Stage 2', 'Stage 9'), leaf_hash = "
        "sha256('\\x00'::bytea || convert_to(replace(record, 'Stage 2', 'Stage 9'), 'UTF8')) WHERE record LIKE '%Stage 2%'",
        {"record_changed", "column_differs"},
    ),
    "changed record with every hash": (
        "WITH new AS (UPDATE remit.audit SET record = replace(record, 'Stage 2', 'Stage 9'), leaf_hash = "
        "sha256('\\x00'::bytea || convert_to(replace(record, 'Stage 2', 'Stage 9'), 'UTF8')) "
        "WHERE record LIKE '%Stage 2%' RETURNING id, leaf_hash) "
        "UPDATE remit.audit_leaves l SET leaf_hash = new.leaf_hash FROM new WHERE l.audit_id = new.id",
        {"tree_mismatch"},
    ),
    "column differs from the record": (
        "UPDATE remit.audit SET event = 'opportunity:stage:read' WHERE record LIKE '%Stage 2%'",
        {"column_differs"},
    ),
    "actor column put in": (
        "UPDATE remit.audit SET actor_id = '00000000-0000-7000-8000-000000000002' WHERE record LIKE '%Stage 2%'",
        {"column_differs"},
    ),
    "back-dated column": (
        "UPDATE remit.audit SET at = at - interval '1 microsecond' WHERE record LIKE '%Stage 2%'",
        {"record_missing"},
    ),
    "removed record": ("DELETE FROM remit.audit WHERE record LIKE '%Stage 2%'", {"record_missing"}),
    "removed record and leaf": (
        "WITH gone AS (DELETE FROM remit.audit WHERE record LIKE '%Stage 2%' RETURNING id) "
        "DELETE FROM remit.audit_leaves USING gone WHERE audit_id = gone.id",
        {"record_missing"},
    ),
    "inserted past the log": (
        "INSERT INTO remit.audit SELECT gen_random_uuid(), at, record, leaf_hash, kind, event "
        "FROM remit.audit WHERE record LIKE '%Stage 2%' LIMIT 1",
        {"record_outside_tree"},
    ),
    "reordered leaves": (
        "UPDATE remit.audit_leaves SET leaf_index = CASE leaf_index WHEN 1 THEN -2 ELSE -1 END WHERE leaf_index IN (1, 2);"
        "UPDATE remit.audit_leaves SET leaf_index = -leaf_index WHERE leaf_index < 0",
        {"tree_mismatch"},
    ),
    "forged head": (
        "UPDATE remit.audit_heads SET sealed_at = sealed_at + interval '1 second', signature = decode(repeat('ab', 64), 'hex') "
        "WHERE id = 4",
        {"signature_invalid"},
    ),
    "changed head in the middle": (
        "UPDATE remit.audit_heads SET sealed_at = sealed_at + interval '1 microsecond' WHERE id = 2",
        {"head_chain_broken"},
    ),
    "removed head": ("DELETE FROM remit.audit_heads WHERE id = 2", {"head_chain_broken"}),
    "changed frontier": (
        "UPDATE remit.audit_heads SET frontier[1] = decode(repeat('ab', 32), 'hex') WHERE id = 2",
        {"frontier_differs"},
    ),
    "swapped key": (
        "UPDATE remit.audit_keys SET public_key = decode(repeat('ab', 32), 'hex')",
        {"key_swapped", "key_unknown"},
    ),
}


@pytest.mark.parametrize("name", TAMPERING_IN_DATABASE)
def test_tampering_in_the_database_is_found(audit_log: Log, name: str) -> None:
    statements, expected = TAMPERING_IN_DATABASE[name]
    audit_log.fill(4, 5)
    assert audit_log.verify()["verified"]
    for statement in statements.split(";"):
        audit_log.tamper(statement)
    report = audit_log.verify()
    assert not report["verified"]
    assert expected <= codes(report)


def test_record_changed_while_it_waits_is_found(audit_log: Log) -> None:
    audit_log.write(2)
    audit_log.tamper("UPDATE remit.audit SET record = replace(record, 'Stage 1', 'Stage 9')")
    assert codes(audit_log.verify()) == {"record_changed"}


def test_record_taken_from_the_queue_is_found(audit_log: Log) -> None:
    audit_log.write(2)
    audit_log.tamper("DELETE FROM remit.audit_pending")
    assert codes(audit_log.verify()) == {"record_outside_tree"}


def rewrite_with(audit_log: Log, key_home: Path) -> None:
    """Make the whole log again, one record changed, validly signed by the key of `key_home`."""
    audit_log.tamper("DELETE FROM remit.audit_heads")
    audit_log.tamper("INSERT INTO remit.audit_pending SELECT audit_id, at, leaf_hash FROM remit.audit_leaves")
    audit_log.tamper("DELETE FROM remit.audit_leaves")
    audit_log.tamper("DELETE FROM remit.audit WHERE record LIKE '%Stage 2%'")
    audit_log.tamper(
        "DELETE FROM remit.audit_pending p WHERE NOT EXISTS (SELECT FROM remit.audit a WHERE a.id = p.audit_id)"
    )
    Log(audit_log.writer, audit_log.reader, audit_log.superuser, key_home).seal()


def test_rewriting_all_with_another_key_is_found_by_the_keys_this_machine_trusts(
    audit_log: Log, tmp_path: Path
) -> None:
    audit_log.fill()
    trusted = keys.trusted(audit_log.home)
    audit_log.tamper("DELETE FROM remit.audit_keys")
    rewrite_with(audit_log, tmp_path / "attacker")
    assert audit_log.verify()["verified"]  # nobody to tell the difference, and the report says so:
    assert "comes with the log itself" in audit_log.verify()["warnings"][0]
    assert codes(audit_log.verify(trusted=trusted)) == {"key_untrusted"}


@pytest.mark.parametrize("attack", ["rewritten", "truncated"])
def test_holder_of_database_and_key_is_caught_by_a_witness(
    audit_log: Log, tmp_path: Path, attack: str
) -> None:
    audit_log.fill()
    seen = tmp_path / "witness.jsonl"
    with audit_log.read() as connection:
        for head in heads.each(connection, 0, 4):
            witness.FileWitness(seen).give(head)
    witnessed = verify.read_witness(str(seen))
    assert audit_log.verify(witnessed=witnessed)["witnessed"] == 4
    if attack == "rewritten":
        rewrite_with(audit_log, audit_log.home)
        audit_log.fill()
        expected = {"witness_differs"}
    else:
        audit_log.tamper("DELETE FROM remit.audit_heads WHERE id = 4")
        audit_log.tamper("DELETE FROM remit.audit_leaves WHERE leaf_index >= 15")
        audit_log.tamper(
            "DELETE FROM remit.audit a WHERE NOT EXISTS (SELECT FROM remit.audit_leaves l WHERE l.audit_id = a.id)"
        )
        expected = {"truncated"}
    assert audit_log.verify()["verified"]
    assert codes(audit_log.verify(witnessed=witnessed)) == expected
    code, report = run_script(audit_log.export(tmp_path / "e.jsonl"), "--witness", seen)
    assert (code, codes(report)) == (1, expected)
