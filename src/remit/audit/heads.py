"""Signed tree heads: their form, and reading them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from remit.audit.record import format_instant
from remit.audit.verify import NO_HEAD, head_hash

_COLUMNS = "id, tree_size, root, sealed_at, clock_at, key_id, previous, signature, frontier"


@dataclass(frozen=True, slots=True)
class Head:
    """The tree of the first `tree_size` records, signed at `sealed_at` (never earlier than the head before).

    `clock_at` is what the sealer's clock said; it is behind `sealed_at` only when that clock went backwards.
    `previous` is the hash of the head before and its signature; `frontier` the perfect subtrees, largest first.
    """

    id: int
    tree_size: int
    root: bytes
    sealed_at: datetime
    clock_at: datetime
    key_id: str
    previous: bytes
    signature: bytes
    frontier: tuple[bytes, ...]

    def payload(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "id": self.id,
            "tree_size": self.tree_size,
            "root": self.root.hex(),
            "sealed_at": format_instant(self.sealed_at),
            "clock_at": format_instant(self.clock_at),
            "key_id": self.key_id,
            "previous": self.previous.hex(),
        }

    def exported(self) -> dict[str, Any]:
        """The form for exports and witnesses."""
        return {"head": self.payload(), "signature": self.signature.hex()}

    def hash(self) -> bytes:
        """What the next head names as `previous`."""
        return bytes.fromhex(head_hash(self.payload(), self.signature.hex()))


NO_PREVIOUS = bytes.fromhex(NO_HEAD)


def find_last(connection: Connection) -> Head | None:
    """The newest head, or None before the first sealing."""
    return _one(connection, "ORDER BY id DESC LIMIT 1", {})


def find_at_or_below(connection: Connection, tree_size: int) -> Head | None:
    """The newest head that covers at most `tree_size` records."""
    return _one(
        connection, "WHERE tree_size <= :size ORDER BY tree_size DESC, id DESC LIMIT 1", {"size": tree_size}
    )


def find_above(connection: Connection, tree_size: int) -> Head | None:
    """The first head that covers more than `tree_size` records."""
    return _one(connection, "WHERE tree_size > :size ORDER BY tree_size, id LIMIT 1", {"size": tree_size})


def each(connection: Connection, after: int, until: int, batch: int = 1_000) -> Iterator[Head]:
    """Heads with after < id <= until, in order, fetched in batches."""
    while True:
        rows = connection.execute(
            text(
                f"SELECT {_COLUMNS} FROM remit.audit_heads WHERE id > :after AND id <= :until ORDER BY id LIMIT :n"
            ),
            {"after": after, "until": until, "n": batch},
        ).all()
        yield from map(_head, rows)
        if len(rows) < batch:
            return
        after = rows[-1].id


def _one(connection: Connection, where: str, values: dict[str, Any]) -> Head | None:
    query = text(f"SELECT {_COLUMNS} FROM remit.audit_heads {where}")  # sql-parts: literals of this module
    row = connection.execute(query, values).first()
    return None if row is None else _head(row)


def _head(row: Row[Any]) -> Head:
    return Head(
        id=row.id,
        tree_size=row.tree_size,
        root=bytes(row.root),
        sealed_at=row.sealed_at,
        clock_at=row.clock_at,
        key_id=row.key_id,
        previous=bytes(row.previous),
        signature=bytes(row.signature),
        frontier=tuple(bytes(one) for one in row.frontier),
    )
