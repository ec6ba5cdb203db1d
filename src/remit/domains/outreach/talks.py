"""Whether we spoke with a contact, by the word of somebody other than who wants to write to them (S1-R2).

The floor of first messages does not hold where a conversation goes on. Whoever wants to send may log a call, a note or a task
themselves, so their own word for it lifts nothing. What does: an answer that came through the mailbox from the contact's address; an e-mail
from them, a call that reached them or a meeting that was held, brought by a CRM or a calendar as somebody else's (not by an import of the writer's own); such a
call or meeting logged by a colleague. What is no message of the mailbox also has to tell what was said, in words of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.outreach.genericity import SUBSTANCE_WORDS, says_something

LATELY: Final = timedelta(days=60)
_ANSWERED: Final = """
SELECT true FROM remit.messages m WHERE m.contact_id = :contact AND m.direction = 'in' AND m.at > :since AND m.at <= :now
  AND m.classification = 'reply' AND coalesce((m.detail ->> 'from_the_contact')::boolean, false) LIMIT 1
"""
# vouched: brought by a CRM or a calendar as another's call or meeting (a rep types their own there, too) or as the contact's e-mail,
# else logged by another person than the writer (an agent speaks for its person)
_TALKED: Final = """
SELECT a.kind, a.at, a.body,
    CASE WHEN a.source IS NOT NULL THEN (a.kind = 'email' OR a.owner_id IS DISTINCT FROM :writer) AND NOT EXISTS (SELECT FROM remit.imports i WHERE i.id = a.import_id AND i.by_id = :writer)
         ELSE a.kind <> 'email' AND EXISTS (SELECT FROM remit.actions l WHERE l.object_type = 'activity' AND l.object_id = a.id
             AND l.kind = 'LogActivity' AND coalesce(l.on_behalf_of, l.actor_id) <> :writer) END AS vouched
FROM remit.activities a WHERE a.account_id = :account AND a.contact_id = :contact AND a.at > :since AND a.at <= :now
  AND ((a.kind = 'call' AND (a.outcome = 'reached' OR (a.outcome IS NULL AND a.source IS NULL)))
    OR (a.kind = 'meeting' AND coalesce(a.outcome, 'held') = 'held') OR (a.kind = 'email' AND a.direction = 'in' AND a.message_id IS NULL))
ORDER BY a.at DESC, a.id LIMIT 20
"""
# notes of talks with others that say the same, word for word: asked for notes that say something only
_COPIED: Final = """
SELECT b.body FROM remit.activities b WHERE b.at > :since AND b.contact_id IS DISTINCT FROM CAST(:contact AS uuid)
  AND b.kind IN ('call', 'meeting') AND b.body = ANY (CAST(:notes AS text[]))
"""


def spoken_with(
    s: ReadSession, account_id: UUID, contact_id: UUID, writer_id: UUID, now: datetime
) -> tuple[bool, str]:
    """(whether a talk of the last 60 days may be relied on, why the newest one may not be, as a sentence or "")."""
    given = {
        "account": account_id,
        "contact": contact_id,
        "writer": writer_id,
        "since": now - LATELY,
        "now": now,
    }
    if s.scalar(_ANSWERED, given):
        return True, ""
    found = s.rows(_TALKED, given)
    notes = [one.body for one in found if one.vouched and says_something(one.body)]
    if notes and set(notes) - {each.body for each in s.rows(_COPIED, given | {"notes": notes})}:
        return True, ""
    if not found:
        return False, ""
    newest = f"The {found[0].kind} of {found[0].at:%Y-%m-%d}"
    if not found[0].vouched:
        return False, (
            f"{newest} lifts nothing: whoever writes has put it on record themselves. One that a CRM, a calendar or a colleague brings counts."
        )
    return False, (
        f"{newest} lifts nothing: its note is shorter than {SUBSTANCE_WORDS} different words, or that of somebody else."
    )
