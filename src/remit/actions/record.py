"""What the door writes about an act, in the act's own transaction: its row, its audit records, its effects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from remit.actions.errors import Refused
from remit.actions.model import Action, Approval, Change, Effect, Target
from remit.actions.stages import Maker, Trail
from remit.audit import log
from remit.audit.record import Record, canonical_json
from remit.db.sessions import WriteSession
from remit.policy import asked
from remit.policy.model import Decision
from remit.scope import Scope

_ACTION = """
INSERT INTO remit.actions (id, kind, payload, payload_hash, idempotency_key, actor_id, actor_kind, on_behalf_of,
    approver_id, suggestion_id, account_id, access_id, object_type, object_id, segment, channel, rule_ids,
    policy_hash, sentence, stages, result, request_id, at)
VALUES (:id, :kind, CAST(:payload AS jsonb), :payload_hash, :key, :actor_id, :actor_kind, :on_behalf_of,
    :approver_id, :suggestion_id, :account_id, :access_id, :object_type, :object_id, :segment, :channel, :rule_ids,
    :policy_hash, :sentence, CAST(:stages AS jsonb), CAST(:result AS jsonb), :request_id, :at)
"""
# one statement for the key, the effect and the wake-up of a worker (delivered by PostgreSQL at commit)
_EFFECT = """
WITH key AS (INSERT INTO remit.effect_keys (idempotency_key, effect_id, created_at) VALUES (:key, :id, :at)),
effect AS (INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,
    account_id, access_id, actor_id, agent_id, on_behalf_of, next_at)
  VALUES (:id, :at, :action_id, :action_kind, :kind, :channel, :key, CAST(:payload AS jsonb),
    :account_id, :access_id, :actor_id, :agent_id, :on_behalf_of, :next_at))
SELECT pg_notify('remit_effects', CAST(:id AS text))
"""


def digest(value: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of a JSON object in canonical form."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def stored(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An effect's payload as the database gives it back: its hash is compared before it leaves."""
    read_back: dict[str, Any] = json.loads(json.dumps(dict(payload), default=str))
    return read_back


def write_act(
    tx: WriteSession,
    maker: Maker,
    action: Action,
    target: Target,
    change: Change,
    decision: Decision,
    trail: Trail,
    approval: Approval | None,
    key: str | None,
) -> tuple[UUID, ...]:
    """Write the action, its decision, change and effects, and their audit records. Gives the effects' ids."""
    account_id = change.account_id or target.account_id
    access_id = change.access_id if change.account_id else target.access_id
    common: dict[str, Any] = {
        "actor_id": maker.actor.id,
        "actor_kind": maker.actor.kind,
        "on_behalf_of": maker.on_behalf_of,
        "approver_id": approval.approver_id if approval else None,
        "action_id": tx.action_id,
        "account_id": account_id,
        "access_id": access_id,
        "request_id": tx.scope.request_id,
        "payload_hash": action.payload_hash(),
        "policy_hash": decision.policy_hash,
        "rule_ids": decision.rule_ids,
    }
    tx.write(
        _ACTION,
        {
            "id": tx.action_id,
            "kind": action.kind(),
            "payload": json.dumps(action.payload()),
            "payload_hash": bytes.fromhex(action.payload_hash()),
            "key": key,
            **{name: common[name] for name in ("actor_id", "actor_kind", "on_behalf_of", "approver_id")},
            "suggestion_id": approval.suggestion_id if approval else None,
            "account_id": account_id,
            "access_id": access_id,
            "object_type": change.object_type,
            "object_id": change.object_id,
            "segment": target.segment,
            "channel": target.channel,
            "rule_ids": list(decision.rule_ids),
            "policy_hash": decision.policy_hash,
            "sentence": decision.sentence,
            "stages": json.dumps(trail.entries),
            "result": json.dumps(dict(change.result), default=str),
            "request_id": tx.scope.request_id,
            "at": tx.now,
        },
    )
    for effect in change.effects:
        _write_effect(tx, maker, action, effect, account_id, access_id)
    effect_ids = tuple(effect.id for effect in change.effects)
    # the instant of the record, not of the beginning: after an import of an hour it would look back-dated
    records = _records(action, target, change, decision, common)
    if tx.together is not None:  # of all acts of the batch at once, in this same transaction
        tx.together.kept.extend(records)
    else:
        log.append(tx.connection, records)
    return effect_ids


def _write_effect(
    tx: WriteSession,
    maker: Maker,
    action: Action,
    effect: Effect,
    account_id: UUID | None,
    access_id: int | None,
) -> None:
    tx.execute(
        _EFFECT,
        {
            "id": effect.id,
            "key": effect.key,
            "at": tx.now,
            "next_at": effect.not_before or tx.now,
            "action_id": tx.action_id,
            "action_kind": action.kind(),
            "kind": effect.kind,
            "channel": effect.channel,
            "payload": json.dumps(stored(effect.payload)),
            "account_id": account_id,
            "access_id": access_id,
            "actor_id": maker.actor.id,
            "agent_id": maker.agent_id,
            "on_behalf_of": maker.on_behalf_of,
        },
    )


def _records(
    action: Action,
    target: Target,
    change: Change,
    decision: Decision,
    common: Mapping[str, Any],
) -> list[Record]:
    evidence = digest({"facts": sorted(str(one) for one in change.evidence_ids)})
    thing: dict[str, Any] = {"object_type": change.object_type, "object_id": change.object_id}
    records = [
        Record(
            kind="decision",
            event=f"{action.event}:decided",
            sentence=decision.sentence,
            object_type=target.type,
            object_id=target.id,
            body={"kind": action.kind(), "outcome": decision.outcome, "asked": asked.of_decision(decision)},
            **common,
        ),
        Record(
            kind="change",
            event=action.event,
            evidence_hash=evidence if change.evidence_ids else None,
            body={"before": change.before, "after": change.after},
            **thing,
            **common,
        ),
    ]
    for effect in change.effects:
        body = {
            "effect_id": effect.id,
            "effect": effect.kind,
            "channel": effect.channel,
            "key": effect.key,
            "effect_hash": digest(stored(effect.payload)),
        }
        records.append(
            Record(kind="effect", event=f"{action.event}:effect:queued", body=body, **thing, **common)
        )
    return records


def refusal(scope: Scope, action: Action, error: Refused) -> Record:
    """The record of an attempt that was stopped. Names no account: the actor may have been guessing ids."""
    return Record(
        kind="refusal",
        event=f"{action.event}:refused",
        actor_id=scope.actor.id,
        actor_kind=scope.actor.kind,
        on_behalf_of=scope.on_behalf_of,
        request_id=scope.request_id,
        payload_hash=action.payload_hash(),
        policy_hash=error.policy_hash or None,
        rule_ids=error.rule_ids,
        sentence=error.message,
        body={"kind": action.kind(), "code": error.code, "outcome": "forbid", "asked": error.asked}
        if error.asked
        else {"kind": action.kind(), "code": error.code},
    )
