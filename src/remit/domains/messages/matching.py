"""Which of our messages an incoming one is about. Reads with the mail service's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from remit.db.sessions import read
from remit.scope import Scope

# by the message's own record, by the receipt (a message without a record), by the effect's mark in an address
_BY_MESSAGE: Final = """
SELECT e.id AS effect_id, m.contact_id, m.thread_id, m.message_id
FROM remit.messages m
JOIN remit.effects e ON e.id = m.effect_id
WHERE m.message_id = ANY(:ids) AND m.direction = 'out'
ORDER BY array_position(CAST(:ids AS text[]), m.message_id) LIMIT 1
"""
_BY_RECEIPT: Final = """
SELECT e.id AS effect_id, CAST(e.payload ->> 'contact_id' AS uuid) AS contact_id,
       r.proof ->> 'message_id' AS thread_id, r.proof ->> 'message_id' AS message_id
FROM remit.receipts r JOIN remit.effects e ON e.id = r.effect_id
WHERE r.proof ->> 'message_id' = ANY(:ids)
ORDER BY array_position(CAST(:ids AS text[]), r.proof ->> 'message_id') LIMIT 1
"""
_BY_EFFECT: Final = """
SELECT e.id AS effect_id, CAST(e.payload ->> 'contact_id' AS uuid) AS contact_id,
       coalesce(r.proof ->> 'message_id', e.payload ->> 'message_id', e.idempotency_key) AS thread_id,
       coalesce(r.proof ->> 'message_id', e.payload ->> 'message_id') AS message_id
FROM remit.effects e LEFT JOIN remit.receipts r ON r.effect_id = e.id
WHERE e.id = :effect AND e.kind = 'email.send'
"""


@dataclass(frozen=True, slots=True)
class Match:
    """Our message. `contact_id` is whom we wrote to; `thread_id` names the conversation."""

    effect_id: UUID
    contact_id: UUID
    thread_id: str
    message_id: str | None


def find_match(scope: Scope, references: Sequence[str], effect_id: UUID | None) -> Match | None:
    """By threading headers first, then by the plus-address; None when it is about nothing of ours."""
    with read(scope) as session:
        row = None
        if references:
            row = session.row(_BY_MESSAGE, {"ids": list(references)})
            row = row or session.row(_BY_RECEIPT, {"ids": list(references)})
        if row is None and effect_id is not None:
            row = session.row(_BY_EFFECT, {"effect": effect_id})
        return None if row is None else Match(row.effect_id, row.contact_id, row.thread_id, row.message_id)
