"""Tries changed policies on decisions that were really taken, and lists what would have been different (S7-R1)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from remit.db.sessions import read
from remit.policy.asked import from_json
from remit.policy.decide import decide
from remit.policy.model import LEVELS, Outcome, PolicyRequest
from remit.policy.schema import PolicyBook
from remit.scope import Scope

_RECORDED = """
SELECT id, at, record FROM remit.audit
WHERE kind IN ('decision', 'refusal') AND at >= :since AND (kind = 'refusal' OR strpos(record, '"asked"') > 0)
ORDER BY at, id
"""
BATCH_COUNT = 2_000
# How much each outcome lets happen: a difference either widens or narrows.
_WIDTH: dict[Outcome, int] = {"forbid": 0, "needs_approval": 1, "permit": 2}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision from the audit record."""

    audit_id: UUID
    at: datetime
    request: PolicyRequest
    outcome: Outcome
    rule_ids: tuple[str, ...]
    policy_hash: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A recorded decision that the changed policies would take otherwise. `widens`: they let more happen."""

    audit_id: UUID
    at: datetime
    action_kind: str
    principal_kind: str
    was: Outcome
    would_be: Outcome
    widens: bool
    was_rule_ids: tuple[str, ...]
    would_be_rule_ids: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Simulation:
    """`decisions` were tried under `policy_hash`; `skipped` carry no question (they stopped before policy)."""

    policy_hash: str
    decisions: int
    skipped: int
    widened: int
    narrowed: int
    differences: list[Difference]


def simulate(recorded: Iterable[Recorded | None], book: PolicyBook, keep: int = 1_000) -> Simulation:
    """Decide every recorded question by `book`. Counts are complete; at most `keep` differences are listed."""
    tried = skipped = widened = narrowed = 0
    listed: list[Difference] = []
    for one in recorded:
        if one is None:
            skipped += 1
            continue
        tried += 1
        decision = decide(one.request, book)
        if decision.outcome == one.outcome:
            continue
        widens = _WIDTH[decision.outcome] > _WIDTH[one.outcome]
        widened += widens
        narrowed += not widens
        if len(listed) < keep:
            listed.append(
                Difference(
                    one.audit_id, one.at, one.request.action_kind, one.request.principal.kind, one.outcome,
                    decision.outcome, widens, one.rule_ids, decision.rule_ids, decision.sentence,
                )
            )  # fmt: skip
    return Simulation(book.policy_hash, tried, skipped, widened, narrowed, listed)


def recorded_since(scope: Scope, since: datetime) -> Iterator[Recorded | None]:
    """The decisions that `scope` may see, oldest first; None for a refusal that never reached policy."""
    with read(scope) as session:
        found = session.connection.execution_options(yield_per=BATCH_COUNT).execute(
            text(_RECORDED), {"since": since}
        )
        for row in found:
            yield _recorded(row.id, row.at, json.loads(row.record))


def _recorded(audit_id: UUID, at: datetime, record: dict[str, Any]) -> Recorded | None:
    body = record.get("body") or {}
    asked = body.get("asked")
    if not asked or asked["principal"]["remit_level"] not in LEVELS:
        return None
    return Recorded(
        audit_id=audit_id,
        at=at,
        request=from_json(asked),
        outcome=body["outcome"],
        rule_ids=tuple(record.get("rule_ids") or ()),
        policy_hash=record.get("policy_hash") or "",
    )
