"""Reads: remits in force, halts in force, what a halt recalled, which gates are met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import read
from remit.kit import clock
from remit.ladder.queries import list_steps
from remit.policy.halt import HaltScope
from remit.policy.model import RemitLevel
from remit.scope import Scope

_HALTS = """
SELECT h.id, h.scope_kind, h.scope_value, h.reason, h.halted_at, p.name AS halted_by, h.halted_by AS halted_by_id, g.owner_id,
       h.resumed_at, coalesce(g.name, a.name, '') AS name
FROM remit.halts h JOIN remit.people p ON p.id = h.halted_by
LEFT JOIN remit.people g ON h.scope_kind = 'agent' AND g.id::text = h.scope_value
LEFT JOIN remit.accounts a ON h.scope_kind = 'account' AND a.id::text = h.scope_value
WHERE {where} ORDER BY h.halted_at DESC LIMIT :limit
"""
# a halt touches who is stopped by it: everything, a channel and a kind of action stop everybody
_TOUCHES: Final = """h.resumed_at IS NULL AND (h.scope_kind IN ('everything', 'channel', 'action') OR g.owner_id = :me
    OR a.owner_id = :me OR a.id = CAST(:account AS uuid))"""
_RECALLED = """
SELECT e.id AS effect_id, e.kind, e.channel, e.action_kind, a.name AS account, e.created_at AS queued_at, e.known,
       g.id AS suggestion_id, CASE WHEN e.dropped_at IS NOT NULL THEN 'dropped' ELSE g.state END AS suggestion_state
FROM remit.effects e LEFT JOIN remit.accounts a ON a.id = e.account_id
LEFT JOIN LATERAL (SELECT s.id, CASE WHEN s.state = 'waiting' AND s.expires_at <= :now THEN 'expired' ELSE s.state END AS state
    FROM remit.suggestions s WHERE s.object_type = 'effect' AND s.object_id = e.id AND s.kind = 'SendRecalled'
    ORDER BY s.proposed_at DESC LIMIT 1) g ON true
WHERE e.state = 'recalled' AND e.known LIKE :note ORDER BY e.created_at, e.id LIMIT :limit
"""
_REMITS = """
SELECT r.id, r.action_kind, r.segment, r.channel, r.agent_id, a.name AS agent, r.level, r.daily_cap_count, r.step,
       g.name AS granted_by, c.name AS approved_by, r.reason, r.created_at
FROM remit.remits r JOIN remit.people g ON g.id = r.granted_by
LEFT JOIN remit.people c ON c.id = r.approved_by LEFT JOIN remit.people a ON a.id = r.agent_id
WHERE r.revoked_at IS NULL ORDER BY r.action_kind, r.segment, r.channel, r.created_at LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class HaltRow:
    """A halt with who set it. `scope` as people type it, `what` in words; `resumed_at` None while it is in force.

    `scope_kind` and, of a halted agent, `owner_id` (for whom it works) are what the policies ask about whoever lifts it.
    """

    id: UUID
    scope: str
    reason: str
    halted_by: str
    halted_at: datetime
    resumed_at: datetime | None
    what: str
    scope_kind: str
    halted_by_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class RecalledEffect:
    """Something that a halt took back before it left. `account` is None for work about no account.

    `suggestion_id`: where a person decides whether it is sent after all; None when its kind cannot be.
    """

    effect_id: UUID
    kind: str
    channel: str
    action_kind: str
    account: str | None
    queued_at: datetime
    known: str
    suggestion_id: UUID | None
    suggestion_state: str | None


@dataclass(frozen=True, slots=True)
class RemitRow:
    """A remit in force. `agent` None = any agent."""

    id: UUID
    action_kind: str
    segment: str
    channel: str
    agent_id: UUID | None
    agent: str | None
    level: RemitLevel
    daily_cap_count: int | None
    step: int
    granted_by: str
    approved_by: str | None
    reason: str
    created_at: datetime


def list_halts(scope: Scope, *, all_halts: bool = False, limit: int = 200) -> list[HaltRow]:
    """Halts in force, newest first; with `all_halts` also those that were lifted."""
    where = "true" if all_halts else "h.resumed_at IS NULL"
    with read(scope) as session:
        rows = session.rows(_HALTS.format(where=where), {"limit": limit})
    return [_halt(row) for row in rows]


def get_halt(scope: Scope, halt_id: UUID) -> HaltRow:
    """One halt, in force or lifted. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_HALTS.format(where="h.id = :id"), {"id": halt_id, "limit": 1})
    if row is None:
        raise NotFound("halt")
    return _halt(row)


def list_touching(scope: Scope, *, account_id: UUID | None = None) -> list[HaltRow]:
    """Halts in force that stop something of the scope's person: of all, of an agent or account of theirs, or of `account_id`."""
    given = {"me": scope.person_id, "account": account_id, "limit": 20}
    with read(scope) as session:
        rows = session.rows(_HALTS.format(where=_TOUCHES), given)
    return [_halt(row) for row in rows]


def _halt(row: Row[Any]) -> HaltRow:
    halted = HaltScope(row.scope_kind, row.scope_value)
    return HaltRow(
        row.id, str(halted), row.reason, row.halted_by, row.halted_at, row.resumed_at, halted.told(row.name),
        row.scope_kind, row.halted_by_id, row.owner_id,
    )  # fmt: skip


def list_recalled(scope: Scope, halt_id: UUID, limit: int = 1000) -> list[RecalledEffect]:
    """What this halt recalled and the reader may see, oldest first. It stays so until a person decides."""
    with read(scope) as session:
        rows = session.rows(
            _RECALLED, {"note": f"Recalled by halt {halt_id}:%", "now": clock.now(), "limit": limit}
        )
    return [RecalledEffect(**row._mapping) for row in rows]


def list_remits(scope: Scope, limit: int = 500) -> list[RemitRow]:
    """Remits in force."""
    with read(scope) as session:
        rows = session.rows(_REMITS, {"limit": limit})
    return [RemitRow(**row._mapping) for row in rows]


def met_gates(scope: Scope) -> frozenset[str]:
    """Ids of the gates that are met today: not_met, insufficient and stale grant nothing."""
    return frozenset(now.gate.id for step in list_steps(scope) for now in step.gates if now.state == "met")
