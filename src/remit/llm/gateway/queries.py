"""Reading the records of calls: per person and day, one by one, and the text of one (which is itself recorded)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import NotFound, perform
from remit.db.sessions import read
from remit.kit import clock, paging
from remit.llm.gateway import sealing
from remit.llm.gateway.records import ReviewModelCall
from remit.scope import Scope

_DAYS: Final = """
SELECT (c.at AT TIME ZONE 'UTC')::date AS day, c.person_id, p.name AS person, count(*) AS calls,
    count(*) FILTER (WHERE r.outcome IN ('ok', 'cut')) AS answered,
    count(*) FILTER (WHERE r.outcome = 'denied') AS denied, count(*) FILTER (WHERE r.call_id IS NULL) AS unfinished,
    coalesce(sum(r.tokens_in), 0)::bigint AS tokens_in, coalesce(sum(r.tokens_out), 0)::bigint AS tokens_out,
    coalesce(sum(r.cost_usd), 0) AS cost_usd, count(*) FILTER (WHERE r.cost_usd IS NULL AND r.tokens_in + r.tokens_out > 0) AS unpriced,
    coalesce(sum(c.redaction_count), 0) AS redactions
FROM remit.model_calls c JOIN remit.people p ON p.id = c.person_id LEFT JOIN remit.model_replies r ON r.call_id = c.id
WHERE c.at >= :since AND (CAST(:person AS uuid) IS NULL OR c.person_id = :person)
GROUP BY 1, 2, 3 ORDER BY 1 DESC, 3, 2
"""
_CALLS: Final = """
SELECT c.id, c.at, p.name AS person, c.purpose, c.template, c.model, c.destination, c.redaction_count AS redactions, c.left_out_count, c.prompt_sha256, c.handling_version,
    r.outcome, r.attempt_count AS attempts, r.tokens_in, r.tokens_out, r.cost_usd, r.prices_on, r.latency_ms
FROM remit.model_calls c JOIN remit.people p ON p.id = c.person_id LEFT JOIN remit.model_replies r ON r.call_id = c.id
"""


@dataclass(frozen=True, slots=True)
class Day:
    """What one person used on one day (UTC). `unpriced`: calls whose price is in no table, so not in `cost_usd`."""

    day: date
    person_id: UUID
    person: str
    calls: int
    answered: int
    denied: int
    unfinished: int
    tokens_in: int
    tokens_out: int
    cost_usd: Decimal
    unpriced: int
    redactions: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `outcome` is None while it is under way, or when its process died."""

    id: UUID
    at: datetime
    person: str
    purpose: str
    template: str
    model: str
    destination: str
    redactions: int
    left_out_count: int
    prompt_sha256: str
    handling_version: str
    outcome: str | None
    attempts: int | None
    tokens_in: int | None
    tokens_out: int | None
    cost_usd: Decimal | None
    prices_on: date | None
    latency_ms: int | None


def list_usage(scope: Scope, *, days: int = 7, person_id: UUID | None = None) -> Sequence[Day]:
    """Per day and person, newest first: one's own calls, or everybody's for compliance."""
    since = datetime.combine(
        clock.today() - timedelta(days=days - 1), datetime.min.time(), clock.now().tzinfo
    )
    with read(scope) as s:
        rows = s.rows(_DAYS, {"since": since, "person": person_id})
    return [Day(**row._mapping) for row in rows]


def list_calls(scope: Scope, *, after: str | None = None, limit: int | None = None) -> paging.Page[Call]:
    """Single calls, newest first."""
    wanted = paging.size(limit)
    last = UUID(str(paging.decode(after, 1)[0])) if after else None
    with read(scope) as s:
        # ids are in the order of time (UUID version 7)
        rows = s.rows(
            f"{_CALLS} WHERE (CAST(:last AS uuid) IS NULL OR c.id < :last) ORDER BY c.id DESC LIMIT :limit",
            {"last": last, "limit": wanted + 1},
        )
    return paging.page([_call(row) for row in rows], wanted, lambda one: (str(one.id),))


def get_call(scope: Scope, call_id: UUID) -> Call:
    """One call. Raises NotFound."""
    with read(scope) as s:
        row = s.row(f"{_CALLS} WHERE c.id = :id", {"id": call_id})
    if row is None:
        raise NotFound("model call")
    return _call(row)


def review(scope: Scope, call_id: UUID) -> dict[str, Any]:
    """The texts of one call: {prompt: {system, user, before_masking}, reply}. Looking is recorded first.

    Raises NotFound (also when the texts are gone or about an account out of sight), ContentUnreadable, Refused.
    """
    perform(scope, ReviewModelCall(call_id=call_id))
    with read(scope) as s:
        rows = s.rows("SELECT part, sealed FROM remit.model_contents WHERE call_id = :id", {"id": call_id})
    home = settings.load().home
    found = {row.part: sealing.unseal(home, call_id, row.part, bytes(row.sealed)) for row in rows}
    if "prompt" not in found:
        raise NotFound("model call with a text that is kept")
    return {"prompt": json.loads(found["prompt"]), "reply": found.get("reply", "")}


def count_old_contents(scope: Scope) -> int:
    """How many texts are older than the setting model_content_days allows, and held by nothing."""
    before = clock.now() - timedelta(days=settings.load().model_content_days)
    with read(scope) as s:
        return int(
            s.scalar(
                "SELECT count(*) FROM remit.model_contents WHERE at < :before AND NOT remit.held(account_id, person_id, at)",
                {"before": before},
            )
        )


def _call(row: Row[Any]) -> Call:
    return Call(**row._mapping)
