"""Drafts that a step of a sequence was written as: the slice of sequences says here when one may be written or sent, and puts it away.

Outreach knows nothing of sequences; it asks whoever declared itself, and without anybody no such draft passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.actions.suggestions import void_for_object
from remit.db.sessions import ReadSession, WriteSession

StepCheck = Callable[[ReadSession, UUID, UUID], Sequence[Check]]
"""(session, step of an enrolment, contact) to the conditions under which its e-mail may be written or sent."""

_PUT_AWAY: Final = """
UPDATE remit.drafts SET state = 'discarded', updated_at = :at, version = version + 1 WHERE id = :id AND state = 'draft'
"""
_declared: list[StepCheck] = []


def declare(check: StepCheck) -> StepCheck:
    """Register the check of steps; the last one counts (a module that is loaded twice declares twice)."""
    _declared[:] = [check]
    return check


def check_step(s: ReadSession, step_id: UUID | None, contact_id: UUID) -> Sequence[Check]:
    """The conditions for a draft of this step; none for a draft that belongs to no step."""
    if step_id is None:
        return []
    if not _declared:
        return [
            Check(
                "sequence-running",
                False,
                "Nobody here knows of sequences; start Remit with all of its parts.",
            )
        ]
    return _declared[0](s, step_id, contact_id)


def void_waiting(tx: WriteSession, draft_ids: Sequence[UUID], why: str) -> int:
    """Void what waits for approval about these drafts, inside the action under way; gives how many."""
    return sum(void_for_object(tx, "draft", each, why) for each in draft_ids)


def put_away(tx: WriteSession, draft_ids: Sequence[UUID], why: str) -> int:
    """Discard these drafts with what waits about them, inside the action under way; gives how many were open."""
    void_waiting(tx, draft_ids, why)
    return sum(tx.execute(_PUT_AWAY, {"id": each, "at": tx.now}).rowcount for each in draft_ids)
