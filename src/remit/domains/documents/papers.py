"""Papers: documents of our own that buyers may be quoted from, word for word. Who added one does not release it; each has an owner and an end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Row

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.documents.targets import document_target
from remit.kit import clock
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
_RELEASE: Final = """
INSERT INTO remit.papers (document_id, owner_id, released_by, released_at, review_by_on) VALUES (:id, :owner, :by, :now, :review_by_on)
ON CONFLICT (document_id) DO UPDATE SET owner_id = EXCLUDED.owner_id, state = 'released', released_by = EXCLUDED.released_by, why = '',
    released_at = EXCLUDED.released_at, review_by_on = EXCLUDED.review_by_on, updated_at = EXCLUDED.released_at, version = papers.version + 1
"""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class ReleasePaper(Action):
    """Buyers may be quoted from a document of our own until `review_by_on`. Again: for longer, or by another owner."""

    event: ClassVar[str] = "paper:release"
    document_id: UUID
    owner_id: UUID
    review_by_on: date


class WithdrawPaper(Action):
    """Nobody is quoted from it from here on; the document itself stays."""

    event: ClassVar[str] = "paper:withdraw"
    document_id: UUID
    expected_version: int
    reason: Reason


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


def _document(s: ReadSession, action: ReleasePaper | WithdrawPaper) -> Target:
    return document_target(s, action.document_id)


def _fit(s: ReadSession, action: ReleasePaper, target: Target) -> Sequence[Check]:
    """It is ours and current, somebody else added it, and it is looked at again on a day to come."""
    row = s.row(
        "SELECT kind, state, added_by, warnings FROM remit.documents WHERE id = :id",
        {"id": action.document_id},
    )
    owner = s.scalar(
        "SELECT active AND kind = 'person' FROM remit.people WHERE id = :id", {"id": action.owner_id}
    )
    if row is None:
        raise NotFound("document")
    ours = target.account_id is None and row.kind == "other"
    return [
        Check.that("paper-ours", ours, "Only a document of our own of the kind “Other” is quoted to buyers: no client's, no news, no battle card.", "It is ours."),
        Check.that("paper-current", row.state == "live", "It is not the current copy: release the one that took its place.", "It is the current copy."),
        Check.that("paper-not-own", row.added_by != s.scope.person_id, "You added it: somebody else releases it.", "Somebody else added it."),
        Check.that("paper-plain", not row.warnings, "Something in it is hidden or speaks to software; add a clean copy.", "Nothing in it is hidden."),
        Check.that("paper-owner", bool(owner), "Choose an owner who works here.", "Its owner works here."),
        Check.that(
            "paper-review", action.review_by_on > clock.today(), f"Review by {action.review_by_on}: choose a day to come.", "Its review is to come.",
        ),
    ]  # fmt: skip


@handler(ReleasePaper, target=_document, checks=[_fit])
def release_paper(tx: WriteSession, action: ReleasePaper, target: Target) -> Change:
    """It may be quoted."""
    given = {
        "id": action.document_id, "owner": action.owner_id, "by": tx.maker_id, "now": tx.now, "review_by_on": action.review_by_on,
    }  # fmt: skip
    tx.execute(_RELEASE, given)
    after = {
        "owner_id": str(action.owner_id),
        "review_by_on": action.review_by_on.isoformat(),
        "state": "released",
    }
    return Change("document", target.id, after=after, result={"state": "released"})


@handler(WithdrawPaper, target=_document)
def withdraw_paper(tx: WriteSession, action: WithdrawPaper, target: Target) -> Change:
    """It is quoted no more, and what was quoted from it does not leave."""
    found = find_paper(tx, action.document_id)
    if found is None:
        raise NotFound("paper")
    if found.version != action.expected_version:
        raise Conflict("paper", expected=action.expected_version, found=found.version)
    if found.state != "released":
        raise Refused("It is withdrawn already.", code="nothing_to_change")
    tx.execute(
        "UPDATE remit.papers SET state = 'withdrawn', why = :why, version = version + 1, updated_at = :now WHERE document_id = :id",
        {"why": action.reason, "now": tx.now, "id": action.document_id},
    )
    return Change(
        "document", target.id, {"state": "released"}, {"state": "withdrawn", "why": action.reason}, result={"state": "withdrawn"},
    )  # fmt: skip
