"""Verifies the log where it lives: what `verify.py` checks in an export, and what only the database can tell.

Beyond the tree: the columns agree with the record they were copied from, no row stands outside the tree, no
row that the tree counts is gone, every act stands on the record with its payload's hash, the public keys are
those this machine trusts, and sealing keeps up.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, text

from remit.audit import heads, keys, leaves
from remit.audit.leaves import Period
from remit.audit.log import COPIED
from remit.audit.record import leaf_hash
from remit.audit.verify import TOLERANCE_SECONDS, Checker
from remit.kit import clock
from remit.kit.text import counted

SEALING_GRACE: Final = timedelta(seconds=60)
_LISTED: Final = 20

# The copies as text in the form that the record has them, so that comparing is comparing strings.
_COPIES: Final = (
    "a.leaf_hash AS copied_hash",
    *(f"a.{name}::text AS {name}" if kind == "uuid" else f"a.{name}" for name, kind in COPIED),
    "a.id::text AS id",
    "to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at",
)
_COMPARED: Final = (*(name for name, _ in COPIED), "id", "at")
# One statement, so one snapshot: a row is waiting or in the tree at every instant.
_OUTSIDE: Final = text(
    "SELECT a.id, a.at FROM remit.audit a "
    "WHERE NOT EXISTS (SELECT FROM remit.audit_leaves l WHERE l.audit_id = a.id) "
    "AND NOT EXISTS (SELECT FROM remit.audit_pending p WHERE p.audit_id = a.id) "
    "ORDER BY a.at LIMIT :listed"
)
# No record, no act; and no change on record without its act. The hash ties the stored payload to the record.
_ACTS: Final = text(
    "SELECT coalesce(act.id, a.action_id) AS id, act.id IS NULL AS act_gone, a.id IS NULL AS record_gone "
    "FROM remit.actions act FULL JOIN (SELECT * FROM remit.audit WHERE kind = 'change' AND action_id IS NOT NULL) a "
    "ON a.action_id = act.id WHERE act.id IS NULL OR a.id IS NULL "
    "OR strpos(a.record, '\"payload_hash\":\"' || encode(act.payload_hash, 'hex') || '\"') = 0 LIMIT :listed"
)


def verify_database(
    connection: Connection,
    *,
    trusted: Iterable[str] = (),
    witnessed: Iterable[tuple[dict[str, Any], str]] = (),
    all_signatures: bool = False,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> dict[str, Any]:
    """Check the whole log as `connection`'s reader sees it; the same report as `verify.py` gives.

    A reader who does not see everything checks what it sees; the rest counts as `hidden`. For a reader who
    does (`complete`), a record that is not there is a problem.
    """
    started = time.perf_counter()
    leaves.allow_time(connection)
    checker = Checker(tolerance_seconds, all_signatures, trusted, witnessed)
    complete = bool(
        connection.execute(
            text("SELECT reach = 'all_with_barriers' FROM remit.people WHERE id = remit.me()")
        ).scalar()
    )
    for key in keys.listed(connection):
        checker.key(key.exported())
    _check_tree(connection, checker, complete)
    _check_outside(connection, checker)
    if complete:
        _check_acts(connection, checker)
    waiting = _check_waiting(connection, checker)
    return {
        **checker.report(),
        "complete": complete,
        "waiting": waiting,
        "seconds": round(time.perf_counter() - started, 3),
    }


def _check_tree(connection: Connection, checker: Checker, complete: bool) -> None:
    newest = heads.find_last(connection)
    if newest is None:
        return
    rows = leaves.records(connection, 0, newest.tree_size, Period(), _COPIES)
    row = next(rows, None)
    for head in heads.each(connection, 0, newest.id):
        while row is not None and row.leaf_index < head.tree_size:
            _check_row(checker, row, complete)
            row = next(rows, None)
        checker.head(head.payload(), head.signature.hex())
        if list(head.frontier) != [digest for _, digest in checker.stack] and not checker.broken:
            checker.problem("frontier_differs", f"head {head.id} carries another frontier than its tree has")


def _check_row(checker: Checker, row: Any, complete: bool) -> None:
    leaf, audit_id, digest, record, copied_hash, *copies = row
    if record is None:
        if complete:
            checker.problem("record_missing", f"record {leaf} ({audit_id}) is gone from the log", leaf=leaf)
        checker.node(leaf, 0, digest)
        return
    found = checker.record(leaf, digest, record.encode())
    if found is None:
        return
    if copied_hash != digest:
        checker.problem("column_differs", f"record {leaf}: leaf_hash is not the hash in the tree", leaf=leaf)
    stated = [found.get(name) for name in _COMPARED]
    if copies != stated:
        for name, copy, said in zip(_COMPARED, copies, stated, strict=True):
            if copy != said:
                text = f"record {leaf}: column {name} is not what the record says"
                checker.problem("column_differs", text, leaf=leaf)


def _check_outside(connection: Connection, checker: Checker) -> None:
    for row in connection.execute(_OUTSIDE, {"listed": _LISTED}):
        checker.problem(
            "record_outside_tree",
            f"record {row.id} of {row.at} is neither in the tree nor waiting for it: written past the log, "
            "or its entry was taken away",
        )


def _check_acts(connection: Connection, checker: Checker) -> None:
    for row in connection.execute(_ACTS, {"listed": _LISTED}):
        if row.record_gone:
            checker.problem("act_without_record", f"action {row.id} was performed and is not on the record")
        elif row.act_gone:
            checker.problem("record_without_act", f"action {row.id} is on the record and no longer stored")
        else:
            text = f"the payload of action {row.id} is not the one on the record"
            checker.problem("act_differs", text)


def _check_waiting(connection: Connection, checker: Checker) -> int:
    """Rows that wait to be sealed: gone or changed before sealing is a problem, long waiting a warning."""
    row = connection.execute(text("SELECT count(*) AS n, min(at) AS oldest FROM remit.audit_pending")).one()
    if row.n and row.oldest < clock.now() - SEALING_GRACE:
        checker.warnings.append(
            f"{counted(row.n, 'record waits', 'records wait')} to be sealed, the oldest since {row.oldest}"
        )
    changed = connection.execute(
        text(
            "SELECT a.id, a.record, p.leaf_hash FROM remit.audit_pending p "
            "JOIN remit.audit a ON a.id = p.audit_id AND a.at = p.at LIMIT 10000"
        )
    )
    for waiting in changed:
        if leaf_hash(waiting.record) != bytes(waiting.leaf_hash):
            checker.problem("record_changed", f"record {waiting.id} was changed before it was sealed")
    return int(row.n)
