"""A note on an account that another slice leaves while it acts: a brief that was kept, for example."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit.actions import Target
from remit.db.sessions import WriteSession
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.activities (id, at, account_id, access_id, kind, subject, body, opportunity_id, owner_id, outcome, done_at)
VALUES (:id, :now, :account, :access, 'note', :subject, :body, :deal, :owner, :outcome, :now)
"""


def add_note(
    tx: WriteSession, target: Target, subject: str, body: str, *, outcome: str, opportunity_id: UUID | None = None
) -> UUID:  # fmt: skip
    """Write the note inside the action under way; gives its id. `outcome` is one word for what it is."""
    note_id = new_id()
    tx.execute(
        _INSERT,
        {
            "id": note_id, "now": tx.now, "account": target.account_id, "access": target.access_id, "subject": subject, "body": body,
            "deal": opportunity_id, "owner": tx.scope.person_id, "outcome": outcome,
        },
    )  # fmt: skip
    return note_id
