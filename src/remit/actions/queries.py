"""What waits, what was done, what is uncertain: reads of the door's own tables, bound by row-level security."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Row

from remit.actions.errors import NotFound
from remit.db.sessions import read
from remit.kit import clock, paging
from remit.kit.paging import CursorInvalid, Page
from remit.policy.schema import current
from remit.scope import Scope

Box = Literal["for_me", "mine", "all", "decided"]

_SUGGESTION: Final = """
SELECT g.id, g.kind, g.title, g.reason, g.account_id, a.name AS account, g.object_type, g.object_id, g.proposed_by,
       p.name AS proposer, g.proposer_kind, g.on_behalf_of, o.name AS on_behalf_of_name, g.needs, g.rule_ids,
       CASE WHEN g.state = 'waiting' AND g.expires_at <= :now THEN 'expired' ELSE g.state END AS state,
       g.proposed_at, g.expires_at, g.payload, encode(g.payload_hash, 'hex') AS payload_hash,
       d.name AS decided_by, g.decided_at, g.decision_reason, g.action_id, g.held
FROM remit.suggestions g JOIN remit.people p ON p.id = g.proposed_by
LEFT JOIN remit.people o ON o.id = g.on_behalf_of LEFT JOIN remit.people d ON d.id = g.decided_by
LEFT JOIN remit.accounts a ON a.id = g.account_id
WHERE {where}
"""
_WAITING: Final = "g.state = 'waiting' AND g.expires_at > :now"
# What somebody may decide: their role is asked for, and they did not make it where a second person has to.
FOR_ME: Final = f"""{_WAITING} AND (g.needs IN ('', '*') OR string_to_array(g.needs, ',') && CAST(:roles AS text[]))
    AND NOT (:me IN (g.proposed_by, coalesce(g.on_behalf_of, g.proposed_by)) AND g.rule_ids && CAST(:second_person AS text[]))"""
_BOXES: Final[Mapping[Box, str]] = {
    "for_me": FOR_ME,
    "mine": f"{_WAITING} AND (g.proposed_by = :me OR g.on_behalf_of = :me)",
    "all": _WAITING,
    "decided": "(g.state <> 'waiting' OR g.expires_at <= :now)",
}
_ACTION: Final = """
SELECT c.id, c.kind, c.payload, encode(c.payload_hash, 'hex') AS payload_hash, c.actor_id, p.name AS actor, c.actor_kind,
       o.name AS on_behalf_of_name, v.name AS approver, c.account_id, a.name AS account, c.object_type, c.object_id,
       c.rule_ids, c.policy_hash, c.sentence, c.stages, c.result, c.at
FROM remit.actions c JOIN remit.people p ON p.id = c.actor_id LEFT JOIN remit.people o ON o.id = c.on_behalf_of
LEFT JOIN remit.people v ON v.id = c.approver_id LEFT JOIN remit.accounts a ON a.id = c.account_id
WHERE {where} ORDER BY c.at DESC, c.id DESC LIMIT :limit
"""
_EFFECTS: Final = """
SELECT e.id, e.action_id, e.action_kind, e.kind, e.channel, e.state, e.phase, e.attempt_count, e.created_at, e.known,
       e.dropped_at IS NOT NULL AS dropped, e.version, e.payload, e.account_id, a.name AS account, r.at AS delivered_at, r.proof,
       (SELECT max(u.kind) FROM remit.outcomes u WHERE u.effect_id = e.id) AS outcome
FROM remit.effects e LEFT JOIN remit.accounts a ON a.id = e.account_id LEFT JOIN remit.receipts r ON r.effect_id = e.id
WHERE {where} ORDER BY e.created_at, e.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """Something that waits, or waited, for a person. `payload_hash` (hex) is what an approval names."""

    id: UUID
    kind: str
    title: str
    reason: str
    account_id: UUID | None
    account: str | None
    object_type: str | None
    object_id: UUID | None
    proposed_by: UUID
    proposer: str
    proposer_kind: str
    on_behalf_of: UUID | None
    on_behalf_of_name: str | None
    needs: tuple[str, ...]
    rule_ids: tuple[str, ...]
    state: str
    proposed_at: datetime
    expires_at: datetime
    payload: Mapping[str, Any]
    payload_hash: str
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    action_id: UUID | None
    held: str
    """Why nobody may approve it before a person has released it; empty for most."""

    def made_by(self, person_id: UUID) -> bool:
        """Whether it counts as this person's own: proposed by them, or for them by an agent or a service."""
        return person_id in (self.proposed_by, self.on_behalf_of)


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Something that leaves the building. `known`: what is known of it where that is not the whole story."""

    id: UUID
    action_id: UUID
    action_kind: str
    kind: str
    channel: str
    state: str
    phase: str
    attempt_count: int
    created_at: datetime
    known: str
    dropped: bool
    version: int
    payload: Mapping[str, Any]
    account_id: UUID | None
    account: str | None
    delivered_at: datetime | None
    proof: Mapping[str, Any] | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action that was performed, with the trail of its stages and what left because of it."""

    id: UUID
    kind: str
    payload: Mapping[str, Any]
    payload_hash: str
    actor_id: UUID
    actor: str
    actor_kind: str
    on_behalf_of_name: str | None
    approver: str | None
    account_id: UUID | None
    account: str | None
    object_type: str | None
    object_id: UUID | None
    rule_ids: tuple[str, ...]
    policy_hash: str
    sentence: str
    stages: Sequence[Mapping[str, Any]]
    result: Mapping[str, Any]
    at: datetime
    effects: tuple[EffectRow, ...]


@lru_cache(maxsize=1)
def second_person_rules() -> tuple[str, ...]:
    """Ids of the rules under which nobody approves what they made themselves (policies are read once a process)."""
    return tuple(
        rule.id for rule in current().rules.values() if "approver_is_maker" in json.dumps(rule.estimate)
    )


def list_suggestions(
    scope: Scope, box: Box = "for_me", *, after: str | None = None, limit: int | None = None
) -> Page[SuggestionRow]:
    """A page of suggestions: those that wait by expiry (soonest first), decided ones newest first. Raises CursorInvalid."""
    wanted = paging.size(limit)
    column, order, past = ("g.expires_at", "ASC", ">") if box != "decided" else ("g.proposed_at", "DESC", "<")
    values: dict[str, Any] = {
        "limit": wanted + 1,
        "now": clock.now(),
        "me": scope.person_id,
        "roles": [*sorted(scope.roles), "*"],
        "second_person": list(second_person_rules()),
    }
    where = _BOXES[box]
    if after is not None:
        values["at"], values["id"] = _cursor(after)
        where += f" AND ({column}, g.id) {past} (:at, :id)"
    used = {name: value for name, value in values.items() if name in ("limit", "now") or f":{name}" in where}
    query = f"{_SUGGESTION.format(where=where)} ORDER BY {column} {order}, g.id {order} LIMIT :limit"
    with read(scope) as session:
        found = [_suggestion(row) for row in session.rows(query, used)]
    return paging.page(
        found,
        wanted,
        lambda row: (
            (row.proposed_at if box == "decided" else row.expires_at).isoformat(),
            str(row.id),
        ),
    )


def get_suggestion(scope: Scope, suggestion_id: UUID) -> SuggestionRow:
    """One suggestion. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_SUGGESTION.format(where="g.id = :id"), {"id": suggestion_id, "now": clock.now()})
    if row is None:
        raise NotFound("suggestion")
    return _suggestion(row)


def get_action(scope: Scope, action_id: UUID) -> ActionRow:
    """One action that was performed. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_ACTION.format(where="c.id = :id"), {"id": action_id, "limit": 1})
        if row is None:
            raise NotFound("action")
        effects = session.rows(
            _EFFECTS.format(where="e.action_id = :action OR e.id = :about"),
            {
                "action": action_id,
                "about": row.object_id if row.object_type == "effect" else None,
                "limit": 100,
            },
        )
    return _action(row, tuple(EffectRow(**effect._mapping) for effect in effects))


def list_latest_actions(scope: Scope, limit: int = 20) -> list[ActionRow]:
    """The latest actions about accounts that the scope sees, and its own; without their effects."""
    where = "c.account_id IS NOT NULL OR c.actor_id = :me OR c.on_behalf_of = :me"
    with read(scope) as session:
        rows = session.rows(_ACTION.format(where=where), {"me": scope.person_id, "limit": limit})
    return [_action(row) for row in rows]


def _action(row: Row[Any], effects: tuple[EffectRow, ...] = ()) -> ActionRow:
    values = {name: getattr(row, name) for name in ActionRow.__slots__ if name != "effects"}
    values["rule_ids"] = tuple(row.rule_ids)
    return ActionRow(**values, effects=effects)


def list_uncertain(scope: Scope, limit: int = 100) -> list[EffectRow]:
    """Effects of which nobody can know without looking whether they arrived: a person decides. Oldest first."""
    with read(scope) as session:
        rows = session.rows(_EFFECTS.format(where="e.state = 'parked'"), {"limit": limit})
    return [EffectRow(**row._mapping) for row in rows]


def get_effect(scope: Scope, effect_id: UUID) -> EffectRow:
    """One effect. Raises NotFound."""
    with read(scope) as session:
        row = session.row(_EFFECTS.format(where="e.id = :id"), {"id": effect_id, "limit": 1})
    if row is None:
        raise NotFound("effect")
    return EffectRow(**row._mapping)


def find_waiting_about(scope: Scope, object_type: str, object_id: UUID) -> UUID | None:
    """The suggestion that waits about a record, or None."""
    where = f"g.object_type = :type AND g.object_id = :object AND {_WAITING}"
    with read(scope) as session:
        row = session.row(
            _SUGGESTION.format(where=where), {"type": object_type, "object": object_id, "now": clock.now()}
        )
    return None if row is None else row.id


def _suggestion(row: Row[Any]) -> SuggestionRow:
    values = dict(row._mapping)
    values["needs"] = tuple(part for part in row.needs.split(",") if part)
    values["rule_ids"] = tuple(row.rule_ids)
    return SuggestionRow(**values)


def _cursor(after: str) -> tuple[datetime, UUID]:
    at, row_id = paging.decode(after, 2)
    try:
        return datetime.fromisoformat(str(at)), UUID(str(row_id))
    except ValueError as error:
        raise CursorInvalid("this page address belongs to another list") from error
