"""Verbs of decision: agree to a discount (S1-H4), approve a proposal (S3-H3), take a file of it to hand over."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from pydantic import StringConstraints

from remit.actions import Change, Check, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.activities.noting import add_note
from remit.domains.proposals import examining, files, leaving, queries, rules, templates
from remit.domains.proposals.issuing import note_issue
from remit.domains.proposals.working import Timed, note_work, proposal_target
from remit.kit import clock
from remit.kit.ids import new_id

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_VERSION: Final = """
INSERT INTO remit.proposal_versions (id, proposal_id, account_id, access_id, number, terms, document, sha256, template_sha256, approved_by, approved_at)
SELECT :id, p.id, p.account_id, p.access_id, :number, p.terms, p.document, p.sha256, p.template_sha256, :by, :now
FROM remit.proposals p WHERE p.id = :proposal
"""


class ApproveDiscount(Timed):
    """Agree to the discount of exactly these terms: other products, quantities, terms or rates need a new yes."""

    event: ClassVar[str] = "proposal:discount:approve"
    proposal_id: UUID
    terms_sha256: Hash


class ApproveProposal(Timed):
    """Approve exactly this document. Not by whoever drew it up or edited it."""

    event: ClassVar[str] = "proposal:approve"
    proposal_id: UUID
    expected_version: int
    sha256: Hash
    template_sha256: Hash | Literal[""] = ""


class IssueProposal(Timed):
    """Take a file of the approved version to hand over to the contact: on the record before it leaves."""

    event: ClassVar[str] = "proposal:issue"
    proposal_id: UUID
    sha256: Hash
    format: Literal["pdf", "docx"]
    file_sha256: Hash


def _discount(session: ReadSession, action: ApproveDiscount) -> Target:
    found = queries.load_proposal(session, action.proposal_id)
    return proposal_target(session, action.proposal_id, discount_bp=found.discount_bp)


def _proposal(session: ReadSession, action: ApproveProposal | IssueProposal) -> Target:
    return proposal_target(session, action.proposal_id)


def _same_terms(session: ReadSession, action: ApproveDiscount, _target: Target) -> list[Check]:
    found = queries.load_proposal(session, action.proposal_id)
    return [
        Check.that(
            "terms-same", found.terms_sha256 == action.terms_sha256 and found.state == "draft",
            "The terms have changed since, or the proposal is no draft any more. Look at it again.", "These are the terms.",
        ),
        Check.that(
            "discount-there", found.discount_bp > 0 and not found.agreed, "There is no discount to agree to.", "The discount is open.",
        ),
    ]  # fmt: skip


def _ready(session: ReadSession, action: ApproveProposal, _target: Target) -> list[Check]:
    """All that stands in it holds today."""
    found = queries.load_proposal(session, action.proposal_id)
    same = Check.that(
        "document-same", found.sha256 == action.sha256 and found.state == "draft",
        "The proposal has changed since, or is approved already. Read it again.", "This is the document.",
    )  # fmt: skip
    template = Check.that(
        "template-same", templates.load_in_use(session).sha256 == action.template_sha256,
        "The Word template is not the one in use. Look at the proposal again, with its file.", "This is the template in use.",
    )  # fmt: skip
    agreed = rules.check_discount(found.discount_bp, found.discount_sha256, found.terms_sha256)
    return [same, template, agreed, *examining.load_examined(session, found, clock.now()).checks]


def _current(session: ReadSession, action: IssueProposal, _target: Target) -> list[Check]:
    """What leaves is the approved version, still holds, and its reader may be written to."""
    found = queries.load_proposal(session, action.proposal_id)
    return leaving.check_leaving(session, found, action.sha256, found.contact_id, clock.now())


@handler(ApproveDiscount, target=_discount, checks=[_same_terms])
def approve_discount(tx: WriteSession, action: ApproveDiscount, target: Target) -> Change:
    """Bound to the hash of the terms."""
    before = queries.load_proposal(tx, action.proposal_id)
    who = tx.approver_id or tx.maker_id
    values = {"discount_sha256": before.terms_sha256, "discount_by": who, "discount_at": tx.now}
    change_row(tx, "proposals", before.id, before.version, values, what="proposal")
    note_work(tx, before.id, target, action, "discount")
    after = {"discount_bp": before.discount_bp, "terms_sha256": before.terms_sha256, "discount_by": str(who)}
    return Change(
        "proposal", before.id, {"discount_sha256": before.discount_sha256}, after, result={"version": before.version + 1}
    )  # fmt: skip


@handler(ApproveProposal, target=_proposal, checks=[_ready])
def approve_proposal(tx: WriteSession, action: ApproveProposal, target: Target) -> Change:
    """Keep the version for good, and how long was worked on it until the approval of what its buyer got."""
    before = queries.load_proposal(tx, action.proposal_id)
    who = tx.approver_id or tx.maker_id
    if who in queries.load_makers(tx, before):
        raise Refused(
            "Whoever drew a proposal up, or edited it since its last approval, does not approve it; a colleague does.",
            code="not_permitted_by_policy",
        )
    note_work(tx, before.id, target, action, "approve")
    values = {
        "state": "approved", "approved_by": who, "approved_at": tx.now, "approved_number": before.approved_number + 1,
        "template_sha256": action.template_sha256,
    }  # fmt: skip
    if before.issued_at is None:  # all that was worked on it until its buyer got it (S1-G4)
        worked = rules.active_minutes(
            queries.load_work(tx, before.id, action.payload_hash()), before.document.words
        )
        values |= {"first_approved_at": before.first_approved_at or tx.now, "active_minutes": worked}
    change_row(tx, "proposals", before.id, action.expected_version, values, what="proposal")
    given = {
        "id": new_id(),
        "proposal": before.id,
        "number": before.approved_number + 1,
        "by": who,
        "now": tx.now,
    }
    tx.execute(_VERSION, given)
    after = {
        "state": "approved",
        "sha256": before.sha256,
        "number": before.approved_number + 1,
        "approved_by": str(who),
    }
    return Change(
        "proposal", before.id, {"state": before.state}, after, evidence_ids=before.document.fact_ids(),
        result={"version": action.expected_version + 1, "number": before.approved_number + 1},
    )  # fmt: skip


@handler(IssueProposal, target=_proposal, checks=[_current])
def issue_proposal(tx: WriteSession, action: IssueProposal, target: Target) -> Change:
    """Record the hand-over, with a note on the account's timeline. The hash on record is that of the file as it is made here."""
    before = queries.load_proposal(tx, action.proposal_id)
    file_sha256 = files.load_made(tx, before, action.format, tx.now.date()).sha256
    if action.file_sha256 != file_sha256:
        raise Refused(
            f"The file named is not the one that this version makes (SHA-256 {file_sha256}). Take the file from here, and name it.",
            code="file_not_same",
        )
    name = leaving.reader_name(tx, before.contact_id)
    issue_id = note_issue(tx, before, action.format, file_sha256, before.contact_id)
    values = {"state": "issued", "issued_at": before.issued_at or tx.now}
    change_row(tx, "proposals", before.id, before.version, values, what="proposal")
    note_work(tx, before.id, target, action, "issue")
    told = f"{before.document.reference}, {action.format.upper()}, to {name}. Holds until {before.expires_on.isoformat()}. File {file_sha256}."
    note_id = add_note(
        tx, target, f"Proposal handed over: {before.title}", told, outcome="proposal", opportunity_id=before.opportunity_id
    )  # fmt: skip
    after = {
        "state": "issued", "format": action.format, "file_sha256": file_sha256, "contact_id": str(before.contact_id),
        "note_id": str(note_id),
    }  # fmt: skip
    return Change(
        "proposal", before.id, {"state": before.state}, after, result={"issue_id": str(issue_id), "version": before.version + 1}
    )  # fmt: skip
