"""Whose the e-mail of a step is and what it may say: asked by the verbs of drafts when it is written, edited, sent and approved.

Compliance approved the texts of a sequence. Only its worker writes one as a step; whoever enrolled may change it, and it then leaves by
a person's word, never by the remit of an agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check, NotFound, Refused
from remit.db.sessions import ReadSession
from remit.domains.library import queries as library
from remit.domains.library import using
from remit.domains.outreach.stepping import StepRules, declare
from remit.domains.outreach.threads import load_earlier
from remit.domains.sequences import rules, standing
from remit.domains.sequences.hours import leaves
from remit.domains.sequences.parents import check_parent

VIA: Final = "sequence"
"""How the scopes come about under which a sequence's worker writes and asks; `workflows/run_sequences.py` alone starts them."""
_STEP: Final = """
SELECT s.id, s.enrolment_id, s.step, s.done_at, e.contact_id, e.account_id, e.access_id, e.owner_id, e.state, e.entered, e.version_id,
    a.segment, a.key_account, a.name AS account, p.name AS owner
FROM remit.enrolment_steps s JOIN remit.enrolments e ON e.id = s.enrolment_id JOIN remit.accounts a ON a.id = e.account_id
JOIN remit.people p ON p.id = e.owner_id WHERE s.id = :id
"""
_IS_OF_STEP: Final = """
SELECT EXISTS (SELECT FROM remit.sequence_texts WHERE version_id = :plan AND step = :step AND template_version_id = :text)
"""


def load_step(s: ReadSession, step_id: UUID) -> Row[Any]:
    """A step that was taken, with its run. Raises NotFound."""
    row = s.row(_STEP, {"id": step_id})
    if row is None:
        raise NotFound("step of a sequence")
    return row


def check_running(s: ReadSession, step_id: UUID, contact_id: UUID) -> Sequence[Check]:
    """The run of this step goes on, and nothing has come back or changed that ends it: asked when it is written, sent and approved."""
    row = load_step(s, step_id)
    if row.contact_id != contact_id:
        raise NotFound("step of this contact")
    [now] = standing.load(s, [row.enrolment_id])
    found = rules.look(now)
    ended = row.state != "active" or row.done_at is not None
    told = found.why or f"its run is {rules.STATES[row.state]}"
    return [
        Check.that(
            "sequence-running", not ended and not found.what,
            f"It belongs to a sequence that does not go on: {told}. Write to the contact yourself.", "Its sequence is running.",
        )
    ]  # fmt: skip


def check_written(s: ReadSession, step_id: UUID, continues_id: UUID | None) -> Sequence[Check]:
    """The sequence writes its steps itself, for whoever enrolled: nobody puts a text of their own in its place."""
    row = load_step(s, step_id)
    ours = s.scope.via == VIA and s.scope.person_id == row.owner_id
    return [
        Check.that(
            "step-by-sequence", ours,
            "A step's e-mail is written by its sequence, from the text that compliance approved. Write a draft without a step, or edit the step's.",
            "The sequence writes it.",
        ),
        check_parent(s, step_id, continues_id),
    ]  # fmt: skip


def check_edited(s: ReadSession, step_id: UUID) -> Sequence[Check]:
    """Whoever enrolled the contact may change the text; anybody else would take the step's place with theirs."""
    row = load_step(s, step_id)
    return [
        Check.that(
            "step-of-owner", s.scope.person_id == row.owner_id,
            f"It is the e-mail of a sequence of {row.owner}, who may edit it. Reject it and say what to change, or write to the contact yourself.",
            f"{row.owner} enrolled the contact.",
        )
    ]  # fmt: skip


def check_text(s: ReadSession, step_id: UUID, draft: Row[Any]) -> Sequence[Check]:
    """An agent sends only what the approved text gives for this contact now. `draft`: a row of `draft_target`."""
    thread = check_parent(s, step_id, draft.continues_message_id)
    if s.scope.actor.kind != "agent":
        told = "A person asks for it" + ("; it was changed by hand." if draft.edited else ".")
        return [thread, Check("text-as-approved", True, told)]
    why = why_not_as_approved(s, step_id, draft)
    return [
        thread,
        Check.that(
            "text-as-approved", not why, f"An agent sends a step only as it was approved: {why}. Its owner sends it.",
            "It is what the approved text gives.",
        )
    ]  # fmt: skip


def why_not_as_approved(s: ReadSession, step_id: UUID, draft: Row[Any]) -> str:
    """Why a step's draft is not what one of the step's approved texts gives for its reader at this moment; "" where it is."""
    if draft.edited:
        return "it was changed by hand"
    row = load_step(s, step_id)
    text = {"plan": row.version_id, "step": row.step, "text": draft.template_version_id}
    if not s.scalar(_IS_OF_STEP, text):
        return "it was not written from a text of this step"
    version = library.load_version(s, draft.template_version_id)
    try:
        now = using.load_used(s, version, row.contact_id, entered_of(row.entered, version), 0).rendered
    except Refused as error:
        return f"the approved text cannot be said any more ({error.message.rstrip('.')})"
    subject = now.subject
    if draft.continues_message_id is not None:
        subject = load_earlier(s, draft.continues_message_id, row.contact_id).next_subject
    same = (subject, now.body) == (draft.subject, draft.body)
    return "" if same else "the approved text gives another e-mail now"


def entered_of(entered: dict[str, str], version: library.Version) -> dict[str, str]:
    """What was entered at enrolling that this text asks for."""
    names = {one.name for one in version.template.variables}
    return {name: text for name, text in entered.items() if name in names}


declare(StepRules(check_running, check_written, check_edited, check_text, leaves))
