"""Each way of tampering is found: in the database, and in an export by the stand-alone script."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.conftest import Log, codes

from remit.audit import heads, keys, verify, witness
from remit.audit.leaves import Period
from remit.audit.record import Record, leaf_hash
from remit.kit import clock

SCRIPT = Path(verify.__file__)
Lines = list[dict[str, Any]]


def run_script(*arguments: object) -> tuple[int, dict[str, Any]]:
    """The script as an examiner runs it: no site packages, no environment, nothing of Remit."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--json", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
@settings(max_examples=20, deadline=None)
def test_ed25519_agrees_with_the_library(message: bytes, seed: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = private.sign(message)
    assert verify.signature_holds(public, message, signature)
    assert not verify.signature_holds(public, message + b"x", signature)
    assert not verify.signature_holds(public, message, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not verify.signature_holds(public, message, bytes([signature[0] ^ 1]) + signature[1:])
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert not verify.signature_holds(other, message, signature)


def test_ed25519_rfc_8032_vector_2() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.signature_holds(public, b"\x72", signature)
    assert not verify.signature_holds(public, b"\x73", signature)
    high = (int.from_bytes(signature[32:], "little") + verify._L).to_bytes(32, "little")
    assert not verify.signature_holds(public, b"\x72", signature[:32] + high)  # malleable form


def test_script_uses_the_standard_library_only_and_python_3_8_syntax() -> None:
    import ast

    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)
    assert named == {"__future__", "typing", "collections.abc"}


# ------------------------------------------------------------------------------------- in the database
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


# ----------------------------------------------------------------------------------------- in an export
def read_lines(path: Path) -> Lines:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write_lines(path: Path, lines: Lines, mend_end: bool = True) -> Path:
    """Write an export again; like a careful forger, with counts and digest of the end made to fit."""
    body, end = lines[:-1], lines[-1]
    digest = hashlib.sha256()
    with path.open("wb") as out:
        for line in body:
            data = (json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
            digest.update(data)
            out.write(data)
        if mend_end:
            sizes = [line["head"]["tree_size"] for line in body if "head" in line]
            end["end"].update(
                records=sum("leaf" in line for line in body),
                heads=len(sizes),
                tree_size=sizes[-1],
                sha256=digest.hexdigest(),
            )
        out.write(json.dumps(end, separators=(",", ":")).encode() + b"\n")
    return path


def rehash(line: dict[str, Any]) -> None:
    line["hash"] = leaf_hash(
        json.dumps(line["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    ).hex()


def records_of(lines: Lines) -> Lines:
    return [line for line in lines if "leaf" in line]


def changed(lines: Lines) -> None:
    records_of(lines)[7]["record"]["sentence"] = "something else"


def changed_and_rehashed(lines: Lines) -> None:
    changed(lines)
    rehash(records_of(lines)[7])


def removed(lines: Lines) -> None:
    lines.remove(records_of(lines)[7])


def removed_and_renumbered(lines: Lines) -> None:
    removed(lines)
    for number, line in enumerate(records_of(lines)):
        line["leaf"] = number


def inserted(lines: Lines) -> None:
    copy = json.loads(json.dumps(records_of(lines)[7]))
    copy["record"]["id"] = str(uuid4())
    rehash(copy)
    lines.insert(lines.index(records_of(lines)[7]), copy)


def inserted_and_renumbered(lines: Lines) -> None:
    inserted(lines)
    for number, line in enumerate(records_of(lines)):
        line["leaf"] = number


def reordered(lines: Lines) -> None:
    one, two = (lines.index(line) for line in records_of(lines)[6:8])
    lines[one], lines[two] = lines[two], lines[one]


def reordered_and_renumbered(lines: Lines) -> None:
    reordered(lines)
    for number, line in enumerate(records_of(lines)):
        line["leaf"] = number


def back_dated(lines: Lines) -> None:
    line = records_of(lines)[7]
    line["record"]["at"] = "2020-01-01T00:00:00.000000Z"
    rehash(line)


def hidden(lines: Lines) -> None:
    line = records_of(lines)[7]
    lines[lines.index(line)] = {"node": line["leaf"], "height": 0, "hash": line["hash"]}


def head_forged(lines: Lines) -> None:
    [line for line in lines if "head" in line][-1]["head"]["sealed_at"] = clock.now().strftime(verify.INSTANT)


def head_removed(lines: Lines) -> None:
    lines.remove([line for line in lines if "head" in line][1])


def key_swapped(lines: Lines) -> None:
    next(line for line in lines if "key" in line)["key"]["public_key"] = "ab" * 32


def key_added_and_everything_signed_again(lines: Lines) -> None:
    """A forger's own key beside the real one, signing the last head and the end."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    forged = {"key_id": verify.fingerprint(public), "public_key": public.hex(), "created_at": "2026-01-01T00:00:00.000000Z",
              "endorsed_by": None, "endorsement": None}  # fmt: skip
    lines.insert(2, {"key": forged})
    line = [line for line in lines if "head" in line][-1]
    line["head"]["key_id"] = forged["key_id"]
    line["signature"] = private.sign(verify.signed_bytes("head", line["head"])).hex()


def tail_cut(lines: Lines) -> None:
    """The last block, its head too: only the signed end can tell."""
    last = [lines.index(line) for line in lines if "head" in line][-2]
    del lines[last + 1 : -1]


def end_cut(lines: Lines) -> None:
    del lines[-3:]


def repeated_block(lines: Lines) -> None:
    lines[-1:-1] = lines[3:6]


TAMPERING_IN_EXPORT: dict[Callable[[Lines], None], set[str]] = {
    changed: {"record_changed"},
    changed_and_rehashed: {"tree_mismatch"},
    removed: {"record_missing"},
    removed_and_renumbered: {"head_mismatch"},
    inserted: {"record_out_of_order"},
    inserted_and_renumbered: {"head_mismatch"},
    reordered: {"record_missing", "record_out_of_order"},
    reordered_and_renumbered: {"tree_mismatch"},
    back_dated: {"tree_mismatch", "back_dated"},
    hidden: {"export_altered"},
    head_forged: {"signature_invalid"},
    head_removed: {"head_chain_broken"},
    key_swapped: {"key_swapped", "key_unknown"},
    key_added_and_everything_signed_again: {"key_not_endorsed"},
    tail_cut: {"export_altered"},
    repeated_block: {"record_out_of_order"},
}


@pytest.mark.parametrize("tamper", TAMPERING_IN_EXPORT, ids=lambda one: one.__name__)
def test_tampered_export_is_refused_by_the_stand_alone_script(
    audit_log: Log, tmp_path: Path, tamper: Callable[[Lines], None]
) -> None:
    audit_log.fill(4, 5)
    path = audit_log.export(tmp_path / "export.jsonl")
    code, report = run_script(path)
    assert (code, report["problems"], report["records"]) == (0, [], 20)
    lines = read_lines(path)
    untouched = write_lines(tmp_path / "same.jsonl", read_lines(path))
    assert untouched.read_bytes() == path.read_bytes()  # so what follows is found for the tampering alone
    tamper(lines)
    code, report = run_script(write_lines(tmp_path / "tampered.jsonl", lines))
    assert code == 1
    assert TAMPERING_IN_EXPORT[tamper] <= codes(report)
    # Whatever is done, the signed digest of the file tells as well:
    assert "export_altered" in codes(report)


def test_export_without_its_end_is_refused(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    lines = read_lines(audit_log.export(tmp_path / "e.jsonl"))
    end_cut(lines)
    lines.append({"head": {}, "signature": ""})  # taken for the end by write_lines
    code, report = run_script(write_lines(tmp_path / "cut.jsonl", lines, mend_end=False))
    assert code == 1 and {"export_incomplete", "malformed"} <= codes(report)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    original = _small_export()
    position = data.draw(st.integers(0, len(original) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != original[position]))
    forged = original[:position] + bytes([byte]) + original[position + 1 :]
    assert _verdict(original)
    assert not _verdict(forged)


_EXPORT: list[bytes] = []


def _small_export() -> bytes:
    return _EXPORT[0]


def _verdict(content: bytes) -> bool:
    checker = verify.Checker()
    file = verify._File(checker)
    for line in content.splitlines(keepends=True):
        try:
            file.feed(line)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            return False
    return file.ended and checker.report()["verified"]


@pytest.fixture(autouse=True)
def small_export(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Hypothesis takes no function-scoped fixtures: the property's export is made once, beforehand."""
    if request.node.name.startswith("test_any_changed_byte") and not _EXPORT:
        audit_log: Log = request.getfixturevalue("audit_log")
        audit_log.fill(2, 2)
        _EXPORT.append(audit_log.export(tmp_path / "small.jsonl").read_bytes())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}\n",
        b"null\n",
        b"\xff\xfe\n",
        b'{"format":"other","version":1}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_export_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.jsonl"
    path.write_bytes(content)
    code, report = run_script(path)
    assert code == 2
    assert "Traceback" not in report["error"] and report["error"].strip()


def test_broken_gzip_and_missing_file_are_clear_errors(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    path = audit_log.export(tmp_path / "e.jsonl.gz")
    assert run_script(path)[0] == 0
    path.write_bytes(path.read_bytes()[:300])
    for code, report in (run_script(path), run_script(tmp_path / "absent.jsonl")):
        assert code == 2 and "Traceback" not in report["error"]


# ----------------------------------------------------------------------------------------- partial views
def test_period_shows_its_records_and_joins_the_newest_head(audit_log: Log, tmp_path: Path) -> None:
    start = clock.now()
    with clock.stopped(start) as hands:
        for _ in range(10):
            audit_log.write(3)
            hands.move(timedelta(hours=1))
            audit_log.seal()
    period = Period(start + timedelta(hours=4), start + timedelta(hours=6))
    path = audit_log.export(tmp_path / "e.jsonl", period=period)
    code, report = run_script(path, "--all-signatures", "--tolerance", 7200)
    assert (code, report["problems"]) == (0, [])
    assert (report["records"], report["hidden"], report["tree_size"]) == (6, 24, 30)
    assert report["tree_heads"] == 4  # the one before, the two of the period, the newest
    full = verify.read_witness(str(_heads_file(audit_log, tmp_path)))
    with_witness = verify.verify_file(str(path), verify.Checker(7200, witnessed=full))
    assert with_witness["verified"] and with_witness["witnessed"] >= 4


def _heads_file(audit_log: Log, folder: Path) -> Path:
    with audit_log.read() as connection:
        for head in heads.each(connection, 0, 1_000):
            witness.FileWitness(folder / "heads.jsonl").give(head)
    return folder / "heads.jsonl"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_partial_view_is_proved_in_the_tree(visible: list[bool]) -> None:
    audit_log, folder = _SHARED[0]
    audit_log.tamper(
        "TRUNCATE remit.audit, remit.audit_pending, remit.audit_leaves, remit.audit_heads CASCADE"
    )
    me = uuid4()
    for start in range(0, len(visible), 9):
        audit_log.append(
            [
                Record(kind="change", event="e", actor_id=me if shown else None, body={"n": n})
                for n, shown in enumerate(visible[start : start + 9])
            ]
        )
        audit_log.seal()
    path = audit_log.export(folder / "partial.jsonl", person=me)
    report = verify.verify_file(str(path), verify.Checker(all_signatures=True))
    assert report["problems"] == []
    assert (report["records"], report["hidden"]) == (sum(visible), len(visible) - sum(visible))
    assert report["root"] == audit_log.verify()["root"]


_SHARED: list[tuple[Log, Path]] = []


@pytest.fixture(autouse=True)
def shared_log(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """As `small_export`, for the property on partial views."""
    if request.node.name.startswith("test_partial_view"):
        _SHARED[:] = [(request.getfixturevalue("audit_log"), tmp_path)]


def test_period_without_records_still_verifies(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    period = Period(clock.now() + timedelta(days=3), None)
    code, report = run_script(audit_log.export(tmp_path / "e.jsonl", period=period))
    assert (code, report["records"], report["tree_size"]) == (0, 0, 20)


def test_export_of_nothing_is_refused_and_leaves_no_file(audit_log: Log, tmp_path: Path) -> None:
    from remit.audit.export import NothingSealed

    with pytest.raises(NothingSealed):
        audit_log.export(tmp_path / "e.jsonl", signed=False)
    assert list(tmp_path.glob("e.jsonl*")) == []


def test_unsigned_end_is_told(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    code, report = run_script(audit_log.export(tmp_path / "e.jsonl", signed=False))
    assert code == 0
    assert any("end is not signed" in one for one in report["warnings"])


def test_gzip_holds_the_same_export(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    path = audit_log.export(tmp_path / "e.jsonl.gz")
    assert gzip.decompress(path.read_bytes()).startswith(b'{"format":"remit-audit-export"')
    assert path.stat().st_mode & 0o777 == 0o600
