"""Halts: what a person has stopped. Asked by the door for new work, and by delivery just before something leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from remit.db.sessions import ReadSession
from remit.kit.text import in_words

ScopeKind = Literal["everything", "agent", "action", "channel", "account"]

# A halt never stops these: stopping and resuming, and keeping the record of what happens to the firm meanwhile.
EXEMPT: Final = frozenset(
    {
        "Halt", "Resume", "RevokeRemit", "RecallEffect", "DropRecalled", "RejectSuggestion", "ExpireSuggestion", "AddDoNotContact",
        "RecordConsent", "RecordReply", "RecordBounce", "Unsubscribe", "SignIn", "SignOut", "EndSessions", "ApplyGroups", "RevokeApiToken", "NoteTokenUse", "DeprovisionPerson", "LeaveDirectoryGroup", "RemoveSamlProvider", "ExportAudit", "RotateAuditKey", "Backup",
        "NoteModelReply", "ForgetModelContent", "SweepEnrolments", "PauseEnrolments", "StopEnrolments",
    }
)  # fmt: skip

_LIVE = """
SELECT h.id, h.scope_kind, h.scope_value, h.reason, h.halted_at, p.name AS by, coalesce(g.name, a.name, '') AS name, w.time_zone AS zone
FROM remit.halts h JOIN remit.people p ON p.id = h.halted_by LEFT JOIN remit.people w ON w.id = :reader
LEFT JOIN remit.people g ON h.scope_kind = 'agent' AND g.id::text = h.scope_value
LEFT JOIN remit.accounts a ON h.scope_kind = 'account' AND a.id::text = h.scope_value
WHERE h.resumed_at IS NULL AND (h.scope_kind = 'everything'
   OR (h.scope_kind = 'action' AND h.scope_value = :action_kind) OR (h.scope_kind = 'channel' AND h.scope_value = :channel)
   OR (h.scope_kind = 'account' AND h.scope_value = :account) OR (h.scope_kind = 'agent' AND h.scope_value = :agent))
ORDER BY h.halted_at LIMIT 1
"""
UNHALTED: Final = """NOT EXISTS (SELECT FROM remit.halts h WHERE h.resumed_at IS NULL AND (h.scope_kind = 'everything'
    OR (h.scope_kind = 'action' AND h.scope_value = ANY (:halted_kinds))
    OR (h.scope_kind = 'account' AND h.scope_value = {account}::text)))"""
"""For lists of work to come: that no halt stands on a row's account (`{account}`: its column) or on any of `:halted_kinds`. What is
left out waits; the door asks again of what is taken up."""
CHANNEL_NAMES: Final = {"email": "E-mail"}
_PREPOSITION: Final = {"agent": "of", "account": "on"}
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

    def told(self, name: str = "") -> str:
        """The scope in words that begin a sentence. `name`: of the agent or account, "" where the reader may not know it."""
        if self.kind == "action":
            return f"“{in_words(self.value)}”"
        if self.kind == "channel":
            return CHANNEL_NAMES.get(self.value, self.value)
        whom = {"agent": "an agent", "account": "an account"}.get(self.kind, "")
        return (
            "Everything"
            if self.kind == "everything"
            else f"All work {_PREPOSITION[self.kind]} {name or whom}"
        )

    def mid_sentence(self) -> str:
        """The scope in words inside a sentence, without the name of an agent or account."""
        words = self.told()
        return words[:1].lower() + words[1:]

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
    """A halt in force. `scope` is written as people type it: everything, agent:ID, action:SendEmail, …

    `what`: the same in words; `by`: who halted it; `since`: when, in the time zone of whoever is stopped.
    """

    id: UUID
    scope: str
    reason: str
    halted_at: datetime
    what: str
    by: str
    since: str

    @property
    def sentence(self) -> str:
        """What is halted, since when, by whom and why."""
        return f"{self.what} is halted since {self.since} by {self.by} ({self.reason})."


def halted_by(session: ReadSession, facts: Facts) -> Halted | None:
    """The oldest halt in force that covers this work, or None."""
    row = session.row(
        _LIVE,
        {
            "action_kind": facts.action_kind,
            "channel": facts.channel,
            "account": str(facts.account_id or ""),
            "agent": str(facts.agent_id or ""),
            "reader": session.scope.person_id,
        },
    )
    if row is None:
        return None
    scope = HaltScope(row.scope_kind, row.scope_value)
    return Halted(
        row.id, str(scope), row.reason, row.halted_at, scope.told(row.name), row.by, _local(row.halted_at, row.zone)
    )  # fmt: skip


def _local(at: datetime, zone: str | None) -> str:
    try:
        local = at.astimezone(ZoneInfo(zone or "UTC"))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        local = at.astimezone(UTC)
    return f"{local.day} {local:%b}, {local:%H:%M} {local:%Z}"


def recalled_note(halt_id: UUID, reason: str) -> str:
    """What stands on an effect that a halt took back; the halt's id finds them again."""
    return f"Recalled by halt {halt_id}: {reason}"
