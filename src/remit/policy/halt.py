"""Halts: what a person has stopped. Asked by the door for new work, and by delivery just before something leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from remit.db.sessions import ReadSession

ScopeKind = Literal["everything", "agent", "action", "channel", "account"]

# A halt never stops these: stopping and resuming, and keeping the record of what happens to the firm meanwhile.
EXEMPT: Final = frozenset(
    {
        "Halt", "Resume", "RevokeRemit", "RecallEffect", "RejectSuggestion", "ExpireSuggestion", "AddDoNotContact",
        "RecordConsent", "RecordReply", "RecordBounce", "SignIn", "SignOut", "ExportAudit", "RotateAuditKey", "Backup",
    }
)  # fmt: skip

_LIVE = """
SELECT id, scope_kind, scope_value, reason, halted_at FROM remit.halts
WHERE resumed_at IS NULL AND (scope_kind = 'everything'
   OR (scope_kind = 'action' AND scope_value = :action_kind) OR (scope_kind = 'channel' AND scope_value = :channel)
   OR (scope_kind = 'account' AND scope_value = :account) OR (scope_kind = 'agent' AND scope_value = :agent))
ORDER BY halted_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a halt may be about, of one piece of work."""

    action_kind: str
    channel: str = "*"
    account_id: UUID | None = None
    agent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Halted:
    """A halt in force. `scope` is written as people type it: everything, agent:ID, action:SendEmail, …"""

    id: UUID
    scope: str
    reason: str
    halted_at: datetime


def halted_by(session: ReadSession, facts: Facts) -> Halted | None:
    """The oldest halt in force that covers this work, or None."""
    row = session.row(
        _LIVE,
        {
            "action_kind": facts.action_kind,
            "channel": facts.channel,
            "account": str(facts.account_id or ""),
            "agent": str(facts.agent_id or ""),
        },
    )
    if row is None:
        return None
    scope = row.scope_kind if row.scope_kind == "everything" else f"{row.scope_kind}:{row.scope_value}"
    return Halted(row.id, scope, row.reason, row.halted_at)
