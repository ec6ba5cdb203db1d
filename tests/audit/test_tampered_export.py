"""Each way of tampering with an export is found by the stand-alone script."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.audit.conftest import Log, codes
from tests.audit.examiner import run_script

from remit.audit import verify
from remit.audit.record import leaf_hash
from remit.kit import clock

Lines = list[dict[str, Any]]


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


def test_the_newest_records_cannot_be_cut_off_by_leaving_the_end_unsigned(
    audit_log: Log, tmp_path: Path
) -> None:
    audit_log.fill()
    lines = read_lines(audit_log.export(tmp_path / "e.jsonl"))
    heads = [number for number, line in enumerate(lines) if "head" in line]
    short = [*lines[: heads[-2] + 1], {**lines[-1], "key_id": None, "signature": None}]
    key = lines[-1]["key_id"]
    code, report = run_script(write_lines(tmp_path / "cut.jsonl", short), "--trust", key)
    assert (code, codes(report)) == (1, {"export_altered"})
    assert "cut off" in report["problems"][0]["message"]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    original = _small_export()
    position = data.draw(st.integers(0, len(original) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != original[position]))
    forged = original[:position] + bytes([byte]) + original[position + 1 :]
    assert _verdict(original)
    assert _verdict(forged) == (_meaning(forged) == _meaning(original))


def _meaning(content: bytes) -> tuple[bytes, object]:
    """Every byte up to the end statement, and what that says: its spelling (blanks, case of hex) is free."""
    body, mark, end = content.rpartition(b'{"end":')
    try:
        said = json.loads((mark + end).decode())
        return body, {**said, "signature": said["signature"].lower()}
    except (ValueError, KeyError):
        return body, end


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
