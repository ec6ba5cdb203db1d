"""What an account's newest 13F shows, beside the one of the quarter before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.documents import holdings, queries
from remit.domains.documents.queries import Document
from remit.knowledge.filings.changes import Changes, Position
from remit.knowledge.filings.model import Report, Warned


@dataclass(frozen=True, slots=True)
class Holdings:
    """A report with its positions, the largest first, and what became of them; `moves` None without an earlier report."""

    document: Document
    report: Report
    positions: tuple[Position, ...]
    previous: Document | None
    moves: Changes | None
    doubts: tuple[Warned, ...]


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[Report, tuple[Position, ...]]:
    report = holdings.from_text(text)
    return report, tuple(holdings.positions_of(report))


def of_documents(document: Document, previous: Document | None) -> Holdings:
    """The holdings in a 13F document against the previous one."""
    report, positions = _read(document.text)
    if previous is None:
        return Holdings(document, report, positions, None, None, ())
    moves, doubts = holdings.moves(report, _read(previous.text)[0])
    return Holdings(document, report, positions, previous, moves, tuple(doubts))


def load_holdings(s: ReadSession, account_id: UUID) -> Holdings | None:
    """The account's newest 13F with a table; None when it has none on record."""
    found = queries.load_of_account(s, account_id, "13F", limit=1)
    if not found:
        return None
    document = queries.load_document(s, found[0].id)
    return of_documents(document, queries.find_previous(s, document))
