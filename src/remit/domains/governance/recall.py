"""Takes queued effects back, in the transaction of whatever narrowed what they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Row

from remit.actions.recalled import hand_back
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import WriteSession
from remit.policy.halt import HaltScope

logger = structlog.get_logger(__name__)

_RECALL = """
UPDATE remit.effects SET state = 'recalled', known = :known, version = version + 1
WHERE state = 'queued' AND {which}
RETURNING id, action_id, action_kind, kind, channel, account_id, access_id, agent_id, on_behalf_of
"""
_IN_FLIGHT = "SELECT id FROM remit.effects WHERE state = 'sending' AND {which} ORDER BY id LIMIT 1000"

_COVERED: Final[Mapping[str, str]] = {
    "everything": "true",
    "agent": "agent_id = CAST(:value AS uuid)",
    "action": "action_kind = :value",
    "channel": "channel = :value",
    "account": "account_id = CAST(:value AS uuid)",
}
# What an auto remit let out: nobody approved or released it, and it is of the kind, segment, channel and agent of the remit.
_UNDER_REMIT = """
agent_id IS NOT NULL AND released_at IS NULL AND action_kind = :action_kind AND (CAST(:agent_id AS uuid) IS NULL OR agent_id = :agent_id)
AND EXISTS (SELECT FROM remit.actions a WHERE a.id = effects.action_id AND a.approver_id IS NULL
            AND (:segment = '*' OR a.segment = :segment) AND (:channel = '*' OR a.channel = :channel))
"""


def under_halt(tx: WriteSession, scope: HaltScope, known: str, reason: str) -> tuple[int, int]:
    """Recall what is queued under a halt's scope. Gives how many were recalled, and how many of them wait in Approvals."""
    return _recall(
        tx,
        _COVERED[scope.kind],
        {"value": scope.value},
        known,
        f"{scope.mid_sentence()} was halted: {reason}",
    )


def in_flight(tx: WriteSession, scope: HaltScope) -> Sequence[UUID]:
    """Effects under the scope that a worker holds at this moment: delivery asks for halts once more before it sends."""
    return [row.id for row in tx.rows(_IN_FLIGHT.format(which=_COVERED[scope.kind]), {"value": scope.value})]


def under_remit(tx: WriteSession, remit: Row[Any], reason: str) -> tuple[int, int]:
    """Recall what is queued on the strength of a remit alone. Gives the same two numbers."""
    facts = {name: getattr(remit, name) for name in ("action_kind", "segment", "channel", "agent_id")}
    known = f"Recalled, because remit {remit.id} was taken back: {reason}"
    because = f"the remit for {remit.action_kind} was taken back: {reason}"
    return _recall(tx, _UNDER_REMIT, facts, known, because)


def _recall(
    tx: WriteSession, which: str, parameters: Mapping[str, Any], known: str, because: str
) -> tuple[int, int]:
    rows = tx.rows(_RECALL.format(which=which), {**parameters, "known": known})
    if rows:
        log.append(tx.connection, [_record(tx, row, known) for row in rows], at=tx.now)
    return len(rows), _hand_back(tx, [row.id for row in rows], because)


def _hand_back(tx: WriteSession, effect_ids: Sequence[UUID], because: str) -> int:
    """Stopping comes first: whatever fails here, what was recalled stays recalled, listed with its halt, and nothing waits."""
    try:
        with tx.connection.begin_nested():
            return hand_back(tx, effect_ids, because)
    except Exception:  # whichever fault it is, it must not undo the halt; it is told in full
        logger.exception("what was recalled could not be put into Approvals", count=len(effect_ids))
        return 0


def _record(tx: WriteSession, row: Row[Any], known: str) -> Record:
    return Record(
        kind="effect",
        event="effect:recall",
        actor_id=tx.scope.actor.id,
        actor_kind=tx.scope.actor.kind,
        on_behalf_of=tx.scope.on_behalf_of,
        action_id=row.action_id,
        account_id=row.account_id,
        access_id=row.access_id,
        object_type="effect",
        object_id=row.id,
        request_id=tx.scope.request_id,
        sentence=known,
        body={"by_action": tx.action_id, "effect": row.kind, "channel": row.channel},
    )
