"""Drafts that a step of a sequence was written as: the slice of sequences says here when one may be written or sent, and puts it away.

Outreach knows nothing of sequences; it asks whoever declared itself, and without anybody no such draft passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check
from remit.actions.suggestions import void_for_objects
from remit.db.sessions import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class StepRules:
    """What the slice of sequences asks of a step's draft; each gives conditions for (session, step of an enrolment, …).

    running: … contact: whether its e-mail may be written or sent at all. written: … message that it goes on with: by whom a draft may
    be put there, and in which thread. edited: who may
    change it. text: … draft (a row of `draft_target`): who may send what it says. leaves: … instant: when an e-mail that may be sent
    then leaves, None for at once.
    """

    running: Callable[[ReadSession, UUID, UUID], Sequence[Check]]
    written: Callable[[ReadSession, UUID, UUID | None], Sequence[Check]]
    edited: Callable[[ReadSession, UUID], Sequence[Check]]
    text: Callable[[ReadSession, UUID, Row[Any]], Sequence[Check]]
    leaves: Callable[[ReadSession, UUID, datetime], datetime | None]


_PUT_AWAY: Final = """
UPDATE remit.drafts SET state = 'discarded', updated_at = :at, version = version + 1
WHERE id = ANY (CAST(:ids AS uuid[])) AND state = 'draft'
"""
_NO_STEP: Final = Check(
    "thread-of-run", False, "Only the e-mail of a sequence goes on with a message that nobody answered; answer one that came in instead."
)  # fmt: skip
_declared: list[StepRules] = []
_NOBODY: Final = Check(
    "sequence-running", False, "Nobody here knows of sequences; start Remit with all of its parts."
)


def declare(found: StepRules) -> None:
    """Register the rules of steps; the last ones count (a module that is loaded twice declares twice)."""
    _declared[:] = [found]


def check_written(
    s: ReadSession, step_id: UUID | None, contact_id: UUID, continues_id: UUID | None
) -> Sequence[Check]:
    """The conditions for a new draft of this step; of a draft that belongs to no step, only that it goes on with nothing."""
    if step_id is None:
        return [] if continues_id is None else [_NO_STEP]
    if not _declared:
        return [_NOBODY]
    [asks] = _declared
    return [*asks.running(s, step_id, contact_id), *asks.written(s, step_id, continues_id)]


def check_edited(s: ReadSession, step_id: UUID | None) -> Sequence[Check]:
    """The conditions for another text in the draft of this step."""
    if step_id is None:
        return []
    return _declared[0].edited(s, step_id) if _declared else [_NOBODY]


def check_sent(s: ReadSession, draft: Row[Any]) -> Sequence[Check]:
    """The conditions for sending a draft (a row of `draft_target`) that is a step's."""
    step_id = draft.enrolment_step_id
    if step_id is None:
        return []
    if not _declared:
        return [_NOBODY]
    [asks] = _declared
    return [*asks.running(s, step_id, draft.contact_id), *asks.text(s, step_id, draft)]


def leaves_at(s: ReadSession, step_id: UUID | None, now: datetime) -> datetime | None:
    """When the e-mail of a step leaves that is sent now: at the first hour at which its reader may be written to; None: at once."""
    return _declared[0].leaves(s, step_id, now) if step_id is not None and _declared else None


def void_waiting(tx: WriteSession, draft_ids: Sequence[UUID], why: str) -> int:
    """Void what waits for approval about these drafts, inside the action under way; gives how many."""
    return void_for_objects(tx, "draft", draft_ids, why) if draft_ids else 0


def put_away(tx: WriteSession, draft_ids: Sequence[UUID], why: str) -> int:
    """Discard these drafts with what waits about them, inside the action under way; gives how many were open."""
    if not draft_ids:
        return 0
    void_waiting(tx, draft_ids, why)
    return tx.execute(_PUT_AWAY, {"ids": list(draft_ids), "at": tx.now}).rowcount
