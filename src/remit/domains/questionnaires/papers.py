"""Papers: documents of our own that buyers may be quoted from, word for word. Who added one does not release it; each has an owner and an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound
from remit.db.sessions import ReadSession, read
from remit.scope import Scope

# a client's document is never one, whatever stands in the table: this is the one place that papers are read from
_PAPERS: Final = """
SELECT d.id, d.title, d.text, d.headings, d.page_starts, d.published_on, d.state AS document_state, d.replaced_by, p.state, p.owner_id,
       o.name AS owner, p.released_by, b.name AS released_by_name, p.released_at, p.review_by_on, p.why, p.version
FROM remit.papers p JOIN remit.documents d ON d.id = p.document_id AND d.account_id IS NULL AND d.access_id IS NULL AND d.kind = 'other'
JOIN remit.people o ON o.id = p.owner_id JOIN remit.people b ON b.id = p.released_by
"""
_QUOTABLE: Final = (
    f"{_PAPERS} WHERE p.state = 'released' AND d.state = 'live' ORDER BY d.published_on DESC NULLS LAST, d.id"
)
_ONE: Final = f"{_PAPERS} WHERE d.id = :id"
_DOCUMENT: Final = """
SELECT d.id AS document_id, d.title, d.state AS document_state, d.added_by, p.name AS added_by_name FROM remit.documents d
JOIN remit.people p ON p.id = d.added_by WHERE d.id = :id AND d.account_id IS NULL AND d.kind = 'other'
"""
_OWNERS: Final = """
SELECT p.id, p.name FROM remit.people p WHERE p.active AND p.kind = 'person' AND EXISTS (
    SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role IN ('se', 'enablement', 'compliance', 'manager')) ORDER BY p.name, p.id
"""


@dataclass(frozen=True, slots=True)
class Paper:
    """A released document with its text. `of_on`: the day it is of; `live`: its copy is the current one and it is not withdrawn."""

    id: UUID
    title: str
    text: str
    headings: tuple[tuple[int, int], ...]
    page_starts: tuple[int, ...]
    of_on: date
    owner_id: UUID
    owner: str
    released_by: UUID
    released_by_name: str
    released_at: datetime
    review_by_on: date
    state: str
    why: str
    live: bool
    version: int

    def stale_on(self, day: date) -> bool:
        """Whether its review date has passed."""
        return self.review_by_on < day


@dataclass(frozen=True, slots=True)
class Standing:
    """A document of our own as the page of its release shows it."""

    document_id: UUID
    title: str
    document_state: str
    added_by: UUID
    added_by_name: str
    paper: Paper | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who may own a paper."""

    id: UUID
    name: str


def load_papers(s: ReadSession) -> list[Paper]:
    """All that may be quoted or are past their review, the newest first."""
    return [_paper(row) for row in s.rows(_QUOTABLE)]


def find_paper(s: ReadSession, document_id: UUID) -> Paper | None:
    """The paper that a document is, in whatever state; None when it was never released, or is about a client."""
    row = s.row(_ONE, {"id": document_id})
    return None if row is None else _paper(row)


def list_papers(scope: Scope) -> list[Paper]:
    """As load_papers, in a session of its own."""
    with read(scope) as s:
        return load_papers(s)


def get_standing(scope: Scope, document_id: UUID) -> Standing:
    """A document of our own and whether it may be quoted. Raises NotFound for any other."""
    with read(scope) as s:
        row = s.row(_DOCUMENT, {"id": document_id})
        if row is None:
            raise NotFound("document of our own")
        return Standing(paper=find_paper(s, document_id), **row._mapping)


def list_owners(scope: Scope) -> list[Owner]:
    """Who may own a paper, by name."""
    with read(scope) as s:
        return [Owner(row.id, row.name) for row in s.rows(_OWNERS)]


def _paper(row: Row[Any]) -> Paper:
    pairs = tuple(zip(row.headings[::2], row.headings[1::2], strict=True))
    return Paper(
        row.id, row.title, row.text, pairs, tuple(row.page_starts), row.published_on or row.released_at.date(), row.owner_id, row.owner,
        row.released_by, row.released_by_name, row.released_at, row.review_by_on, row.state, row.why,
        row.state == "released" and row.document_state == "live", row.version,
    )  # fmt: skip
