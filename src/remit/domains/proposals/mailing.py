"""A proposal by e-mail: its draft, whether its file may leave, the hand-over that counts, the file as delivery sends it.

The e-mail goes the way of every draft. The file is made anew each time and held against the hash that was approved: the same
document gives the same bytes, and what does not is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from remit.actions import Check, Refused, Target
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.activities.noting import add_note
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.attaching import Attached, AttachRules, declare
from remit.domains.outreach.material import gather
from remit.domains.outreach.writing import stored
from remit.domains.proposals import files, leaving, queries
from remit.domains.proposals.files import File, Format
from remit.domains.proposals.issuing import note_issue
from remit.domains.proposals.records import Proposal
from remit.kit import clock
from remit.llm.embedded.covering import compose_covering
from remit.llm.embedded.outreach import WRITER
from remit.scope import Scope

PURPOSE: Final = "proposal"


def draft_email(scope: Scope, proposal: Proposal, contact_id: UUID, format: Format) -> UUID:
    """Write the e-mail to a contact of the account with the approved file; gives the draft's id.

    Raises NotFound, and Refused where nothing is approved, it no longer holds, or the contact is of another account.
    """
    now = clock.now()
    if proposal.expired_on(now.date()):
        raise Refused(
            f"{proposal.reference} held until {proposal.expires_on.isoformat()}. Edit it with a later day, and have it approved again.",
            code="proposal_expired",
        )
    file = leaving.file_to_leave(scope, proposal, format, now.date())
    with read(scope) as s:
        material = gather(s, contact_id, scope.person_id, now)
    attached = Attached(
        proposal_id=proposal.id, sha256=proposal.sha256, format=format, name=file.name, file_sha256=file.sha256, size_bytes=len(file.content),
    )  # fmt: skip
    action = WriteDraft(
        contact_id=contact_id, purpose=PURPOSE, subject=f"Proposal for {material.row.account_name}",
        body=compose_covering(material.reader, material.writer, about=proposal.sha256), writer=WRITER, attached=attached,
    )  # fmt: skip
    return stored(scope, action)


def open_attached(scope: Scope, attached: Attached) -> File:
    """The file as it would leave, for whoever writes or approves the e-mail. Raises NotFound, Refused when it is another by now."""
    with read(scope) as s:
        proposal = queries.load_proposal(s, attached.proposal_id)
        file = files.load_made(s, proposal, attached.format, clock.today())
    if file.sha256 != attached.file_sha256:
        raise Refused(
            f"{proposal.reference} is not what goes with this e-mail any more: it was changed, withdrawn or has expired. Write the e-mail anew.",
            code="file_not_same",
        )
    return file


def why_not(s: ReadSession, attached: Attached, contact_id: UUID, now: datetime) -> str | None:
    """What stands in the way of the file at the last moment of its delivery; None: nothing."""
    return leaving.why_stopped(
        s, queries.load_proposal(s, attached.proposal_id), attached.sha256, contact_id, now.date()
    )


def to_deliver(s: ReadSession, attached: Attached, contact_id: UUID, now: datetime) -> File | str:
    """The file as it leaves, or the sentence that says why it does not."""
    checks, file = _looked_at(s, attached, contact_id, now)
    failed = [one.reason for one in checks if not one.passed]
    return failed[0] if failed or file is None else file


def _may_leave(s: ReadSession, attached: Attached, contact_id: UUID) -> Sequence[Check]:
    return _looked_at(s, attached, contact_id, clock.now())[0]


def _looked_at(
    s: ReadSession, attached: Attached, contact_id: UUID, now: datetime
) -> tuple[Sequence[Check], File | None]:
    """Whether the proposal still may go to this contact and its file is made as it was named; with the file where it may."""
    proposal = queries.load_proposal(s, attached.proposal_id)
    checks = leaving.check_leaving(s, proposal, attached.sha256, contact_id, now)
    if not all(one.passed for one in checks):
        return checks, None
    file = files.load_made(s, proposal, attached.format, now.date())
    made = (file.sha256, file.name, len(file.content))
    same = Check.that(
        "file-same", made == (attached.file_sha256, attached.name, attached.size_bytes),
        f"The file of {proposal.reference} is not made as it was when the e-mail was written. Write the e-mail anew.",
        f"{attached.name} is the file of the approved version (SHA-256 {attached.file_sha256[:12]}…).",
    )  # fmt: skip
    return [*checks, same], file


def _sent(
    tx: WriteSession, attached: Attached, target: Target, contact_id: UUID, effect_id: UUID
) -> Mapping[str, Any]:
    """The same record as of a file that was taken to hand over, with the e-mail that it went with."""
    before = queries.load_proposal(tx, attached.proposal_id)
    issue_id = note_issue(tx, before, attached.format, attached.file_sha256, contact_id, effect_id)
    values = {"state": "issued", "issued_at": before.issued_at or tx.now}
    change_row(tx, "proposals", before.id, before.version, values, what="proposal")
    told = (
        f"{before.document.reference}, {attached.name}, by e-mail to {leaving.reader_name(tx, contact_id)}."
        f" Holds until {before.expires_on.isoformat()}. File {attached.file_sha256}."
    )
    note_id = add_note(
        tx, target, f"Proposal in an e-mail: {before.title}", told, outcome="proposal", opportunity_id=before.opportunity_id
    )  # fmt: skip
    return {
        "proposal_id": str(before.id), "file_sha256": attached.file_sha256, "issue_id": str(issue_id), "note_id": str(note_id),
    }  # fmt: skip


declare(AttachRules(_may_leave, _sent, why_not, to_deliver))
