"""What an account's newest 13F shows, beside the quarter before."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.documents import quarters
from remit.domains.documents.quarters import Quarter
from remit.domains.documents.queries import Document
from remit.knowledge.filings.changes import Changes, Position
from remit.knowledge.filings.model import Report, Warned


@dataclass(frozen=True, slots=True)
class Holdings:
    """A quarter with its positions, the largest first, and what became of them; `moves` None without the quarter before.

    `added`: amendments whose rows are among them.
    """

    document: Document
    added: tuple[Document, ...]
    report: Report
    positions: tuple[Position, ...]
    previous: Document | None
    moves: Changes | None
    doubts: tuple[Warned, ...]


def of_quarters(now: Quarter, before: Quarter | None) -> Holdings:
    """The holdings of a quarter against the one before."""
    changed, doubts = quarters.moves(now, before) if before else (None, now.doubts)
    previous = before.document if before else None
    return Holdings(now.document, now.added, now.report, now.positions, previous, changed, doubts)


def load_holdings(s: ReadSession, account_id: UUID) -> Holdings | None:
    """The account's newest whole 13F; None when it has none on record."""
    now = quarters.load_newest(s, account_id)
    return of_quarters(now, quarters.load_before(s, now)) if now else None


def load_of_document(s: ReadSession, document: Document) -> Holdings:
    """The holdings of the quarter that a 13F document is of."""
    now = quarters.load_of_document(s, document)
    return of_quarters(now, quarters.load_before(s, now))
