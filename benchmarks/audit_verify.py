"""Verifying an export with the stand-alone script, beside merely parsing and hashing its lines.

The other side is the least that any check of such a file must do (read each line, parse it, hash it); what
ours costs more is the tree, the chain of heads, the instants and the signatures.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.support import Row, row
from remit.audit import heads, keys, verify
from remit.audit.heads import Head
from remit.audit.merkle import Frontier
from remit.audit.record import Record, leaf_hash, serialise
from remit.kit.ids import new_id

RECORDS, PER_HEAD, RUNS = 200_000, 1_000, 3


def write_export(path: Path, folder: Path) -> None:
    """An export of RECORDS records, a head after each PER_HEAD (one second at 1,000 a second)."""
    key, frontier, before = keys.create(folder), Frontier(), None
    at, actor, account = datetime(2026, 11, 1, tzinfo=UTC), uuid4(), uuid4()
    digest = hashlib.sha256()
    public = keys.PublicKey(key.key_id, key.public_key, at, None, None, None).exported()
    with path.open("wb") as out:

        def line(text: str) -> None:
            data = text.encode() + b"\n"
            digest.update(data)
            out.write(data)

        line(json.dumps({"format": verify.FORMAT, "version": verify.VERSION}))
        line(json.dumps({"key": public}))
        for number in range(RECORDS):
            at += timedelta(milliseconds=1)
            text = serialise(_record(number, actor, account), new_id(), at)
            leaf = leaf_hash(text)
            frontier.append(leaf)
            line(f'{{"leaf":{number},"hash":"{leaf.hex()}","record":{text}}}')
            if frontier.size % PER_HEAD == 0:
                before = _head(key, frontier, before, at)
                line(json.dumps(before.exported()))
        end = {
            "records": RECORDS,
            "heads": RECORDS // PER_HEAD,
            "tree_size": RECORDS,
            "sha256": digest.hexdigest(),
        }
        out.write(
            json.dumps(
                {"end": end, "key_id": key.key_id, "signature": key.sign("export", end).hex()}
            ).encode()
        )


def _record(number: int, actor: Any, account: Any) -> Record:
    return Record(
        kind="change",
        event="opportunity:stage:change",
        actor_id=actor,
        actor_kind="person",
        action_id=new_id(),
        account_id=account,
        access_id=4,
        object_type="opportunity",
        object_id=account,
        policy_hash="ab" * 32,
        rule_ids=("rep-works-own-records",),
        payload_hash="cd" * 32,
        request_id=str(account),
        sentence=f"Moved the deal to negotiation ({number}).",
        body={"from": "proposal", "to": "negotiation"},
    )


def _head(key: keys.SigningKey, frontier: Frontier, before: Head | None, at: datetime) -> Head:
    values: dict[str, Any] = {
        "id": before.id + 1 if before else 1,
        "tree_size": frontier.size,
        "root": frontier.root(),
        "sealed_at": at,
        "clock_at": at,
        "key_id": key.key_id,
        "previous": before.hash() if before else heads.NO_PREVIOUS,
        "frontier": (),
    }
    return Head(**values, signature=key.sign("head", Head(**values, signature=b"").payload()))


def _script_seconds(path: Path) -> float:
    command = [sys.executable, "-I", "-S", verify.__file__, "--json", str(path)]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    if not report["verified"] or report["records"] != RECORDS:
        raise RuntimeError(f"the benchmark's export does not verify: {report['problems']}")
    return float(report["seconds"])


def _plain_seconds(path: Path) -> float:
    started = time.perf_counter()
    with path.open("rb") as lines:
        for line in lines:
            hashlib.sha256(line).digest()
            json.loads(line)
    return time.perf_counter() - started


def run() -> list[Row]:
    """One row: records a second, ours and the plain reader's, alternating, median of RUNS."""
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        write_export(path, Path(folder))
        for _ in range(RUNS):
            ours.append(RECORDS / _script_seconds(path))
            plain.append(RECORDS / _plain_seconds(path))
    mine, other = statistics.median(ours), statistics.median(plain)
    what = f"verify.py over an export of {RECORDS:,} records, a head each {PER_HEAD:,}"
    plain_name = "parse and hash each line, nothing checked"
    return [row("audit_verify", what, mine, other, plain_name, "records/s", runs=RUNS, n=RECORDS)]
