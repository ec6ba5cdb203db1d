"""The account as the door sees it: found under the actor's own view, with what policy reads."""

from __future__ import annotations

from uuid import UUID

from remit.actions import NotFound, Target, attributes_of
from remit.db.sessions import ReadSession

_FIND = """
SELECT id, access_id, name, segment, key_account, owner_id, version FROM remit.accounts WHERE id = :id
"""


def account_target(session: ReadSession, account_id: UUID, *, channel: str = "*", title: str = "") -> Target:
    """The target for an act on an account. Raises NotFound, also where it may not be seen."""
    row = session.row(_FIND, {"id": account_id})
    if row is None:
        raise NotFound("account")
    return Target(
        type="account",
        id=row.id,
        account_id=row.id,
        access_id=row.access_id,
        segment=row.segment,
        channel=channel,
        version=row.version,
        title=title or row.name,
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )


def check_of_account(
    session: ReadSession,
    account_id: UUID | None,
    *,
    contact_id: UUID | None = None,
    opportunity_id: UUID | None = None,
) -> None:
    """A contact or a deal named with an act belongs to its account. Raises NotFound, also where it may not be seen.

    Foreign keys do not ask who is looking: without this an act could name, and so find out, what lies elsewhere.
    """
    for found_id, query, what in (
        (contact_id, "SELECT account_id FROM remit.contacts WHERE id = :id", "contact of this account"),
        (opportunity_id, "SELECT account_id FROM remit.opportunities WHERE id = :id", "deal of this account"),
    ):
        if found_id is None:
            continue
        if account_id is None or session.scalar(query, {"id": found_id}) != account_id:
            raise NotFound(what)
