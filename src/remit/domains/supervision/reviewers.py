"""Who approves and reviews, and whether they read: seeded drafts caught, beside what they decided of real ones. And the power given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.actions.seeded import GOOD, WINDOW_COUNT, WINDOW_DAYS, Reading, reading, reading_of
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.supervision.queries import may_read
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

DECIDED_DAYS: Final = 90
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
# of real ones only what the reader may see; a seeded draft is in neither count
_REVIEWERS: Final = f"""
SELECT p.id, p.name, t.caught, t.answered, k.rejected AS good_rejected, k.decided AS good_decided, d.approved, d.rejected, v.reviewed, v.with_findings, v.seconds, b.at AS reset_at, b.by_name AS reset_by, b.reason AS reset_why
FROM remit.people p CROSS JOIN LATERAL remit.seeded_tally(p.id, :since, :most) t
CROSS JOIN LATERAL ({GOOD.format(person="p.id")}) k
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE g.state = 'approved')::int AS approved, count(*) FILTER (WHERE g.state = 'rejected')::int AS rejected
    FROM remit.suggestions g WHERE g.decided_by = p.id AND g.decided_at > :decided AND g.kind IN ('SendEmail', 'SendRecalled')
      AND NOT EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.suggestion_id = g.id)) d
CROSS JOIN LATERAL (SELECT count(*)::int AS reviewed, count(*) FILTER (WHERE i.state = 'finding')::int AS with_findings,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY i.seconds)::int AS seconds
    FROM remit.review_items i WHERE i.reviewed_by = p.id AND i.reviewed_at > :decided
      AND NOT EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.item_id = i.id)) v
LEFT JOIN LATERAL (SELECT r.at, q.name AS by_name, r.reason FROM remit.approver_resets r JOIN remit.people q ON q.id = r.by_id
    WHERE r.person_id = p.id ORDER BY r.at DESC LIMIT 1) b ON true
WHERE p.kind = 'person' AND p.active AND (CAST(:person AS uuid) IS NULL OR p.id = :person)
  AND EXISTS (SELECT FROM remit.person_roles o WHERE o.person_id = p.id AND o.role IN ('sdr', 'ae', 'se', 'manager', 'vp', 'compliance'))
  AND (t.answered > 0 OR d.approved + d.rejected > 0 OR v.reviewed > 0 OR CAST(:person AS uuid) IS NOT NULL)
ORDER BY t.answered DESC, p.name
"""
_ANSWERS: Final = """
SELECT z.id, z.defect, z.rule_id, z.quote, z.subject, z.answer, z.answered_at, z.suggestion_id, z.item_id, a.name AS account
FROM remit.seeded_drafts z JOIN remit.accounts a ON a.id = z.account_id WHERE z.answered_by = :person ORDER BY z.answered_at DESC LIMIT 100
"""


class RestoreApprover(Action):
    """Give somebody the power to approve back, with the reason: what they answered before counts no more."""

    event: ClassVar[str] = "supervision:approver:restore"
    person_id: UUID
    reason: Reason


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who approves or reviews. Counts of real decisions are of 90 days, in what the reader sees; `seconds`: median on an item."""

    id: UUID
    name: str
    reading: Reading
    approved: int
    rejected: int
    reviewed: int
    with_findings: int
    seconds: int | None
    reset_at: datetime | None
    reset_by: str | None
    reset_why: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A seeded draft that somebody answered: caught, missed, or opened (neither)."""

    id: UUID
    defect: str
    rule_id: str
    quote: str
    subject: str
    answer: str
    answered_at: datetime
    suggestion_id: UUID | None
    item_id: UUID | None
    account: str


def list_reviewers(scope: Scope, *, person_id: UUID | None = None) -> list[Reviewer]:
    """Who has answered or decided something, or the one person; whoever does not oversee finds themselves alone."""
    if not may_read(scope):
        if person_id not in (None, scope.person_id):
            return []
        person_id = scope.person_id
    now = clock.now()
    with read(scope) as s:
        rows = s.rows(
            _REVIEWERS,
            {
                "since": now - timedelta(days=WINDOW_DAYS), "most": WINDOW_COUNT, "decided": now - timedelta(days=DECIDED_DAYS), "person": person_id,
            },
        )  # fmt: skip
    return [
        Reviewer(
            row.id, row.name, reading(row.caught, row.answered, row.good_rejected, row.good_decided), row.approved,
            row.rejected, row.reviewed, row.with_findings, row.seconds, row.reset_at, row.reset_by, row.reset_why,
        )
        for row in rows
    ]  # fmt: skip


def get_reviewer(scope: Scope, person_id: UUID) -> tuple[Reviewer, Sequence[Answer]]:
    """One person with the seeded drafts they answered, in what the reader sees. Raises NotFound."""
    found = list_reviewers(scope, person_id=person_id)
    if not found:
        raise NotFound("reviewer")
    with read(scope) as s:
        rows = s.rows(_ANSWERS, {"person": person_id})
    return found[0], [Answer(**row._mapping) for row in rows]


def _person(s: ReadSession, action: RestoreApprover) -> Target:
    row = s.row("SELECT id, name FROM remit.people WHERE id = :id AND kind = 'person' AND active", {"id": action.person_id})  # fmt: skip
    if row is None:
        raise NotFound("person")
    return Target("person", row.id, title=f"Power to approve of {row.name}", attributes={"owner": str(row.id), "key_account": False}, subjects=(row.id,))  # fmt: skip


@handler(RestoreApprover, target=_person)
def restore_approver(tx: WriteSession, action: RestoreApprover, _target: Target) -> Change:
    """They begin anew from here on."""
    before = reading_of(tx, action.person_id)
    if before.may_approve:
        raise Refused("Nothing is taken from them: they may approve.", code="not_lost")
    tx.execute(
        "INSERT INTO remit.approver_resets (id, person_id, by_id, reason, at) VALUES (:id, :person, :by, :why, :at)",
        {"id": new_id(), "person": action.person_id, "by": tx.maker_id, "why": action.reason, "at": tx.now},
    )
    earlier = {"caught": before.caught, "answered": before.answered, "rejected": before.rejected, "decided": before.decided}  # fmt: skip
    return Change("person", action.person_id, earlier, {"approves": True, "reason": action.reason})
