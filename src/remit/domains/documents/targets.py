"""A document as the door sees it: found under the actor's own view, with what policy reads of its account."""

from __future__ import annotations

from uuid import UUID

from remit.actions import NotFound, Target
from remit.db.sessions import ReadSession
from remit.domains.accounts.targets import account_target


def document_target(s: ReadSession, document_id: UUID) -> Target:
    """The target for an act on a document: its account's, so that the account's rules hold. Raises NotFound."""
    row = s.row(
        "SELECT id, account_id, title, version FROM remit.documents WHERE id = :id", {"id": document_id}
    )
    if row is None:
        raise NotFound("document")
    if row.account_id is None:
        return Target("document", row.id, version=row.version, title=row.title)
    found = account_target(s, row.account_id, title=row.title)
    return Target(
        "document", row.id, found.account_id, found.access_id, found.segment, version=row.version, title=row.title,
        attributes=found.attributes,
    )  # fmt: skip
