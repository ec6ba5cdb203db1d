"""The stand-alone script itself, and the parts of the log that it proves."""

from __future__ import annotations

import gzip
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.conftest import Log, codes
from tests.audit.examiner import SCRIPT, run_script

from remit.audit import heads, verify, witness
from remit.audit.leaves import Period
from remit.audit.record import Record
from remit.kit import clock


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


def test_unsigned_end_is_a_problem_unless_allowed(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    path = audit_log.export(tmp_path / "e.jsonl", signed=False)
    code, report = run_script(path)
    assert (code, codes(report)) == (1, {"export_altered"})
    code, report = run_script(path, "--allow-unsigned-end")
    assert code == 0
    assert any("end is not signed" in one for one in report["warnings"])


def test_gzip_holds_the_same_export(audit_log: Log, tmp_path: Path) -> None:
    audit_log.fill()
    path = audit_log.export(tmp_path / "e.jsonl.gz")
    assert gzip.decompress(path.read_bytes()).startswith(b'{"format":"remit-audit-export"')
    assert path.stat().st_mode & 0o777 == 0o600
