"""Append to the audit log: in the caller's transaction, in one round trip.

No record, no act: the caller's transaction carries both, so neither exists without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from remit.audit.record import Record, leaf_hash, serialise
from remit.kit import clock
from remit.kit.ids import new_id

_ROWS_PER_STATEMENT: Final = 5_000

# The columns copied out of the record for filters and row-level security: (name, PostgreSQL type).
COPIED: Final[tuple[tuple[str, str], ...]] = (
    ("kind", "text"),
    ("event", "text"),
    ("actor_id", "uuid"),
    ("on_behalf_of", "uuid"),
    ("approver_id", "uuid"),
    ("action_id", "uuid"),
    ("account_id", "uuid"),
    ("access_id", "int"),
    ("object_type", "text"),
    ("object_id", "uuid"),
)
_COLUMNS: Final = (
    ("id", "uuid"),
    ("at", "timestamptz"),
    ("record", "text"),
    ("leaf_hash", "bytea"),
    *COPIED,
)
_NAMES: Final = ", ".join(name for name, _ in _COLUMNS)
# Arrays and unnest: the statement's text is the same for one row and for thousands, so it stays prepared.
_APPEND: Final = text(
    "WITH rows AS (SELECT * FROM unnest("
    + ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _COLUMNS)
    + f") AS r({_NAMES})), "
    + f"written AS (INSERT INTO remit.audit ({_NAMES}) SELECT {_NAMES} FROM rows) "
    + "INSERT INTO remit.audit_pending (audit_id, at, leaf_hash) SELECT id, at, leaf_hash FROM rows"
)


def append(connection: Connection, records: Sequence[Record], at: datetime | None = None) -> list[UUID]:
    """Write `records` in the open transaction of `connection`; gives their ids in order.

    `at` is the instant of the act (UTC, default now). Raises AuditRecordInvalid when a record has no
    exact form, or the database's error: in both cases the caller's transaction must not commit.
    """
    moment = at or clock.now()
    ids: list[UUID] = []
    for start in range(0, len(records), _ROWS_PER_STATEMENT):
        chunk = records[start : start + _ROWS_PER_STATEMENT]
        columns = _columns_of(chunk, moment)
        connection.execute(_APPEND, columns)
        ids.extend(columns["id"])
    return ids


def _columns_of(records: Sequence[Record], at: datetime) -> dict[str, list[Any]]:
    ids = [new_id() for _ in records]
    texts = [serialise(record, one, at) for record, one in zip(records, ids, strict=True)]
    columns: dict[str, list[Any]] = {
        "id": ids,
        "at": [at] * len(ids),
        "record": texts,
        "leaf_hash": [leaf_hash(one) for one in texts],
    }
    for name, _ in COPIED:
        columns[name] = [getattr(record, name) for record in records]
    return columns
