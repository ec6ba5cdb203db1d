"""Which message of a run its next e-mail goes on with: the last one that really left, under the address that it leaves from now."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit import settings
from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.library.steps import Step
from remit.domains.library.using import Used
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.answering import bare_subject
from remit.domains.outreach.threads import Earlier, load_earlier
from remit.evidence.heading import check_heading

# delivered: accepted by the server that it was handed to, with a receipt. Another address of the reader or of ours is another conversation
_PARENT: Final = """
SELECT m.id FROM remit.enrolment_steps t JOIN remit.enrolments r ON r.id = t.enrolment_id JOIN remit.contacts c ON c.id = r.contact_id
JOIN remit.people p ON p.id = r.owner_id JOIN remit.enrolment_steps s ON s.enrolment_id = r.id AND s.id <> t.id
JOIN remit.drafts d ON d.enrolment_step_id = s.id AND d.state = 'sent' JOIN remit.messages m ON m.effect_id = d.effect_id AND m.draft_id = d.id
JOIN remit.effects e ON e.id = m.effect_id AND e.state = 'delivered'
WHERE t.id = :step AND m.direction = 'out' AND m.contact_id = r.contact_id AND lower(m.to_address) = lower(btrim(c.email))
  AND lower(m.from_address) = lower(coalesce(nullif(:sender, ''), p.email)) ORDER BY m.at DESC, m.id DESC LIMIT 1
"""


def find_parent(s: ReadSession, step_id: UUID, contact_id: UUID) -> Earlier | None:
    """The message that this step's e-mail goes on with; None where none left, and it begins a thread."""
    found = s.scalar(_PARENT, {"step": step_id, "sender": settings.load().mail_from_address})
    return load_earlier(s, found, contact_id) if found is not None else None


def check_parent(s: ReadSession, step_id: UUID, continues_id: UUID | None) -> Check:
    """A step goes on with what left of its own run, or with nothing."""
    given = {"step": step_id, "sender": settings.load().mail_from_address}
    return Check.that(
        "thread-of-run", continues_id is None or s.scalar(_PARENT, given) == continues_id,
        "It goes on with a message that is not the last one which left in this run, or that went to or from another address. Discard it and"
        " resume the run; the next e-mail finds its thread anew.",
        "It goes on with the last message that left in this run." if continues_id else "It begins a thread.",
    )  # fmt: skip


def in_thread(s: ReadSession, action: WriteDraft, used: Used, step: Step, step_id: UUID) -> WriteDraft:
    """A step's draft, going on in the thread of the e-mail before it where the plan says so, one left, and its subject can be said today."""
    action = action.model_copy(update={"enrolment_step_id": step_id})
    parent = find_parent(s, step_id, action.contact_id) if step.thread == "continue" else None
    if parent is None:
        return action
    heading = check_heading(bare_subject(parent.subject), used.material.facts, used.material.context)
    if heading.state not in ("supported", "not_a_claim"):
        return action  # what the first one promised in its subject has fallen: it is not said again
    return action.model_copy(
        update={"continues_message_id": parent.id, "subject": parent.next_subject, "subjects": []}
    )
