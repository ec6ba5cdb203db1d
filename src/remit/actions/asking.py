"""Writes what is to wait for a person: the suggestion with its payload's hash, and its audit record."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from remit.actions.attempt import NeedsApproval
from remit.actions.model import Action, Waiting
from remit.audit import log
from remit.audit.record import Record
from remit.db.sessions import WriteSession
from remit.kit.ids import id_at, new_id
from remit.policy import asked

LIFETIME: Final = timedelta(days=3)

_INSERT = """
INSERT INTO remit.suggestions (id, kind, payload, payload_hash, title, reason, account_id, access_id, object_type,
    object_id, proposed_by, proposer_kind, on_behalf_of, needs, rule_ids, idempotency_key, proposed_at, expires_at)
VALUES (:id, :kind, CAST(:payload AS jsonb), :payload_hash, :title, :reason, :account_id, :access_id, :object_type,
    :object_id, :proposed_by, :proposer_kind, :on_behalf_of, :needs, :rule_ids, :key, :proposed_at, :expires_at)
"""


# the same maker's own; another's only where the verb says that one request is enough, and its maker is at work still
_STANDING = """
SELECT g.id, encode(g.payload_hash, 'hex') AS payload_hash, g.needs, g.rule_ids, g.expires_at, p.name
FROM remit.suggestions g JOIN remit.people p ON p.id = coalesce(g.on_behalf_of, g.proposed_by)
WHERE g.kind = :kind AND g.object_type = :type AND g.state = 'waiting' AND g.held = '' AND g.expires_at > :now
  AND g.object_id IS NOT DISTINCT FROM CAST(:object AS uuid) AND (g.proposed_by = :maker OR (:shared AND g.object_id IS NOT NULL AND p.active))
  AND g.payload - CAST(:apart AS text[]) = CAST(:payload AS jsonb) - CAST(:apart AS text[])
ORDER BY g.proposed_at, g.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One action that is to wait: what the stages found, why it is asked for, under which key, and for how long."""

    answer: NeedsApproval
    action: Action
    reason: str = ""
    key: str | None = None
    lifetime: timedelta = LIFETIME


def find_standing(tx: WriteSession, answer: NeedsApproval, action: Action) -> Waiting | None:
    """What waits already for the same: a double click or the browser's Back makes no second request; whoever gives a key of their own is not looked at.

    Whoever asks at the same moment waits here until the first request is kept.
    """
    target, maker = answer.target, answer.maker.actor.id
    about = target.id or maker
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))", {"lock": f"asks:{action.kind()}:{about}"}
    )
    row = tx.row(
        _STANDING,
        {
            "kind": action.kind(), "type": target.type, "object": target.id, "maker": maker, "now": tx.now,
            "payload": json.dumps(action.payload()), "apart": sorted(action.incidental), "shared": action.one_request,
        },
    )  # fmt: skip
    if row is None:
        return None
    roles = tuple(row.needs.split(",")) if row.needs else ()
    told = f"It already waits for approval: {row.name} asked for it."
    return Waiting(row.id, row.payload_hash, told, tuple(row.rule_ids), row.expires_at, roles)


def put_once(tx: WriteSession, asked_for: Sequence[Asked]) -> list[Waiting]:
    """As `put`, in order; of what its maker gave no key for, what waits already for the same stands."""
    answers: dict[int, Waiting] = {}
    for place, one in enumerate(asked_for):
        if one.key is None:  # written before the next is looked at: two of the same are one request
            answers[place] = find_standing(tx, one.answer, one.action) or put(tx, [one])[0]
    keyed = [place for place in range(len(asked_for)) if place not in answers]
    answers |= zip(keyed, put(tx, [asked_for[place] for place in keyed]), strict=True)
    return [answers[place] for place in range(len(asked_for))]


def put(tx: WriteSession, asked_for: Sequence[Asked]) -> list[Waiting]:
    """Write suggestions with their audit records, one or a thousand in two round trips."""
    ids = [new_id() for _ in asked_for]
    pairs = list(zip(ids, asked_for, strict=True))
    if pairs:
        tx.execute(_INSERT, [_row(tx, *pair) for pair in pairs])
        log.append(tx.connection, [_record(tx, *pair) for pair in pairs], at=tx.now)
    return [
        Waiting(
            suggestion_id,
            one.action.payload_hash(),
            one.answer.decision.sentence,
            one.answer.decision.rule_ids,
            tx.now + one.lifetime,
            one.answer.decision.approver_roles,
        )
        for suggestion_id, one in pairs
    ]


def put_seeded(tx: WriteSession, one: Asked, at: datetime) -> UUID:
    """Write a suggestion that nobody asked for, as if at `at`: no record says that somebody did, the record of the seeding does.

    Its id says that it was made a moment after `at`, as that of any other does.
    """
    suggestion_id = id_at(at + timedelta(microseconds=4_000 + secrets.randbelow(60_000)))
    row = _row(tx, suggestion_id, one)
    tx.execute(_INSERT, row | {"proposed_at": at, "expires_at": at + one.lifetime})
    return suggestion_id


def _row(tx: WriteSession, suggestion_id: UUID, one: Asked) -> dict[str, Any]:
    maker, target, decision = one.answer.maker, one.answer.target, one.answer.decision
    return {
        "id": suggestion_id,
        "kind": one.action.kind(),
        "payload": json.dumps(one.action.payload()),
        "payload_hash": bytes.fromhex(one.action.payload_hash()),
        "title": target.title or one.action.kind(),
        "reason": one.reason,
        "account_id": target.account_id,
        "access_id": target.access_id,
        "object_type": target.type,
        "object_id": target.id,
        "proposed_by": maker.actor.id,
        "proposer_kind": maker.actor.kind,
        "on_behalf_of": maker.on_behalf_of,
        "needs": ",".join(decision.approver_roles),
        "rule_ids": list(decision.rule_ids),
        "key": one.key,
        "proposed_at": tx.now,
        "expires_at": tx.now + one.lifetime,
    }


def _record(tx: WriteSession, suggestion_id: UUID, one: Asked) -> Record:
    maker, target, decision = one.answer.maker, one.answer.target, one.answer.decision
    return Record(
        kind="decision",
        event=f"{one.action.event}:waiting",
        actor_id=maker.actor.id,
        actor_kind=maker.actor.kind,
        on_behalf_of=maker.on_behalf_of,
        account_id=target.account_id,
        access_id=target.access_id,
        object_type=target.type,
        object_id=target.id,
        policy_hash=decision.policy_hash,
        rule_ids=decision.rule_ids,
        payload_hash=one.action.payload_hash(),
        request_id=tx.scope.request_id,
        sentence=decision.sentence,
        body={
            "kind": one.action.kind(),
            "suggestion_id": suggestion_id,
            "expires_at": tx.now + one.lifetime,
            "outcome": decision.outcome,
            "asked": asked.of_decision(decision),
        },
    )
