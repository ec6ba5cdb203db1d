"""Reading the tree's leaves and what they stand for, in chunks, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from remit.audit.heads import find_at_or_below
from remit.audit.merkle import Frontier

CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True)
class Period:
    """Instants from `start` (included) to `end` (excluded); None leaves a side open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of a period is wanted: SQL over `a`, the audit row, made of constants, and the values that it binds."""

    clause: str
    values: Mapping[str, Any]


def allow_time(connection: Connection, minutes: int = 10) -> None:
    """Let statements of this transaction take longer than a page may: a whole log is read here."""
    connection.execute(
        text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": f"{minutes}min"}
    )


def hashes(connection: Connection, start: int, end: int) -> Iterator[bytes]:
    """Leaf hashes with start <= leaf_index < end, in order."""
    for first in range(start, end, CHUNK):
        rows = connection.execute(
            text(
                "SELECT leaf_hash FROM remit.audit_leaves "
                "WHERE leaf_index >= :first AND leaf_index < :last ORDER BY leaf_index"
            ),
            {"first": first, "last": min(first + CHUNK, end)},
        )
        for row in rows:
            yield bytes(row.leaf_hash)


def records(
    connection: Connection,
    start: int,
    end: int,
    period: Period,
    columns: Sequence[str] = (),
    only: Narrowed | None = None,
) -> Iterator[Any]:
    """Rows (leaf_index, audit_id, leaf_hash, record, *columns) with start <= leaf_index < end, in order.

    `record` is None where the reader may not see the record, where it lies outside the period or what
    is wanted (`only`), or where it is gone. `columns` are SQL expressions over `a`, the audit row.
    """
    within = "".join(
        clause
        for clause, bound in ((" AND a.at >= :since", period.start), (" AND a.at < :until", period.end))
        if bound is not None
    )
    if only is not None:
        within += f" AND {only.clause}"
    more = "".join(f", {one}" for one in columns)
    query = text(  # sql-parts: literals of this module and of its callers
        f"SELECT l.leaf_index, l.audit_id, l.leaf_hash, a.record{more} FROM remit.audit_leaves l "
        f"LEFT JOIN remit.audit a ON a.id = l.audit_id AND a.at = l.at{within} "
        "WHERE l.leaf_index >= :first AND l.leaf_index < :last ORDER BY l.leaf_index"
    )
    for first in range(start, end, CHUNK):
        values: dict[str, Any] = {
            **(only.values if only else {}),
            "first": first,
            "last": min(first + CHUNK, end),
        }
        if period.start is not None:
            values["since"] = period.start
        if period.end is not None:
            values["until"] = period.end
        yield from connection.execute(query, values)


def bounds(connection: Connection, period: Period) -> tuple[int, int] | None:
    """The first leaf of the period and the one after its last, or None when no record lies in it."""
    row = connection.execute(
        text(
            "SELECT min(leaf_index) AS first, max(leaf_index) + 1 AS last FROM remit.audit_leaves "
            "WHERE (CAST(:since AS timestamptz) IS NULL OR at >= :since) "
            "AND (CAST(:until AS timestamptz) IS NULL OR at < :until)"
        ),
        {"since": period.start, "until": period.end},
    ).one()
    return None if row.first is None else (int(row.first), int(row.last))


def subtree(connection: Connection, start: int, height: int) -> bytes:
    """The hash of the perfect subtree over [start, start + 2**height).

    Taken from the frontier of a stored head where one holds it, else hashed from the leaves.
    """
    end = start + (1 << height)
    near = find_at_or_below(connection, end)
    if near and start == end & (end - 1) and near.tree_size >= start:
        # `start` is the end of the tree before: the subtree is the last part of the frontier at `end`.
        whole = Frontier(near.tree_size, near.frontier)
        whole.extend(hashes(connection, near.tree_size, end))
        return whole.hashes[-1]
    part = Frontier()
    part.extend(hashes(connection, start, end))
    return part.hashes[-1]
