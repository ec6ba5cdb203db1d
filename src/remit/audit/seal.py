"""Sealing: takes the hashes that wait, adds them to the tree, signs the new head.

Any process may run a sealer; an advisory lock lets one work at a time and the others pass. What is sealed is
found by membership in `audit_pending`, not by a watermark: a transaction that stays open for an hour neither
holds the others up nor is forgotten when it commits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from remit.audit import heads, keys, witness
from remit.audit import log as audit_log
from remit.audit.heads import Head
from remit.audit.merkle import Frontier
from remit.audit.record import Record
from remit.db import engines
from remit.db.location import Role
from remit.kit import clock
from remit.settings import Settings

BATCH: Final = 20_000
INTERVAL_SECONDS: Final = 0.5
LARGEST_STEP: Final = timedelta(days=1)  # a record further ahead than that is found as post-dated
_RETRY_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.05
_LOCK: Final = 0x52454D4954  # "REMIT": sealing, one at a time

log = structlog.get_logger(__name__)

_TAKE = text(
    """
    WITH taken AS (
        DELETE FROM remit.audit_pending WHERE audit_id IN
            (SELECT audit_id FROM remit.audit_pending ORDER BY audit_id LIMIT :batch)
        RETURNING audit_id, at, leaf_hash)
    INSERT INTO remit.audit_leaves (leaf_index, audit_id, at, leaf_hash)
    SELECT :size + row_number() OVER (ORDER BY audit_id) - 1, audit_id, at, leaf_hash FROM taken
    RETURNING leaf_index, leaf_hash, at
    """
)
_ADD_HEAD = text(
    """
    INSERT INTO remit.audit_heads
        (id, tree_size, root, sealed_at, clock_at, key_id, previous, signature, frontier)
    VALUES (:id, :tree_size, :root, :sealed_at, :clock_at, :key_id, :previous, :signature,
            CAST(:frontier AS bytea[]))
    """
)


def seal_batch(connection: Connection, home: Path, batch: int = BATCH) -> Head | None:
    """Seal up to `batch` waiting records in the open transaction of `connection`.

    None when nothing waits or another sealer is at work. Raises AuditKeyMissing, AuditKeyUnusable; then
    nothing may be committed and the records wait on.
    """
    if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar():
        return None
    if not connection.execute(text("SELECT EXISTS (SELECT FROM remit.audit_pending)")).scalar():
        return None
    key = keys.current(connection, home)
    before = heads.find_last(connection)
    frontier = Frontier(before.tree_size, before.frontier) if before else Frontier()
    rows = connection.execute(_TAKE, {"batch": batch, "size": frontier.size}).all()
    frontier.extend(bytes(row.leaf_hash) for row in sorted(rows, key=lambda row: int(row.leaf_index)))
    head = _sign(key, frontier, before, max(row.at for row in rows))
    connection.execute(
        _ADD_HEAD,
        {
            "id": head.id,
            "tree_size": head.tree_size,
            "root": head.root,
            "sealed_at": head.sealed_at,
            "clock_at": head.clock_at,
            "key_id": head.key_id,
            "previous": head.previous,
            "signature": head.signature,
            "frontier": list(head.frontier),
        },
    )
    return head


def _sign(key: keys.SigningKey, frontier: Frontier, before: Head | None, newest: datetime) -> Head:
    now = clock.now()
    # Time never runs backwards in the heads, whatever the clock does; clock_at keeps what it said. Records that waited
    # while the clock was put back are ahead of it: no head says that it was sealed before what it seals.
    ahead = newest if newest <= now + LARGEST_STEP else now
    sealed_at = max(now, ahead, before.sealed_at if before else now)
    if now < sealed_at:
        log.warning("audit_clock_went_backwards", clock_at=str(now), sealed_at=str(sealed_at))
    unsigned = Head(
        id=before.id + 1 if before else 1,
        tree_size=frontier.size,
        root=frontier.root(),
        sealed_at=sealed_at,
        clock_at=now,
        key_id=key.key_id,
        previous=before.hash() if before else heads.NO_PREVIOUS,
        signature=b"",
        frontier=tuple(frontier.hashes),
    )
    return Head(
        **{name: getattr(unsigned, name) for name in Head.__slots__ if name != "signature"},
        signature=key.sign("head", unsigned.payload()),
    )


def seal_all(engine: Engine, home: Path, batch: int = BATCH) -> Head | None:
    """Seal whatever waits now, batch by batch; gives the last new head, None when there was nothing to do."""
    last: Head | None = None
    while True:
        with engine.begin() as connection:
            head = seal_batch(connection, home, batch)
        if head is None:
            return last
        last = head


class Sealer:
    """Seals until told to stop: at least every second while records come in."""

    def __init__(
        self,
        engine: Engine,
        home: Path,
        on_head: Callable[[Head], None] | None = None,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._engine, self._home, self._on_head = engine, home, on_head
        self._interval = interval_seconds
        self._told = ""

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set. A lost database, a full disk or a missing key is logged and tried again."""
        while not stop.is_set():
            wait = self._interval
            try:
                head = seal_all(self._engine, self._home)
            except (OperationalError, PoolTimeout, OSError, *keys.UNUSABLE) as error:
                self._tell(str(error).splitlines()[0])
                wait = _RETRY_SECONDS
            else:
                self._tell("")
                if head and self._on_head:
                    self._on_head(head)
            stop.wait(wait)

    def _tell(self, reason: str) -> None:
        """Log when sealing stops, why, and when it goes on: once each, not at every try."""
        if reason == self._told:
            return
        if reason:
            log.error("audit_sealing_stopped", reason=reason)
        else:
            log.info("audit_sealing_goes_on")
        self._told = reason


def run(stop: threading.Event, chosen: Settings) -> None:
    """The sealer as the worker runs it: until `stop`, with the witnesses of the settings. Give it a thread.

    Any number of processes may run it; they take turns by a lock in the database.
    """
    messenger = witness.Messenger(witness.configured(chosen.audit_witness_file, chosen.audit_witness_url))
    carrier = threading.Thread(target=messenger.run, args=(stop,), name="audit-witness", daemon=True)
    carrier.start()
    Sealer(engines.engine(Role.WRITER), chosen.home, on_head=messenger.offer).run(stop)
    carrier.join(timeout=witness.TIMEOUT_SECONDS)


def seal_now(home: Path, patience_seconds: float = 5.0) -> bool:
    """Seal what waits, together with any sealer that is at work. Whether nothing waits any more.

    Raises AuditKeyMissing, AuditKeyUnusable.
    """
    engine, until = engines.engine(Role.WRITER), time.monotonic() + patience_seconds
    while True:
        seal_all(engine, home)
        with engine.connect() as connection:
            if not connection.execute(text("SELECT EXISTS (SELECT FROM remit.audit_pending)")).scalar():
                return True
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_SECONDS)


def find_key(home: Path) -> keys.SigningKey | None:
    """The key that signs now; None before the first sealing, or where its file is not on this machine.

    Raises AuditKeyUnusable.
    """
    with engines.engine(Role.WRITER).connect() as connection:
        alive = [key for key in keys.listed(connection) if key.retired_at is None]
    if not alive or not keys.path_of(home, alive[-1].key_id).exists():
        return None
    return keys.load(home, alive[-1].key_id)


def take_over(home: Path) -> str | None:
    """After a restore on a machine without the private key: go on under a new key, said on the record.

    Gives the new key's id, None when the present key is here or nothing was ever sealed. The restored keys become
    trusted on this machine, because its operator chose the backup.
    """
    with engines.engine(Role.WRITER).begin() as connection:
        known = keys.listed(connection)
        for key in known:
            keys.trust(home, key.key_id)
        alive = [key for key in known if key.retired_at is None]
        if not alive or keys.path_of(home, alive[-1].key_id).exists():
            return None
        old, new = keys.rotate(connection, home, lost=True)
        told = Record(
            kind="system",
            event="audit:key:lost",
            sentence=f"The log was restored without the private key {old} and goes on under {new.key_id}.",
            body={"old_key_id": old, "key_id": new.key_id},
        )
        audit_log.append(connection, [told])
    return new.key_id


def seal_if_possible(home: Path) -> bool:
    """Seal what waits when the key is here, or when there has never been one. Whether it was possible.

    Raises AuditKeyUnusable.
    """
    with engines.engine(Role.WRITER).connect() as connection:
        begun = bool(keys.listed(connection))
    if begun and find_key(home) is None:
        return False
    seal_now(home)
    return True
