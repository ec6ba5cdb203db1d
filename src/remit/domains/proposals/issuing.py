"""The record of a hand-over: which file of which version, for whom, by whom, with which e-mail."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.db.sessions import WriteSession
from remit.domains.proposals.files import Format
from remit.domains.proposals.records import Proposal
from remit.kit.ids import new_id

_ISSUE: Final = """
INSERT INTO remit.proposal_issues (id, proposal_id, account_id, access_id, number, contact_id, format, file_sha256, by_id, at, effect_id)
VALUES (:id, :proposal, :account, :access, :number, :contact, :format, :sha256, :by, :now, :effect)
"""


def note_issue(
    tx: WriteSession, proposal: Proposal, format: Format, file_sha256: str, contact_id: UUID, effect_id: UUID | None = None
) -> UUID:  # fmt: skip
    """Write it inside the action under way; gives its id. `effect_id`: the e-mail that the file goes with."""
    issue_id = new_id()
    tx.execute(
        _ISSUE,
        {
            "id": issue_id, "proposal": proposal.id, "account": proposal.account_id, "access": proposal.access_id,
            "number": proposal.approved_number, "contact": contact_id, "format": format, "sha256": file_sha256, "by": tx.maker_id,
            "now": tx.now, "effect": effect_id,
        },
    )  # fmt: skip
    return issue_id
