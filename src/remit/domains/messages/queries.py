"""Reading messages and effects: conversations, the capture outbox, what is parked and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import RowMapping

from remit.actions import NotFound
from remit.db.sessions import read
from remit.scope import Scope

STATES: Final = ("queued", "sending", "delivered", "parked", "recalled", "failed")

_MESSAGES: Final = """
SELECT m.id, m.account_id, a.name AS account, m.contact_id, m.direction, m.message_id, m.in_reply_to, m.thread_id,
       m.from_address, m.to_address, m.subject, m.body, m.classification, m.at, m.draft_id,
       coalesce(e.state, CASE WHEN m.direction = 'in' THEN 'received' ELSE '' END) AS state, e.id AS effect_id,
       coalesce(r.proof ->> 'transport', '') AS transport
FROM remit.messages m LEFT JOIN remit.accounts a ON a.id = m.account_id
LEFT JOIN remit.effects e ON e.id = m.effect_id LEFT JOIN remit.receipts r ON r.effect_id = e.id
WHERE {where} AND (m.at, m.id) < (:before, CAST(:before_id AS uuid))
ORDER BY m.at DESC, m.id DESC LIMIT :limit
"""
_LAST_ID: Final = UUID(int=2**128 - 1)
_EFFECTS: Final = """
SELECT e.id, e.kind, e.channel, e.action_id, e.action_kind, e.state, e.phase, e.known, e.attempt_count, e.created_at, e.next_at,
       e.version, e.account_id, a.name AS account, e.payload ->> 'to' AS recipient, e.payload ->> 'subject' AS subject,
       e.idempotency_key, p.name AS actor, v.name AS approver, r.at AS delivered_at, r.proof
FROM remit.effects e JOIN remit.people p ON p.id = e.actor_id LEFT JOIN remit.actions c ON c.id = e.action_id
LEFT JOIN remit.people v ON v.id = c.approver_id LEFT JOIN remit.accounts a ON a.id = e.account_id
LEFT JOIN remit.receipts r ON r.effect_id = e.id
WHERE {where} ORDER BY e.created_at DESC, e.id DESC LIMIT :limit
"""
_OUTCOMES: Final = "SELECT kind, at, detail FROM remit.outcomes WHERE effect_id = :id ORDER BY at, id"
_CAPTURED: Final = """
SELECT c.effect_id, c.at, c.raw, c.account_id, a.name AS account
FROM remit.captured_mail c LEFT JOIN remit.accounts a ON a.id = c.account_id
WHERE {where} ORDER BY c.at DESC, c.effect_id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `body` of an incoming one is text from outside: shown as text, never obeyed.

    `transport`: how it left, "capture" or "smtp"; "" before it has a receipt, and for incoming ones.
    """

    id: UUID
    account_id: UUID | None
    account: str | None
    contact_id: UUID | None
    direction: str
    message_id: str
    in_reply_to: str | None
    thread_id: str
    from_address: str
    to_address: str
    subject: str
    body: str
    classification: str
    at: datetime
    draft_id: UUID | None
    state: str
    effect_id: UUID | None
    transport: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect. `known`: why it waits, failed or was parked. `proof`: of its receipt, None before. `approver`: whose yes let it out."""

    id: UUID
    kind: str
    channel: str
    action_id: UUID
    action_kind: str
    state: str
    phase: str
    known: str
    attempt_count: int
    created_at: datetime
    next_at: datetime
    version: int
    account_id: UUID | None
    account: str | None
    recipient: str | None
    subject: str | None
    idempotency_key: str
    actor: str
    approver: str | None
    delivered_at: datetime | None
    proof: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect: reply, auto_reply, opt_out, bounced, delayed, refused, …"""

    kind: str
    at: datetime
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Captured:
    """A message in the capture outbox, as its recipient would have read it."""

    effect_id: UUID
    at: datetime
    account_id: UUID | None
    account: str | None
    headers: Sequence[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        """The first header called `name`, "" when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def list_messages(
    scope: Scope,
    *,
    account_id: UUID | None = None,
    thread_id: str | None = None,
    direction: Literal["in", "out"] | None = None,
    before: datetime,
    before_id: UUID = _LAST_ID,
    limit: int = 50,
) -> list[Message]:
    """Messages before an instant, newest first, of one account, conversation or direction (or all that can be seen).

    To read on, give the last row's `at` and `id` as `before` and `before_id`.
    """
    where, values = ["true"], {"before": before, "before_id": str(before_id), "limit": limit}
    if account_id:
        where.append("m.account_id = :account")
    if thread_id:
        where.append("m.thread_id = :thread")
    if direction:
        where.append("m.direction = :direction")
    with read(scope) as session:
        rows = session.rows(
            _MESSAGES.format(where=" AND ".join(where)),
            {**values, "account": account_id, "thread": thread_id, "direction": direction},
        )
        return [Message(**row._mapping) for row in rows]


def get_message(scope: Scope, message_id: UUID) -> Message:
    """One message by its row's id. Raises NotFound."""
    values = {
        "id": message_id,
        "before": datetime.max.replace(tzinfo=UTC),
        "before_id": str(_LAST_ID),
        "limit": 1,
    }
    with read(scope) as session:
        row = session.row(_MESSAGES.format(where="m.id = :id"), values)
        if row is None:
            raise NotFound("message")
        return Message(**row._mapping)


def find_captured(scope: Scope, effect_id: UUID | None) -> Captured | None:
    """As `get_captured`; None where nothing was captured: not sent yet, or sent by a mail server."""
    if effect_id is None:
        return None
    try:
        return get_captured(scope, effect_id)
    except NotFound:
        return None


def list_effects(scope: Scope, *, state: str | None = None, limit: int = 100) -> list[EffectRow]:
    """Effects, newest first, in one state or in all. Raises ValueError for an unknown state."""
    if state is not None and state not in STATES:
        raise ValueError(f"{state!r} is no state of an effect; they are {', '.join(STATES)}")
    with read(scope) as session:
        rows = session.rows(
            _EFFECTS.format(where="e.state = :state" if state else "true"), {"state": state, "limit": limit}
        )
        return [EffectRow(**row._mapping) for row in rows]


def list_parked(scope: Scope, limit: int = 100) -> list[EffectRow]:
    """What waits for a person's word on whether it was delivered."""
    return list_effects(scope, state="parked", limit=limit)


def get_effect(scope: Scope, effect_id: UUID) -> tuple[EffectRow, list[Outcome]]:
    """One effect with its outcomes. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_EFFECTS.format(where="e.id = :id"), {"id": effect_id, "limit": 1})
        if row is None:
            raise NotFound("effect")
        outcomes = session.rows(_OUTCOMES, {"id": effect_id})
        return EffectRow(**row._mapping), [Outcome(**each._mapping) for each in outcomes]


def list_captured(scope: Scope, limit: int = 50) -> list[Captured]:
    """The capture outbox, newest first."""
    with read(scope) as session:
        rows = session.rows(_CAPTURED.format(where="true"), {"limit": limit})
        return [_captured(row._mapping) for row in rows]


def get_captured(scope: Scope, effect_id: UUID) -> Captured:
    """One message of the capture outbox. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_CAPTURED.format(where="c.effect_id = :id"), {"id": effect_id, "limit": 1})
        if row is None:
            raise NotFound("message")
        return _captured(row._mapping)


def _captured(row: RowMapping) -> Captured:
    parsed = message_from_bytes(bytes(row["raw"]), policy=policy.default)
    text = parsed.get_content() if parsed.get_content_maintype() == "text" else ""
    headers = [(name, str(value)) for name, value in parsed.items()]
    return Captured(row["effect_id"], row["at"], row["account_id"], row["account"], headers, text)
