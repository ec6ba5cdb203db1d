"""Sealing: how many waiting records a second it signs into the tree, and what it costs those who write.

On a durable embedded server of its own (fsync on), in a temporary home. First a backlog is sealed. Then one
writer appends for some seconds without and with a sealer running: the rates side by side, and how long after
its instant a record was under a signature.
"""

from __future__ import annotations

import statistics
import threading
import time
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, text

from benchmarks.support import Row, durable_server, row
from remit.audit import check, log, seal
from remit.audit.record import Record
from remit.db import engines
from remit.db.location import Role

BACKLOG, SECONDS, PER_TRANSACTION = 100_000, 8.0, 5
SYSTEM = "00000000-0000-7000-8000-000000000002"


def _records(count: int) -> list[Record]:
    actor = uuid4()
    return [
        Record(
            kind="change",
            event="opportunity:stage:change",
            actor_id=actor,
            object_type="opportunity",
            object_id=uuid4(),
            policy_hash="ab" * 32,
            payload_hash="cd" * 32,
            sentence="Moved the deal to negotiation.",
            body={"from": "proposal", "to": "negotiation", "n": number},
        )
        for number in range(count)
    ]


def _append_for(engine: Engine, seconds: float) -> float:
    """Records a second of one writer that commits PER_TRANSACTION records at a time, durably."""
    batch, written = _records(PER_TRANSACTION), 0
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        with engine.begin() as connection:
            log.append(connection, batch)
        written += PER_TRANSACTION
    return written / (time.perf_counter() - started)


def _lags(reader: Engine, after: int) -> list[float]:
    """Seconds from a record's instant to the sealing of the head that covers it, for leaves from `after`."""
    query = text(
        "SELECT extract(epoch FROM h.sealed_at - l.at)::float8 FROM remit.audit_leaves l CROSS JOIN LATERAL "
        "(SELECT sealed_at FROM remit.audit_heads WHERE tree_size > l.leaf_index ORDER BY tree_size LIMIT 1) h "
        "WHERE l.leaf_index >= :after"
    )
    with reader.begin() as connection:
        return sorted(connection.execute(query, {"after": after}).scalars())


def _verified_rate(reader: Engine) -> tuple[float, int]:
    with reader.begin() as connection:
        connection.execute(text("SELECT set_config('remit.person_id', :me, true)"), {"me": SYSTEM})
        report = check.verify_database(connection)
    if not report["verified"]:
        raise RuntimeError(f"the benchmark's log does not verify: {report['problems']}")
    return report["records"] / report["seconds"], report["records"]


def run() -> list[Row]:
    """Rows: sealing a backlog, writing with the sealer at work, verifying in the database."""
    with durable_server() as (_, home):
        return _measure(engines.engine(Role.WRITER), engines.engine(Role.READER), home)


def _measure(writer: Engine, reader: Engine, home: Path) -> list[Row]:
    started = time.perf_counter()
    for _ in range(BACKLOG // 5_000):
        with writer.begin() as connection:
            log.append(connection, _records(5_000))
    bulk = BACKLOG / (time.perf_counter() - started)
    started = time.perf_counter()
    seal.seal_all(writer, home)
    sealed = BACKLOG / (time.perf_counter() - started)
    alone = _append_for(writer, SECONDS)
    seal.seal_all(writer, home)
    with reader.begin() as connection:
        before = int(connection.execute(text("SELECT count(*) FROM remit.audit_leaves")).scalar_one())
    together = _with_sealer(writer, home)
    lags = _lags(reader, before)
    rate, checked = _verified_rate(reader)
    live = (
        f"append in durable transactions of {PER_TRANSACTION}, sealer at work; sealed after "
        f"p50 {statistics.median(lags):.2f} s, max {lags[-1]:.2f} s"
    )
    bulk_name, alone_name = "append the same records in bulk", "the same writer without a sealer"
    unit = "records/s"
    return [
        row("audit_seal_backlog", "seal a backlog", sealed, bulk, bulk_name, unit, runs=1, n=BACKLOG),
        row("audit_seal_live", live, together, alone, alone_name, unit, runs=1, n=len(lags)),
        row(
            "audit_verify_database",
            "verify in the database, columns too",
            rate,
            50_000,
            "asked for",
            unit,
            runs=1,
            n=checked,
        ),
    ]


def _with_sealer(writer: Engine, home: Path) -> float:
    stop = threading.Event()
    thread = threading.Thread(target=seal.Sealer(writer, home).run, args=(stop,))
    thread.start()
    try:
        return _append_for(writer, SECONDS)
    finally:
        time.sleep(1.0)  # one more round, so that the last records count
        stop.set()
        thread.join()
