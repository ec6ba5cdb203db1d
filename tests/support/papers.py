"""A paper of our own that buyers may be quoted from: added by one person, released by another."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from remit.actions import Performed, perform
from remit.domains.documents.actions import AddDocument
from remit.domains.questionnaires.releasing import ReleasePaper
from remit.kit import clock
from tests.support.cast import Cast

TEXT = (
    "Security overview\n\n1.1 Lockout\nAn account is locked after five failed sign-on attempts.\n\n"
    "1.2 Backups\nBackups are taken every night and kept in a second site. The recovery point objective is 40 minutes.\n\n"
    "1.3 Penetration tests\nAn outside firm does penetration tests once a year."
)


def added(cast: Cast, text: str = TEXT, *, by: str = "cora", title: str = "Security overview") -> UUID:
    """A document of our own, not released."""
    done = perform(
        cast.scope(by), AddDocument(document_kind="other", title=title, source_name="ours", text=text, published_on=clock.today() - timedelta(days=40))
    )  # fmt: skip
    assert isinstance(done, Performed)
    return UUID(str(done.result["document_id"]))


def release(cast: Cast, document_id: UUID, *, by: str, owner: str = "alice", days: int = 100) -> None:
    """Buyers may be quoted from it."""
    action = ReleasePaper(
        document_id=document_id,
        owner_id=cast.people[owner],
        review_by_on=clock.today() + timedelta(days=days),
    )
    assert isinstance(perform(cast.scope(by), action), Performed)
