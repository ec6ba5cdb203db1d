"""A message of ours that another goes on with, in its thread: a correction of it, or the next e-mail of a sequence.

All of it is our own record of what left. Nothing that came in decides which thread it is, or what stands in its headers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.outreach.answering import answer_subject
from remit.scope import Scope

# `before`: what left before it in its thread, to the same reader; a message that failed or was called back never reached them
_EARLIER: Final = """
SELECT m.id, m.message_id, coalesce(m.thread_id, m.message_id) AS thread_id, m.subject, m.at, m.draft_id,
    array(SELECT b.message_id FROM remit.messages b JOIN remit.effects x ON x.id = b.effect_id AND x.state = 'delivered'
          WHERE b.thread_id = m.thread_id AND b.account_id = m.account_id AND b.contact_id = m.contact_id AND b.direction = 'out'
            AND (b.at, b.id) < (m.at, m.id) ORDER BY b.at, b.id) AS before
FROM remit.messages m WHERE m.id = :id AND m.contact_id = :contact AND m.direction = 'out'
"""

_OF_DRAFT: Final = "SELECT continues_message_id, contact_id FROM remit.drafts WHERE id = :id AND continues_message_id IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A message of ours. `before`: the Message-IDs of ours that left before it in its thread, oldest first."""

    id: UUID
    message_id: str
    thread_id: str
    subject: str
    at: datetime
    draft_id: UUID | None = None
    before: tuple[str, ...] = ()

    @property
    def next_subject(self) -> str:
        """The subject of what goes on with it."""
        return answer_subject(self.subject)

    def headers(self) -> tuple[str, list[str]]:
        """(In-Reply-To, References) of what goes on with it."""
        return self.message_id, [*self.before, self.message_id]


def load_earlier(s: ReadSession, message_id: UUID, contact_id: UUID) -> Earlier:
    """A message of ours to this contact. Raises NotFound."""
    row = s.row(_EARLIER, {"id": message_id, "contact": contact_id})
    if row is None:
        raise NotFound("message to this contact")
    return Earlier(
        row.id, row.message_id, row.thread_id, row.subject, row.at, row.draft_id, tuple(row.before)
    )


def find_continued(scope: Scope, draft_id: UUID) -> Earlier | None:
    """The message of ours that a draft goes on with, where it is one that goes on with any."""
    with read(scope) as s:
        row = s.row(_OF_DRAFT, {"id": draft_id})
        return load_earlier(s, row.continues_message_id, row.contact_id) if row is not None else None
