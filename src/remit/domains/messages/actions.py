"""What came back: replies, automatic answers, wishes to be left alone, bounces. Recorded by the mail connector.

Text of these messages is from outside: it is stored and shown as text, and decides nothing but its classification.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import Action, Change, NotFound, Target, attributes_of, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.kit.ids import new_id

_EFFECT: Final = """
SELECT e.id, e.account_id, e.access_id, e.channel, e.payload, c.id AS contact_id, c.email, c.owner_id,
       a.name AS account, a.segment, a.key_account, a.owner_id AS account_owner, coalesce(r.proof ->> 'message_id', e.payload ->> 'message_id') AS message_id
FROM remit.effects e JOIN remit.contacts c ON c.id = CAST(e.payload ->> 'contact_id' AS uuid)
LEFT JOIN remit.accounts a ON a.id = e.account_id LEFT JOIN remit.receipts r ON r.effect_id = e.id
WHERE e.id = :id
"""
_MESSAGE: Final = """
INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, effect_id, message_id, in_reply_to, thread_id,
    from_address, to_address, subject, body, classification, at, detail)
VALUES (:id, :account, :access, :contact, 'in', :effect, :message_id, :in_reply_to, :thread, :from, :to, :subject, :body,
    :classification, :at, CAST(:detail AS jsonb))
ON CONFLICT (message_id) DO NOTHING
"""
_ACTIVITY: Final = """
INSERT INTO remit.activities (id, at, account_id, access_id, kind, direction, subject, body, contact_id, owner_id, message_id, outcome)
VALUES (:id, :at, :account, :access, 'email', 'in', :subject, :body, :contact, :owner, :message_id, :classification)
"""
_OUTCOME: Final = """
INSERT INTO remit.outcomes (id, effect_id, kind, at, detail, account_id, access_id)
VALUES (:id, :effect, :kind, :at, CAST(:detail AS jsonb), :account, :access)
"""
_CONSENT: Final = """
INSERT INTO remit.consents (id, account_id, access_id, contact_id, channel, state, basis, at)
VALUES (:id, :account, :access, :contact, 'email', 'withdrawn', :basis, :at)
"""
_STOP: Final = """
INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason, by_id)
VALUES (:id, :account, :access, 'email', lower(:address), :reason, :by) ON CONFLICT (kind, value) DO NOTHING
"""

ShortText = Annotated[str, Field(max_length=1000)]
Identifier = Annotated[str, Field(max_length=400)]


class RecordReply(Action):
    """Somebody answered one of our messages. `sha256`: of the raw message; `at`: when it says it was written."""

    event: ClassVar[str] = "message:reply:record"
    effect_id: UUID
    classification: Literal["reply", "auto_reply", "opt_out"]
    message_id: Identifier
    in_reply_to: Identifier | None = None
    thread_id: Identifier
    from_address: ShortText
    to_address: ShortText
    subject: ShortText
    text: Annotated[str, Field(max_length=200_000)]
    at: datetime
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RecordBounce(Action):
    """A delivery report about one of our messages. `hard`: the address does not work, so nobody writes to it again."""

    event: ClassVar[str] = "message:bounce:record"
    effect_id: UUID
    message_id: Identifier
    hard: bool
    final: bool
    status: Annotated[str, Field(max_length=20)]
    diagnostic: ShortText
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Unsubscribe(Action):
    """Whoever received one of our messages followed its link so as not to be written to again."""

    event: ClassVar[str] = "message:unsubscribe"
    effect_id: UUID


def _effect(session: ReadSession, action: RecordReply | RecordBounce | Unsubscribe) -> Target:
    row = _row(session, action.effect_id)
    return Target(
        "effect",
        row.id,
        row.account_id,
        row.access_id,
        row.segment or "*",
        row.channel,
        title=f"Message to {row.account}",
        attributes=attributes_of(row.account_owner, row.key_account, row.segment),
    )


def _row(session: ReadSession, effect_id: UUID) -> Row[Any]:
    row = session.row(_EFFECT, {"id": effect_id})
    if row is None:
        raise NotFound("message")
    return row


@handler(RecordReply, target=_effect)
def record_reply(tx: WriteSession, action: RecordReply, _target: Target) -> Change:
    """The message, an activity, an outcome; for an opt-out also consent withdrawn and do-not-contact."""
    row, known = _row(tx, action.effect_id), min(action.at, tx.now)
    place = {"account": row.account_id, "access": row.access_id}
    sender_known = action.from_address.lower() == (row.email or "").lower()
    written = tx.execute(
        _MESSAGE,
        {
            "id": new_id(), "contact": row.contact_id, "effect": row.id, "message_id": action.message_id,
            "in_reply_to": action.in_reply_to, "thread": action.thread_id, "from": action.from_address,
            "to": action.to_address, "subject": action.subject, "body": action.text, "at": known,
            "classification": action.classification,
            "detail": json.dumps({"sha256": action.sha256, "from_the_contact": sender_known}), **place,
        },
    )  # fmt: skip
    if written.rowcount == 0:  # the mailbox was renumbered and read again
        return Change("message", row.id, result={"recorded": False})
    tx.execute(
        _ACTIVITY,
        {
            "id": new_id(), "at": known, "subject": action.subject, "body": action.text, "contact": row.contact_id,
            "owner": row.owner_id or row.account_owner, "message_id": action.message_id,
            "classification": action.classification, **place,
        },
    )  # fmt: skip
    _outcome(tx, row, action.classification, {"message_id": action.message_id})
    if action.classification == "opt_out":
        _opt_out(tx, row, "asked by e-mail not to be written to")
    after = {
        "classification": action.classification,
        "from_the_contact": sender_known,
        "sha256": action.sha256,
    }
    return Change("message", row.id, after=after, result={"recorded": True})


@handler(RecordBounce, target=_effect)
def record_bounce(tx: WriteSession, action: RecordBounce, _target: Target) -> Change:
    """The outcome; after a hard bounce the address is not written to again."""
    row = _row(tx, action.effect_id)
    kind = "bounced" if action.final else "delayed"
    detail = {"status": action.status, "diagnostic": action.diagnostic, "hard": action.hard}
    _outcome(tx, row, kind, {**detail, "message_id": action.message_id})
    if action.hard:
        _never_again(tx, row, f"the address does not exist ({action.status})")
    return Change("message", row.id, after={"outcome": kind, "status": action.status, "hard": action.hard})


@handler(Unsubscribe, target=_effect)
def unsubscribe(tx: WriteSession, action: Unsubscribe, _target: Target) -> Change:
    """Consent withdrawn, do-not-contact, and an outcome of the message whose link it was."""
    row = _row(tx, action.effect_id)
    _outcome(tx, row, "opt_out", {"by": "link"})
    _opt_out(tx, row, "followed the link not to be written to")
    return Change("message", row.id, after={"outcome": "opt_out", "by": "link"})


def _opt_out(tx: WriteSession, row: Row[Any], basis: str) -> None:
    place = {"account": row.account_id, "access": row.access_id}
    tx.execute(_CONSENT, {"id": new_id(), "contact": row.contact_id, "basis": basis, "at": tx.now, **place})
    _never_again(tx, row, basis)


def _outcome(tx: WriteSession, row: Row[Any], kind: str, detail: dict[str, Any]) -> None:
    tx.execute(
        _OUTCOME,
        {
            "id": new_id(), "effect": row.id, "kind": kind, "at": tx.now, "detail": json.dumps(detail),
            "account": row.account_id, "access": row.access_id,
        },
    )  # fmt: skip


def _never_again(tx: WriteSession, row: Row[Any], reason: str) -> None:
    """The address that we wrote to, never one that stands in the message that came in."""
    address = row.payload.get("to") or row.email
    tx.execute(
        _STOP,
        {
            "id": new_id(), "account": row.account_id, "access": row.access_id, "address": address,
            "reason": reason, "by": tx.scope.actor.id,
        },
    )  # fmt: skip
