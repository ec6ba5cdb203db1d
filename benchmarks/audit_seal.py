"""Sealing: how many waiting records a second it signs into the tree, and what it costs those who write.

On a durable embedded server of its own (fsync on), in a temporary home. First a backlog is sealed. Then one
writer appends for some seconds without and with a sealer running: the rates side by side, and how long after
its instant a record was under a signature.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, create_engine, text

from remit.audit import check, log, seal
from remit.audit.record import Record
from remit.db import embedded, migrate, provision
from remit.db.location import Location, Role

Row = dict[str, Any]
BACKLOG, SECONDS, PER_TRANSACTION = 100_000, 8.0, 5
SYSTEM = "00000000-0000-7000-8000-000000000002"


@contextmanager
def _server(home: Path) -> Iterator[Location]:
    with embedded.shared(home) as cluster:
        admin, passwords = provision.Admin(cluster.superuser()), provision.role_passwords(home)
        provision.provision(admin, passwords)
        location = provision.location_of(admin, passwords)
        migrate.upgrade(location)
        yield location


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
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as location:
        home = Path(folder)
        writer, reader = (create_engine(location.url(role)) for role in (Role.WRITER, Role.READER))
        try:
            return _measure(writer, reader, home)
        finally:
            writer.dispose()
            reader.dispose()


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
    common = {"unit": "records/s", "runs": 1}
    return [
        _row("audit_seal_backlog", "seal a backlog into the signed tree", sealed, bulk, BACKLOG, common)
        | {"other_name": "append the same records in bulk"},
        _row(
            "audit_seal_live",
            f"append in durable transactions of {PER_TRANSACTION} with the sealer at work; sealed after "
            f"p50 {statistics.median(lags):.2f} s, max {lags[-1]:.2f} s",
            together,
            alone,
            len(lags),
            common,
        )
        | {"other_name": "the same writer without a sealer"},
        _row("audit_verify_database", "verify in the database, columns too", rate, 50_000, checked, common)
        | {"other_name": "the figure asked for"},
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


def _row(name: str, what: str, ours: float, other: float, n: int, common: Row) -> Row:
    return {
        "name": name,
        "what": what,
        "ours": round(ours),
        "other": round(other),
        "ratio": round(ours / other, 2),
        "n": n,
    } | common


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
