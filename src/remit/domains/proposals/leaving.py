"""What may leave of a proposal: the version that was approved last, while it still holds, to a contact of its own account."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from remit.actions import Check, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.consent.queries import must_not_contact
from remit.domains.outreach.rules import check_do_not_contact
from remit.domains.proposals import examining, files, pricing, queries
from remit.domains.proposals.files import File, Format
from remit.domains.proposals.records import Proposal
from remit.kit.text import shorten
from remit.scope import Scope

_READER: Final = """
SELECT first_name || ' ' || last_name AS name, coalesce(email, '') AS email, account_id FROM remit.contacts WHERE id = :id
"""


def file_to_leave(scope: Scope, proposal: Proposal, format: Format, today: date) -> File:
    """The file that may leave. Raises Refused where nothing is approved; the act that lets it leave is asked before it is given."""
    with read(scope) as s:
        if not _is_approved(s, proposal, proposal.sha256):
            raise Refused(
                "Only an approved proposal can be handed over. Ask for its approval first.", code="proposal_not_approved"
            )  # fmt: skip
        return files.load_made(s, proposal, format, today)


def check_leaving(
    s: ReadSession, proposal: Proposal, sha256: str, contact_id: UUID, now: datetime
) -> list[Check]:
    """Whether the version with this hash may go to this contact now."""
    reader = s.row(_READER, {"id": contact_id})
    theirs = reader is not None and reader.account_id == proposal.account_id
    return [
        Check.that(
            "proposal-reader", theirs, f"It is for {proposal.account}, and the contact is none of theirs. Choose one of {proposal.account}.",
            "It goes to a contact of its own account.",
        ),
        Check.that(
            "proposal-approved", _is_approved(s, proposal, sha256),
            "Only the version that was approved last can be handed over, and nothing of it may have been changed since.",
            "It is the approved version.",
        ),
        check_do_not_contact(must_not_contact(s, reader.email if reader else "", proposal.account_id)),
        *examining.load_examined(s, proposal, now).checks,
    ]  # fmt: skip


def why_stopped(s: ReadSession, proposal: Proposal, sha256: str, contact_id: UUID, today: date) -> str | None:
    """What stands in the way at the last moment; None: nothing. As `check_leaving` without reading every line again."""
    reader = s.row(_READER, {"id": contact_id})
    if reader is None or reader.account_id != proposal.account_id:
        return f"The proposal is for {proposal.account}, and the contact is none of theirs any more."
    if proposal.state == "withdrawn":
        return f"{proposal.reference} was withdrawn after the e-mail was approved."
    if not _is_approved(s, proposal, sha256):
        return f"{proposal.reference} was changed, or a newer version was approved, after the e-mail was approved."
    if proposal.expired_on(today):
        return f"{proposal.reference} held until {proposal.expires_on.isoformat()}: that day is past."
    gone = pricing.superseded(s, proposal.document.lines, today)
    return shorten(gone[0], 300) if gone else None


def reader_name(s: ReadSession, contact_id: UUID) -> str:
    """The contact, or "the contact" where they cannot be seen."""
    row = s.row(_READER, {"id": contact_id})
    return (row.name.strip() if row else "") or "the contact"


def _is_approved(s: ReadSession, proposal: Proposal, sha256: str) -> bool:
    versions = queries.load_versions(s, proposal.id)
    return (
        proposal.state in ("approved", "issued")
        and bool(versions)
        and versions[0].sha256 == sha256 == proposal.sha256
    )
