"""Writes what an examiner takes home: one JSONL file that verifies with `verify.py` and nothing else.

The file is the Merkle tree with parts folded away. In leaf order come records (their exact bytes), hashes of
subtrees where a record is outside the period or not for this reader's eyes, and each signed head after the
leaves it covers. So completeness is shown with the content: nothing in the period can be left out unseen.
Lines: header · keys · nodes before the period · head · (records, nodes, head)… · gap, nodes, newest head · end.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from sqlalchemy import Connection

from remit.audit import heads, keys, leaves
from remit.audit.heads import Head
from remit.audit.leaves import Narrowed, Period
from remit.audit.merkle import Frontier, cover
from remit.audit.record import format_instant
from remit.audit.verify import FORMAT, VERSION

_NOTHING: Final = b""


class NothingSealed(RuntimeError):
    """The log has no sealed head yet, so there is nothing that could be verified."""

    code = "audit_nothing_sealed"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: counts of records in full, of leaves by hash only, of heads; bytes; file digest."""

    path: Path
    records: int
    hidden: int
    tree_heads: int
    tree_size: int
    bytes: int
    sha256: str
    key_ids: tuple[str, ...]


@dataclass
class _Counts:
    records: int = 0
    hidden: int = 0
    heads: int = 0
    tree_size: int = 0
    last_head: bytes = _NOTHING


def write(
    connection: Connection,
    path: Path,
    *,
    made_at: datetime,
    made_by: str,
    period: Period = Period(),
    key: keys.SigningKey | None = None,
    only: Narrowed | None = None,
) -> Exported:
    """Export what `connection`'s reader may see of `period` to `path` (gzip when it ends in .gz).

    `only`: what of it is wanted; the rest stands there by its hash, so that the file verifies all the same.

    The file appears only when it is whole (mode 0600). `key` signs the end of it: then a shortened copy is
    found out too. Raises NothingSealed, OSError.
    """
    leaves.allow_time(connection)
    counts, digest = _Counts(), hashlib.sha256()
    partial = path.with_name(path.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            packed = gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) if path.suffix == ".gz" else None
            out = cast(IO[bytes], packed or raw)
            for line in _lines(connection, counts, period, made_at, made_by, only):
                out.write(line)
                digest.update(line)
            out.write(_end(counts, digest.hexdigest(), key))
            if packed:
                packed.close()
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return Exported(
        path,
        counts.records,
        counts.hidden,
        counts.heads,
        counts.tree_size,
        path.stat().st_size,
        digest.hexdigest(),
        tuple(one.key_id for one in keys.listed(connection)),
    )


def _lines(
    connection: Connection,
    counts: _Counts,
    period: Period,
    made_at: datetime,
    made_by: str,
    only: Narrowed | None,
) -> Iterator[bytes]:
    newest = heads.find_last(connection)
    if newest is None:
        raise NothingSealed("nothing is sealed yet: start Remit, or run `remit audit verify`, which seals")
    yield _json(
        {
            "format": FORMAT,
            "version": VERSION,
            "made_at": format_instant(made_at),
            "made_by": made_by,
            "from": format_instant(period.start) if period.start else None,
            "until": format_instant(period.end) if period.end else None,
            "narrowed": only is not None,
        }
    )
    for key in keys.listed(connection):
        yield _json({"key": key.exported()})
    opening, closing = _around(connection, period, newest)
    if opening:
        for (start, height), digest in zip(cover(0, opening.tree_size), opening.frontier, strict=True):
            yield _node(counts, start, height, digest)
        yield _head(counts, opening)
    yield from _period(connection, counts, opening, closing, period, only)
    if closing.id < newest.id:
        yield _json({"gap": newest.id - closing.id - 1})
        for start, height in cover(closing.tree_size, newest.tree_size):
            yield _node(counts, start, height, leaves.subtree(connection, start, height))
        yield _head(counts, newest)


def _around(connection: Connection, period: Period, newest: Head) -> tuple[Head | None, Head]:
    """The head before the period (None: from the beginning) and the first that covers all of it."""
    if period == Period():
        return None, newest
    found = leaves.bounds(connection, period)
    if found is None:
        return newest, newest
    first, last = found
    return heads.find_at_or_below(connection, first), heads.find_above(connection, last - 1) or newest


def _period(
    connection: Connection,
    counts: _Counts,
    opening: Head | None,
    closing: Head,
    period: Period,
    only: Narrowed | None,
) -> Iterator[bytes]:
    start = opening.tree_size if opening else 0
    rows = leaves.records(connection, start, closing.tree_size, period, only=only)
    for head in heads.each(connection, opening.id if opening else 0, closing.id):
        folded: list[bytes] = []
        while counts.tree_size + len(folded) < head.tree_size:
            row = next(rows, None)
            if row is None:
                break  # leaves are missing in the database: the verifier says which
            if row.record is None:
                folded.append(bytes(row.leaf_hash))
                continue
            yield from _fold(counts, folded)
            folded = []
            counts.records += 1
            counts.tree_size += 1
            yield b'{"leaf":%d,"hash":"%s","record":%s}\n' % (
                row.leaf_index,
                bytes(row.leaf_hash).hex().encode(),
                row.record.encode(),
            )
        yield from _fold(counts, folded)
        yield _head(counts, head)


def _fold(counts: _Counts, folded: list[bytes]) -> Iterator[bytes]:
    """The fewest subtree hashes for a run of leaves that are not shown."""
    begin = counts.tree_size
    for start, height in cover(begin, begin + len(folded)):
        part = Frontier()
        part.extend(folded[start - begin : start - begin + (1 << height)])
        yield _node(counts, start, height, part.root())


def _node(counts: _Counts, start: int, height: int, digest: bytes) -> bytes:
    counts.hidden += 1 << height
    counts.tree_size = start + (1 << height)
    return _json({"node": start, "height": height, "hash": digest.hex()})


def _head(counts: _Counts, head: Head) -> bytes:
    counts.heads += 1
    counts.last_head = head.hash()
    return _json(head.exported())


def _end(counts: _Counts, digest: str, key: keys.SigningKey | None) -> bytes:
    end: dict[str, Any] = {
        "records": counts.records,
        "heads": counts.heads,
        "tree_size": counts.tree_size,
        "head": counts.last_head.hex(),
        "sha256": digest,
    }
    signature = key.sign("export", end).hex() if key else None
    return _json({"end": end, "key_id": key.key_id if key else None, "signature": signature})


def _json(item: dict[str, Any]) -> bytes:
    return json.dumps(item, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
