"""Remits: how far an agent or workflow may go alone. The most specific live grant counts; without one: off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from remit.db.sessions import ReadSession, WriteSession
from remit.kit import clock
from remit.policy.model import RemitLevel

# Most specific first (this agent, then segment, then channel); of equals the more restrictive one counts.
_GRANT = """
SELECT id, level, daily_cap_count, agent_id, segment, channel FROM remit.remits
WHERE action_kind = :kind AND revoked_at IS NULL
  AND segment IN ('*', :segment) AND channel IN ('*', :channel) AND (agent_id IS NULL OR agent_id = :actor)
ORDER BY (agent_id IS NOT NULL) DESC, (segment <> '*') DESC, (channel <> '*') DESC,
         array_position(ARRAY['off', 'suggest', 'approve', 'auto'], level), created_at DESC
LIMIT 1
"""
_USED_TODAY = """
SELECT count(*) FROM remit.actions
WHERE actor_id = :actor AND kind = :kind AND approver_id IS NULL AND at >= :midnight
  AND (:segment = '*' OR segment = :segment) AND (:channel = '*' OR channel = :channel)
"""


# nobody approved or released it: it goes out on the strength of the remit alone
_UNAPPROVED = """
SELECT a.kind, a.segment, a.channel FROM remit.effects e JOIN remit.actions a ON a.id = e.action_id
WHERE e.id = :effect AND e.released_at IS NULL AND a.approver_id IS NULL
"""

_AGENTS = "SELECT id FROM remit.people WHERE owner_id = :person AND kind = 'agent' AND active ORDER BY id"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the actor may go now. For people the level is not read: policy decides alone."""

    level: RemitLevel
    within_cap: bool
    sentence: str
    remit_id: UUID | None = None


def standing(
    session: ReadSession, action_kind: str, segment: str, channel: str, actor_kind: str, actor_id: UUID
) -> Standing:
    """The standing of one actor for one kind of action, segment and channel at this moment."""
    if actor_kind in ("person", "connector"):
        return Standing(
            "off", False, "a person acts on their own authority" if actor_kind == "person" else "a connector"
        )
    grant = session.row(
        _GRANT, {"kind": action_kind, "segment": segment, "channel": channel, "actor": actor_id}
    )
    if grant is None:
        return Standing("off", False, f"no remit for {action_kind}")
    if grant.level != "auto":
        return Standing(grant.level, False, f"the remit for {action_kind} is '{grant.level}'", grant.id)
    if isinstance(session, WriteSession):
        # two acts of one agent at the same moment must not both count as the last one of the day
        session.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))", {"lock": f"cap:{grant.id}:{actor_id}"}
        )
    midnight = datetime.combine(clock.today(), time(), UTC)
    used = session.scalar(
        _USED_TODAY,
        {
            "actor": actor_id, "kind": action_kind, "midnight": midnight,
            "segment": grant.segment, "channel": grant.channel,
        },
    )  # fmt: skip
    told = f"the remit for {action_kind} is 'auto', {used} of {grant.daily_cap_count} used today"
    return Standing("auto", used < grant.daily_cap_count, told, grant.id)


def still_covers(session: ReadSession, effect_id: UUID, agent_id: UUID) -> bool:
    """Whether what an agent queued may still leave: a person approved it, or its remit is auto to this moment."""
    act = session.row(_UNAPPROVED, {"effect": effect_id})
    if act is None:
        return True
    asked = {"kind": act.kind, "segment": act.segment, "channel": act.channel, "actor": agent_id}
    grant = session.row(_GRANT, asked)
    return grant is not None and grant.level == "auto"


def auto_agent(
    session: ReadSession, person_id: UUID, action_kind: str, segment: str, channel: str
) -> UUID | None:
    """The active agent of this person whose remit is auto for such an act; None: a person has to approve each."""
    for row in session.rows(_AGENTS, {"person": person_id}):
        asked = {"kind": action_kind, "segment": segment, "channel": channel, "actor": row.id}
        grant = session.row(_GRANT, asked)
        if grant is not None and grant.level == "auto":
            return UUID(str(row.id))
    return None
