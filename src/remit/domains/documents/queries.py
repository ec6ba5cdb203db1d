"""Reading documents: one, an account's list, and the one before it of its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.documents.rules import DocumentKind, kind_name
from remit.kit import paging
from remit.scope import Scope

_HEAD: Final = """d.id, d.account_id, a.name AS account, d.kind, d.title, d.source_name, d.accession_number, d.published_on,
    d.period_end_on, char_length(d.text) AS characters_count, d.state, p.name AS added_by, d.added_at, d.version,
    d.added_by AS added_by_id, coalesce(p.kind IN ('workflow', 'connector'), false) AS fetched"""
_FROM: Final = """FROM remit.documents d LEFT JOIN remit.accounts a ON a.id = d.account_id
    LEFT JOIN remit.people p ON p.id = d.added_by"""
_ONE: Final = f"SELECT {_HEAD}, d.text, d.sha256, d.headings, d.page_starts, d.warnings, d.replaced_by {_FROM} WHERE d.id = :id"
# newest first by the day that it is of; a document without one counts from the day it was added
_DAY: Final = "coalesce(d.period_end_on, d.published_on, CAST(d.added_at AS date))"
_OF_ACCOUNT: Final = f"""
SELECT {_HEAD} {_FROM} WHERE d.account_id = :account AND d.state = 'live'
    AND (CAST(:kind AS text) IS NULL OR d.kind = :kind) ORDER BY {_DAY} DESC, d.id DESC LIMIT :limit
"""
# an amendment is of the same period as what it amends: that is no period before
_PREVIOUS: Final = f"""
SELECT d.id {_FROM} WHERE d.account_id IS NOT DISTINCT FROM :account AND d.kind = :kind AND d.state = 'live'
    AND ({_DAY}, d.id) < (:day, :id)
    AND (CAST(:period AS date) IS NULL OR d.period_end_on IS NULL OR d.period_end_on < :period) ORDER BY {_DAY} DESC, d.id DESC LIMIT 1
"""
_ALL: Final = f"""
SELECT {_HEAD} {_FROM} WHERE d.state = 'live' AND (CAST(:kind AS text) IS NULL OR d.kind = :kind) {{after}}
ORDER BY d.added_at DESC, d.id DESC LIMIT :limit
"""
OF_ACCOUNT: Final = 200


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in a list, without its text. `account_id` None: it belongs to our own firm.

    `fetched`: Remit took it from EDGAR or a feed by itself; else a person uploaded or pasted it, and its kind is their word.
    """

    id: UUID
    account_id: UUID | None
    account: str | None
    kind: DocumentKind
    title: str
    source_name: str
    accession_number: str | None
    published_on: date | None
    period_end_on: date | None
    characters_count: int
    state: str
    added_by: str
    added_at: datetime
    version: int
    added_by_id: UUID | None
    fetched: bool

    @property
    def day(self) -> date:
        """The day that it is of: the end of its period, else its publication, else the day it was added."""
        return self.period_end_on or self.published_on or self.added_at.date()

    @property
    def kind_name(self) -> str:
        """What its kind is called on a page."""
        return kind_name(self.kind)


@dataclass(frozen=True, slots=True)
class Document:
    """A document whole. Its text was written by others: data, never an instruction. Offsets count its characters."""

    head: DocumentRow
    text: str
    sha256: str
    headings: tuple[tuple[int, int], ...]
    page_starts: tuple[int, ...]
    warnings: tuple[str, ...]
    replaced_by: UUID | None

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.head.id

    @property
    def kind(self) -> DocumentKind:
        """Its kind."""
        return self.head.kind


def _row(row: Row[Any]) -> DocumentRow:
    return DocumentRow(
        row.id, row.account_id, row.account, row.kind, row.title, row.source_name, row.accession_number, row.published_on,
        row.period_end_on, row.characters_count, row.state, row.added_by, row.added_at, row.version, row.added_by_id, row.fetched,
    )  # fmt: skip


def _whole(row: Row[Any]) -> Document:
    places = row.headings
    pairs = tuple(zip(places[::2], places[1::2], strict=True))
    return Document(
        _row(row), row.text, row.sha256, pairs, tuple(row.page_starts), tuple(row.warnings), row.replaced_by
    )


def load_document(s: ReadSession, document_id: UUID) -> Document:
    """One document, in whatever state, inside a session. Raises NotFound."""
    row = s.row(_ONE, {"id": document_id})
    if row is None:
        raise NotFound("document")
    return _whole(row)


def get_document(scope: Scope, document_id: UUID) -> Document:
    """One document, in whatever state. Raises NotFound."""
    with read(scope) as s:
        return load_document(s, document_id)


def load_of_account(
    s: ReadSession, account_id: UUID, kind: DocumentKind | None = None, *, limit: int = OF_ACCOUNT
) -> list[DocumentRow]:
    """An account's live documents, the newest first, perhaps of one kind."""
    return [_row(row) for row in s.rows(_OF_ACCOUNT, {"account": account_id, "kind": kind, "limit": limit})]


def list_of_account(
    scope: Scope, account_id: UUID, kind: DocumentKind | None = None, *, limit: int = OF_ACCOUNT
) -> list[DocumentRow]:
    """As `load_of_account`, in a session of its own."""
    with read(scope) as s:
        return load_of_account(s, account_id, kind, limit=limit)


def list_documents(
    scope: Scope, *, kind: DocumentKind | None = None, after: str | None = None, size: int = 50
) -> paging.Page[DocumentRow]:
    """Live documents that the reader may see, the last added first. Raises CursorInvalid."""
    given: dict[str, Any] = {"kind": kind, "limit": size + 1}
    condition = ""
    if after:
        condition, places = paging.past(after, "d.added_at", "timestamptz", "d.id", descending=True)
        condition, given = f"AND {condition}", given | places
    with read(scope) as s:
        rows = [_row(row) for row in s.rows(_ALL.format(after=condition), given)]
    return paging.page(rows, size, lambda row: (row.added_at.isoformat(), str(row.id)))


def find_previous(s: ReadSession, document: Document) -> Document | None:
    """The live document of the same account and kind of a period before, by the day that each is of; None when there is none."""
    head = document.head
    given = {
        "account": head.account_id,
        "kind": head.kind,
        "day": head.day,
        "id": head.id,
        "period": head.period_end_on,
    }
    found = s.scalar(_PREVIOUS, given)
    return load_document(s, found) if found else None
