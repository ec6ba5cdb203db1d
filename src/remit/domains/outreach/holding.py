"""A draft that a restore holds: it may have been sent since the backup was made. One person looks, and lets it go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.outreach.targets import draft_target

# a suggestion about it that waited in the backup is held itself: once a person released that one, they have looked
_HELD: Final = """
SELECT d.held FROM remit.drafts d WHERE d.id = :id AND d.held <> '' AND NOT EXISTS (SELECT FROM remit.suggestions g
    WHERE g.object_type = 'draft' AND g.object_id = d.id AND g.state = 'waiting' AND g.held = '')
"""


class ReleaseDraft(Action):
    """Somebody looked: what a restore holds was not sent since the backup. `reason`: how they know."""

    event: ClassVar[str] = "draft:release"
    draft_id: UUID
    reason: str = Field(max_length=1000)


def check_held(s: ReadSession, draft_id: UUID) -> Sequence[Check]:
    """Whether nothing holds the draft, or somebody has looked since."""
    why = s.scalar(_HELD, {"id": draft_id})
    return [Check.that("draft-held", not why, str(why or ""), "No restore holds it.")]


def _draft(s: ReadSession, action: ReleaseDraft) -> Target:
    return draft_target(s, action.draft_id)[0]


@handler(ReleaseDraft, target=_draft)
def release_draft(tx: WriteSession, action: ReleaseDraft, _target: Target) -> Change:
    """Let it be sent like any other."""
    reason = action.reason.strip()
    if not reason:
        raise Refused("Say how you know that it was not sent already.", code="reason_missing")
    held = tx.scalar(
        "SELECT held FROM remit.drafts WHERE id = :id AND state = 'draft' FOR UPDATE", {"id": action.draft_id}
    )
    if not held:
        raise Refused("This draft is not held.", code="not_held")
    tx.execute(
        "UPDATE remit.drafts SET held = '', updated_at = :now WHERE id = :id",
        {"id": action.draft_id, "now": tx.now},
    )
    return Change("draft", action.draft_id, {"held": held}, {"held": "", "reason": reason})
