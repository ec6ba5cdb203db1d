"""GrantRemit and RevokeRemit. Widening takes two people and met gates; narrowing takes effect at once."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.governance import queries, recall, rules
from remit.domains.governance.halts import Halt, Resume
from remit.kit.ids import new_id
from remit.policy.model import RemitLevel
from remit.policy.schema import current

__all__ = ["GrantRemit", "Halt", "Resume", "RevokeRemit"]

_INSERT = """
INSERT INTO remit.remits (id, action_kind, segment, channel, agent_id, level, daily_cap_count, step, granted_by,
    approved_by, reason, created_at)
VALUES (:id, :action_kind, :segment, :channel, :agent_id, :level, :daily_cap_count, :step, :granted_by,
    :approved_by, :reason, :at)
"""
_REPLACE = """
UPDATE remit.remits SET revoked_at = :at, revoked_by = :by, revoked_reason = :reason
WHERE revoked_at IS NULL AND action_kind = :action_kind AND segment = :segment AND channel = :channel
  AND agent_id IS NOT DISTINCT FROM CAST(:agent_id AS uuid)
RETURNING id, action_kind, segment, channel, agent_id, level
"""
_REVOKE = """
UPDATE remit.remits SET revoked_at = :at, revoked_by = :by, revoked_reason = :reason
WHERE id = :id AND revoked_at IS NULL
RETURNING id, action_kind, segment, channel, agent_id, level
"""


class GrantRemit(Action):
    """How far an agent (None: any) may go with one kind of action, in one segment and channel (*: all)."""

    event: ClassVar[str] = "remit:grant"
    action_kind: str = Field(max_length=64)
    level: RemitLevel
    segment: str = Field("*", max_length=64)
    channel: str = Field("*", max_length=64)
    agent_id: UUID | None = None
    daily_cap_count: int | None = None
    reason: rules.Reason


class RevokeRemit(Action):
    """Take a remit back. What is queued on its strength alone is recalled and waits in Approvals."""

    event: ClassVar[str] = "remit:revoke"
    remit_id: UUID
    reason: rules.Reason


def _grant_target(session: ReadSession, action: GrantRemit) -> Target:
    if action.agent_id is not None:
        known = session.row(
            "SELECT 1 FROM remit.people WHERE id = :id AND kind IN ('agent', 'workflow')",
            {"id": action.agent_id},
        )
        if known is None:
            raise NotFound("agent")
    title = f"Remit: {action.action_kind} at '{action.level}'"
    return Target("remit", title=title, attributes={"key_account": False})


def _grantable(session: ReadSession, action: GrantRemit, _target: Target) -> list[Check]:
    """Reserved powers and gates, looked at when it is asked for and again when it is approved."""
    book = current()
    autonomous = [kind for kind, groups in book.action_groups.items() if "Autonomous" in groups]
    gates = queries.met_gates(session.scope) if action.level == "auto" else frozenset()
    grant = rules.Grant(action.action_kind, action.level, action.daily_cap_count)
    problems = rules.check_grant(grant, autonomous, gates)
    return [Check("remit-grantable", not problems, " ".join(problems) or "the remit can be granted")]


@handler(GrantRemit, target=_grant_target, checks=[_grantable], as_system=True)
def grant_remit(tx: WriteSession, action: GrantRemit, _target: Target) -> Change:
    """Write the remit; it replaces the one for the same kind, segment, channel and agent.

    Where an auto remit becomes less, what is queued on its strength alone is recalled, as when it is revoked.
    """
    remit_id = new_id()
    where = {
        "action_kind": action.action_kind,
        "segment": action.segment,
        "channel": action.channel,
        "agent_id": action.agent_id,
    }
    replaced = tx.rows(
        _REPLACE, {**where, "at": tx.now, "by": tx.maker_id, "reason": f"replaced by {remit_id}"}
    )
    tx.execute(
        _INSERT,
        {
            **where,
            "id": remit_id,
            "level": action.level,
            "daily_cap_count": action.daily_cap_count,
            "step": rules.AUTO_FROM_STEP.get(action.action_kind, 0),
            "granted_by": tx.maker_id,
            "approved_by": tx.approver_id,
            "reason": action.reason,
            "at": tx.now,
        },
    )
    lowered = [row for row in replaced if row.level == "auto" and action.level != "auto"]
    recalled = sum(recall.under_remit(tx, row, action.reason)[0] for row in lowered)
    after = {
        **where,
        "level": action.level,
        "daily_cap_count": action.daily_cap_count,
        "recalled_count": recalled,
    }
    before = {"replaced": [str(row.id) for row in replaced], "levels": [row.level for row in replaced]}
    return Change(
        "remit", remit_id, before, after, result={"remit_id": str(remit_id), "recalled_count": recalled}
    )


def _revoke_target(session: ReadSession, action: RevokeRemit) -> Target:
    row = session.row("SELECT action_kind, level FROM remit.remits WHERE id = :id", {"id": action.remit_id})
    if row is None:
        raise NotFound("remit")
    title = f"Revoke remit: {row.action_kind} at '{row.level}'"
    return Target("remit", action.remit_id, title=title, attributes={"key_account": False})


@handler(RevokeRemit, target=_revoke_target, as_system=True)
def revoke_remit(tx: WriteSession, action: RevokeRemit, _target: Target) -> Change:
    """Revoke at once, and recall what is queued on the strength of this remit alone."""
    values = {"id": action.remit_id, "at": tx.now, "by": tx.maker_id, "reason": action.reason}
    row = tx.row(_REVOKE, values)
    if row is None:
        raise Refused("This remit is revoked already.", code="remit_revoked")
    recalled, waiting = recall.under_remit(tx, row, action.reason) if row.level == "auto" else (0, 0)
    result = {"remit_id": str(row.id), "recalled_count": recalled, "waiting_count": waiting}
    return Change("remit", row.id, {"level": row.level}, {"level": "off", **result}, result=result)
