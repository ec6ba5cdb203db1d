"""The message that a draft answers. Its text is from outside: it is shown, and decides neither recipient nor content.

What is taken from it is its subject, which goes back to whoever wrote it, and its identifiers, for the threading headers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.actions import NotFound
from remit.db.sessions import ReadSession
from remit.domains.outreach.rules import MAX_SUBJECT
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.heading import check_heading
from remit.evidence.lexicon import STRONG
from remit.evidence.support import Support

# "Re: AW: [EXTERNAL] Re: …": what mail programs put before a subject
_PREFIXES: Final = re.compile(
    r"^(?:\s*(?:(?:re|aw|antw|sv|rif|fw|fwd|wg|tr)\s*(?:\[\d+\])?\s*:|\[[^\]]{1,40}\]))+\s*", re.IGNORECASE
)
_IDENTIFIER: Final = re.compile(r"<[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}>")
NEUTRAL_SUBJECT: Final = "Re: your message"
NEUTRAL_BEGINNING: Final = "Getting in touch"
# what a person typed has neither a message of the mailbox nor a source: nobody but them says that it came from the contact
_RECEIVED: Final = """
SELECT x.id, x.at, x.contact_id, x.subject, x.body, m.message_id, m.in_reply_to, m.thread_id, m.from_address,
    CASE WHEN m.id IS NULL THEN x.source IS NOT NULL ELSE coalesce((m.detail ->> 'from_the_contact')::boolean, false) END
        AS from_the_contact
FROM remit.activities x LEFT JOIN remit.messages m ON m.message_id = x.message_id AND m.direction = 'in'
WHERE x.id = :id AND x.kind = 'email' AND x.direction = 'in'
"""
# by the activity's id, by the message's row, or by its Message-ID
_FIND: Final = """
SELECT x.id FROM remit.activities x WHERE x.id = CAST(:id AS uuid) AND x.kind = 'email' AND x.direction = 'in'
UNION SELECT x.id FROM remit.messages m JOIN remit.activities x ON x.message_id = m.message_id AND x.account_id = m.account_id
WHERE m.direction = 'in' AND (m.id = CAST(:id AS uuid) OR m.message_id = :text) LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that came in. `thread_id` and `message_id` are None for one imported with the CRM's history or typed by hand.

    `from_the_contact`: it came through the mailbox from the contact's address, or with the CRM's history.
    """

    id: UUID
    at: datetime
    contact_id: UUID | None
    subject: str
    body: str
    message_id: str | None
    in_reply_to: str | None
    thread_id: str | None
    from_address: str | None
    from_the_contact: bool

    @property
    def came_in(self) -> bool:
        """Whether it is known to have come in; what somebody of us typed is their word for it, and lifts no rule."""
        return self.message_id is not None or self.from_the_contact

    def headers(self) -> tuple[str | None, list[str]]:
        """(In-Reply-To, References) of an answer; identifiers that are not of the standard's form are left out."""
        known = [
            one
            for one in (self.in_reply_to, self.message_id)
            if one is not None and _IDENTIFIER.fullmatch(one)
        ]
        answered = self.message_id if self.message_id in known else None
        return answered, list(dict.fromkeys(known))


def load_received(s: ReadSession, activity_id: UUID) -> Received:
    """One received message. Raises NotFound, also for what was sent by us."""
    row = s.row(_RECEIVED, {"id": activity_id})
    if row is None:
        raise NotFound("message")
    return Received(*tuple(row))


def find_received(s: ReadSession, which: str) -> UUID:
    """A received message by id or Message-ID. Raises NotFound."""
    try:
        found_id = UUID(which)
    except ValueError:
        found_id = None
    rows = s.rows(_FIND, {"id": found_id, "text": which.replace("\x00", "").strip()})
    if len(rows) != 1:
        raise NotFound("message")
    found: UUID = rows[0].id
    return found


def bare_subject(subject: str) -> str:
    """The subject without Re:, tags in brackets, and what is no letter, number, sign or blank."""
    plain = "".join(
        " " if unicodedata.category(char).startswith(("C", "Z")) else char for char in subject[:1000]
    )
    return " ".join(_PREFIXES.sub("", plain).split())


def answer_subject(subject: str) -> str:
    """The subject of an answer: one "Re:", of fitting length."""
    bare = bare_subject(subject)
    return f"Re: {bare}"[:MAX_SUBJECT].rstrip() if bare else NEUTRAL_SUBJECT


def repeats_subject(subject: str, received: Received) -> bool:
    """Whether a subject is what the contact wrote, given back: then it is no claim of ours."""
    return received.from_the_contact and subject.strip() == answer_subject(received.subject)


def promises(subject: str, heading: Support) -> bool:
    """Whether a subject promises what no fact says: given back under our name it would be read as our word."""
    return heading.state == "unsupported" and ("%" in subject or STRONG.search(subject) is not None)


def fitting_subject(received: Received, facts: Sequence[Fact], context: Context) -> str:
    """The subject that an answer is drafted with: theirs where that may go back, else one that says nothing."""
    theirs = answer_subject(received.subject)
    subject = theirs if received.came_in else bare_subject(received.subject)[:MAX_SUBJECT].rstrip()
    heading = check_heading(subject, facts, context, answers=received.from_the_contact)
    if subject and (heading.state in ("supported", "not_a_claim")):
        return subject
    if repeats_subject(subject, received) and not promises(subject, heading):
        return subject
    return NEUTRAL_SUBJECT if received.came_in else NEUTRAL_BEGINNING
