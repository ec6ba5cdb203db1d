"""Halts: what a person has stopped. Asked by the door for new work, and by delivery just before something leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast, get_args
from uuid import UUID

from remit.db.sessions import ReadSession

ScopeKind = Literal["everything", "agent", "action", "channel", "account"]

# A halt never stops these: stopping and resuming, and keeping the record of what happens to the firm meanwhile.
EXEMPT: Final = frozenset(
    {
        "Halt", "Resume", "RevokeRemit", "RecallEffect", "DropRecalled", "RejectSuggestion", "ExpireSuggestion", "AddDoNotContact",
        "RecordConsent", "RecordReply", "RecordBounce", "Unsubscribe", "SignIn", "SignOut", "ExportAudit", "RotateAuditKey", "Backup",
        "NoteModelReply", "ForgetModelContent",
    }
)  # fmt: skip

_LIVE = """
SELECT id, scope_kind, scope_value, reason, halted_at FROM remit.halts
WHERE resumed_at IS NULL AND (scope_kind = 'everything'
   OR (scope_kind = 'action' AND scope_value = :action_kind) OR (scope_kind = 'channel' AND scope_value = :channel)
   OR (scope_kind = 'account' AND scope_value = :account) OR (scope_kind = 'agent' AND scope_value = :agent))
ORDER BY halted_at LIMIT 1
"""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


class HaltScopeInvalid(ValueError):
    """The words after `halt` or `resume` are no scope; the message says what is."""

    code = "halt_scope_invalid"
    exit_code = 2

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:80]!r} is no scope. Use everything, agent:ID, action:SendEmail, channel:email or account:ID."
        )


class HaltScopeUnknown(ValueError):
    """A scope names an agent or account by something that is no id: nothing has it, as nothing has an unknown id."""

    code = "not_found"
    exit_code = 3

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no such {kind}, or you may not see it.")


@dataclass(frozen=True, slots=True)
class HaltScope:
    """What a halt covers. `value`: an id, an action kind or a channel; "" for everything."""

    kind: ScopeKind
    value: str = ""

    def __str__(self) -> str:
        return self.kind if self.kind == "everything" else f"{self.kind}:{self.value}"

    @property
    def uuid(self) -> UUID | None:
        """The id of an agent or account scope."""
        return UUID(self.value) if self.kind in ("agent", "account") else None


def parse_scope(text: str) -> HaltScope:
    """`everything`, `agent:ID`, `action:KIND`, `channel:NAME` or `account:ID`. Raises HaltScopeInvalid, HaltScopeUnknown."""
    kind, colon, value = text.strip().partition(":")
    if kind == "everything" and not colon:
        return HaltScope("everything")
    if kind not in get_args(ScopeKind) or kind == "everything":
        raise HaltScopeInvalid(text)
    if kind in ("agent", "account"):
        if not value:
            raise HaltScopeInvalid(text)
        try:
            value = str(UUID(value))
        except ValueError:
            raise HaltScopeUnknown(kind) from None
    elif not _WORD.fullmatch(value):
        raise HaltScopeInvalid(text)
    return HaltScope(cast(ScopeKind, kind), value)


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
    return Halted(row.id, str(HaltScope(row.scope_kind, row.scope_value)), row.reason, row.halted_at)


def recalled_note(halt_id: UUID, reason: str) -> str:
    """What stands on an effect that a halt took back; the halt's id finds them again."""
    return f"Recalled by halt {halt_id}: {reason}"
