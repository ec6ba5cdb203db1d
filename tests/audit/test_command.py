"""`remit audit …` from the door to the examiner's desk, on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError
from tests.audit.conftest import Log, codes
from tests.audit.examiner import run_script
from tests.support.cast import Cast, make_cast
from tests.support.command import Ended, remit

from remit import settings
from remit.audit import keys, verify
from remit.cli import audit as command
from remit.db.location import Location
from remit.domains.auditing.exporting import export_log


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(autouse=True)
def at_home(audit_log: Log, database: Location, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands find the module's database and the log's home."""

    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(command, "database", running)
    monkeypatch.setenv("REMIT_HOME", str(audit_log.home))
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], cast: Cast) -> Any:
    def ended(*words: object) -> Ended:
        return remit(capsys, "--json", *map(str, words))

    return ended


def test_export_is_asked_for_at_the_door_and_shows_its_own_record(
    run: Any, audit_log: Log, tmp_path: Path
) -> None:
    audit_log.fill()
    out = tmp_path / "log.jsonl"
    done = run("--as", "Cora", "audit", "export", "--out", out)
    assert done.code == 0, done.err
    assert done.document["records"] == 22  # the decision and the change of the export itself
    assert done.document["key_ids"] == list(keys.trusted(audit_log.home))
    code, report = run_script(out, "--trust", done.document["key_ids"][0])
    assert (code, report["warnings"], report["records"]) == (0, [], 22)
    events = [json.loads(line)["record"]["event"] for line in out.open() if line.startswith('{"leaf"')]
    assert events[-2:] == ["audit:log:export:decided", "audit:log:export"]


@pytest.mark.parametrize("who", ["Alice", "Mia", "Adam", "Robo"])
def test_export_by_others_is_refused_and_on_record(
    run: Any, audit_log: Log, tmp_path: Path, who: str
) -> None:
    out = tmp_path / "log.jsonl"
    done = run("--as", who, "audit", "export", "--out", out)
    assert done.code == 1
    assert done.document["error"]["code"] == "not_permitted_by_policy"
    assert not out.exists()
    with audit_log.read() as connection:
        kinds = [row.kind for row in connection.exec_driver_sql("SELECT kind FROM remit.audit")]
    assert kinds == ["refusal"]


def test_export_of_a_period_by_days(run: Any, audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    out = tmp_path / "log.jsonl.gz"
    assert (
        run(
            "--as", "Cora", "audit", "export", "--out", out, "--from", "2020-01-01", "--to", "2020-01-31"
        ).code
        == 0
    )
    code, report = run_script(out)
    assert (code, report["records"], report["hidden"]) == (0, 0, 22)
    again = run("--as", "Cora", "audit", "export", "--out", out)
    assert (again.code, again.document["error"]["code"]) == (1, "file_exists")
    wrong = run("--as", "Cora", "audit", "export", "--out", "x", "--from", "2020-02-01", "--to", "2020-01-01")
    assert (wrong.code, wrong.document["error"]["code"]) == (2, "period_empty")
    assert run("audit", "export", "--out", "x").document["error"]["code"] == "person_needed"
    assert run("--as", "Nobody", "audit", "export", "--out", "x").code == 3


def test_verify_seals_and_checks_the_database(run: Any, audit_log: Log) -> None:
    audit_log.fill(2)
    audit_log.write(3)
    done = run("audit", "verify", "--all-signatures")
    assert done.code == 0
    wanted = {"records", "first", "last", "tree_heads", "verified", "problems"}
    assert wanted <= set(done.document)
    assert (done.document["records"], done.document["waiting"]) == (13, 0)
    audit_log.tamper("UPDATE remit.audit SET record = replace(record, 'Stage 1', 'Stage 7')")
    done = run("audit", "verify")
    assert done.code == 1
    assert codes(done.document) == {"record_changed"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM remit.actions", "record_without_act"),
        ("UPDATE remit.actions SET payload_hash = sha256('other')", "act_differs"),
        (
            "INSERT INTO remit.actions SELECT gen_random_uuid(), kind, payload, payload_hash, NULL, actor_id, actor_kind, "
            "on_behalf_of, approver_id, suggestion_id, account_id, access_id, object_type, object_id, segment, channel, "
            "rule_ids, policy_hash, sentence, stages, result, request_id, at FROM remit.actions LIMIT 1",
            "act_without_record",
        ),
    ],
)
def test_acts_and_record_belong_together(
    run: Any, audit_log: Log, tmp_path: Path, statement: str, expected: str
) -> None:
    assert run("--as", "Cora", "audit", "export", "--out", tmp_path / "e.jsonl.gz").code == 0
    assert run("audit", "verify").code == 0
    audit_log.tamper(statement)
    done = run("audit", "verify")
    assert (done.code, codes(done.document)) == (1, {expected})


def test_verify_compares_with_the_witness_of_the_settings(
    run: Any, audit_log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from remit.audit import heads, witness

    seen = tmp_path / "seen.jsonl"
    monkeypatch.setenv("REMIT_AUDIT_WITNESS_FILE", str(seen))
    settings.load.cache_clear()
    audit_log.fill()
    with audit_log.read() as connection:
        witness.FileWitness(seen).give(heads.find_last(connection))  # type: ignore[arg-type]
    assert run("audit", "verify").document["witnessed"] == 1
    audit_log.tamper("DELETE FROM remit.audit_heads WHERE id > 2")
    audit_log.tamper(
        "DELETE FROM remit.audit WHERE id IN (SELECT audit_id FROM remit.audit_leaves WHERE leaf_index >= 10)"
    )
    audit_log.tamper("DELETE FROM remit.audit_leaves WHERE leaf_index >= 10")
    assert codes(run("audit", "verify").document) == {"truncated"}


def test_verify_a_file(run: Any, audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    path = audit_log.export(tmp_path / "e.jsonl")
    assert run("audit", "verify", path).code == 0
    path.write_bytes(path.read_bytes().replace(b"Stage 3", b"Stage 4", 1))
    done = run("audit", "verify", path)
    assert done.code == 1 and "record_changed" in codes(done.document)
    path.write_bytes(b"not an export")
    done = run("audit", "verify", path)
    assert (done.code, done.document["error"]["code"]) == (2, "audit_file_unreadable")


def test_rotation_passes_the_door(run: Any, audit_log: Log) -> None:
    audit_log.fill()
    old = audit_log.key().key_id
    assert run("--as", "Alice", "audit", "rotate-key").code == 1
    done = run("--as", "Adam", "audit", "rotate-key")
    assert done.code == 0 and done.document["old_key_id"] == old
    listed = run("audit", "keys").document["keys"]
    assert [(one["key_id"], one["trusted_here"], one["endorsed_by"]) for one in listed] == [
        (old, True, None),
        (done.document["key_id"], True, old),
    ]
    report = run("audit", "verify").document
    assert report["verified"] and report["keys"] == [old, done.document["key_id"]]


def test_lost_key_needs_saying_so(run: Any, audit_log: Log) -> None:
    audit_log.fill()
    keys.path_of(audit_log.home, audit_log.key().key_id).unlink()
    done = run("--as", "Adam", "audit", "rotate-key")
    assert (done.code, done.document["error"]["code"]) == (1, "audit_key_missing")
    assert run("--as", "Adam", "audit", "rotate-key", "--lost").code == 0
    assert run("audit", "verify").document["verified"]


def test_script_is_the_verifier(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "verify.py"
    assert run("audit", "script", "--out", out).code == 0
    assert out.read_bytes() == Path(verify.__file__).read_bytes()
    assert run("audit", "script", "--out", out).document["error"]["code"] == "file_exists"


def test_no_record_no_export(audit_log: Log, cast: Cast, tmp_path: Path) -> None:
    """A log that cannot be written stops the export before its first byte."""
    audit_log.fill()
    audit_log.tamper("REVOKE INSERT ON remit.audit FROM remit_writer")
    try:
        with pytest.raises(ProgrammingError, match="permission denied"):
            export_log(cast.scope("cora"), tmp_path / "e.jsonl")
    finally:
        audit_log.tamper("GRANT INSERT ON remit.audit TO remit_writer")
    assert list(tmp_path.glob("e.jsonl*")) == []


def test_files_that_cannot_be_written_or_are_not_there_are_plain_refusals(run: Any, tmp_path: Path) -> None:
    nowhere = tmp_path / "missing" / "x"
    for words in (
        ("--as", "Cora", "audit", "export", "--out", nowhere),
        ("audit", "script", "--out", nowhere),
    ):
        refused = run(*words)
        assert (refused.code, refused.document["error"]["code"]) == (1, "folder_missing"), words
    absent = run("audit", "verify", nowhere)
    assert (absent.code, absent.document["error"]["code"]) == (3, "file_missing")
