"""The account as the door sees it: found under the actor's own view, with what policy reads."""

from __future__ import annotations

from uuid import UUID

from remit.actions import NotFound, Target
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
        attributes={
            "owner": str(row.owner_id or ""),
            "key_account": row.key_account,
            "segment": row.segment,
        },
    )
