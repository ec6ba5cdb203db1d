"""The verbs of documents. A document's text never changes: a better copy supersedes it, and removing only unlists it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.domains.documents import rules
from remit.domains.documents.rules import DocumentKind
from remit.domains.documents.targets import document_target
from remit.evidence.facts import plain_line
from remit.kit import clock
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.documents (id, account_id, access_id, kind, title, source_name, accession_number, published_on,
    period_end_on, text, sha256, headings, page_starts, warnings, added_by, added_at)
VALUES (:id, :account_id, :access_id, :document_kind, :title, :source_name, :accession_number, :published_on,
    :period_end_on, :text, :sha256, :headings, :page_starts, CAST(:warnings AS jsonb), :by, :now)
ON CONFLICT DO NOTHING
"""
_SAME: Final = """
SELECT id FROM remit.documents
WHERE account_id IS NOT DISTINCT FROM :account_id AND sha256 = :sha256 AND state <> 'removed'
"""


class AddDocument(Action):
    """Keep a document. The same text for the same account is kept once: adding it again gives the one on record.

    `headings`: offsets of headings, start and end in turn; `page_starts`: where each page begins, the first at 0.
    `supersedes_id`: the copy on record that this one takes the place of. `undated`: its source names no day (an entry of a feed).
    """

    event: ClassVar[str] = "document:add"
    by_api: ClassVar[bool] = False
    account_id: UUID | None = None
    document_kind: DocumentKind
    title: str = Field(max_length=300)
    source_name: str = Field(max_length=500)
    accession_number: str | None = Field(None, max_length=40)
    published_on: date | None = None
    period_end_on: date | None = None
    text: str = Field(max_length=rules.MAX_TEXT)
    headings: tuple[int, ...] = Field((), max_length=20_000)
    page_starts: tuple[int, ...] = Field((), max_length=5_000)
    warnings: tuple[str, ...] = Field((), max_length=50)
    supersedes_id: UUID | None = None
    undated: bool = False


class RemoveDocument(Action):
    """A document that was added by mistake is listed no more. Facts and summaries that rest on it keep their quotes."""

    event: ClassVar[str] = "document:remove"
    document_id: UUID
    expected_version: int
    reason: str = Field(min_length=1, max_length=1000)


def _about(s: ReadSession, action: AddDocument) -> Target:
    title = plain_line(action.title)[:120]
    if action.account_id is None:
        return Target("document", None, title=title)
    return account_target(s, action.account_id, title=title)


def _document(s: ReadSession, action: RemoveDocument) -> Target:
    return document_target(s, action.document_id)


def _fit(s: ReadSession, action: AddDocument, _target: Target) -> Sequence[Check]:
    return [
        *rules.check_document(
            action.title, action.source_name, action.text, action.accession_number, action.headings
        ),
        *rules.check_dates(action.published_on, action.period_end_on, clock.today()),
        *rules.check_day(
            action.document_kind,
            action.published_on or action.period_end_on,
            undated=action.undated,
        ),
        *rules.check_owner(action.document_kind, action.account_id is not None, s.scope.roles),
    ]


@handler(AddDocument, target=_about, checks=[_fit])
def add_document(tx: WriteSession, action: AddDocument, target: Target) -> Change:
    """Store the document, or find the same text on record."""
    fresh, sha256 = new_id(), rules.fingerprint(action.text)
    given = {
        **action.model_dump(), "id": fresh, "sha256": sha256, "access_id": target.access_id, "by": tx.maker_id, "now": tx.now,
        "title": plain_line(action.title), "source_name": plain_line(action.source_name),
        "headings": list(action.headings), "page_starts": list(action.page_starts), "warnings": json.dumps(action.warnings),
    }  # fmt: skip
    if not tx.execute(_INSERT, given).rowcount:
        same = tx.scalar(_SAME, {"account_id": action.account_id, "sha256": sha256})
        result = {"document_id": str(same), "added": False}
        return Change("document", same, after={"sha256": sha256, "already_there": True}, result=result)
    if action.supersedes_id is not None:
        _supersede(tx, action, fresh)
    after: dict[str, Any] = {
        "kind": action.document_kind, "title": given["title"], "source_name": given["source_name"], "sha256": sha256,
        "accession_number": action.accession_number, "characters_count": len(action.text), "supersedes": action.supersedes_id,
    }  # fmt: skip
    return Change("document", fresh, after=after, result={"document_id": str(fresh), "added": True})


def _supersede(tx: WriteSession, action: AddDocument, fresh: UUID) -> None:
    row = tx.row(
        "SELECT account_id, kind, state, version FROM remit.documents WHERE id = :id",
        {"id": action.supersedes_id},
    )
    if row is None or row.account_id != action.account_id:
        raise NotFound("document of this account")
    if row.state != "live":
        raise Refused("That document is not the current copy any more.", code="document_closed")
    if row.kind != action.document_kind:
        raise Refused(
            f"A better copy is of the same kind: that document is a {rules.kind_name(row.kind)}.",
            code="document_other_kind",
        )
    assert action.supersedes_id is not None
    values = {"state": "superseded", "replaced_by": fresh}
    change_row(tx, "documents", action.supersedes_id, row.version, values, what="document")


def _may_remove(s: ReadSession, _action: RemoveDocument, target: Target) -> Sequence[Check]:
    """What belongs to our own firm is removed by those who add it."""
    ours = target.account_id is None
    return [
        Check.that(
            "document-of-firm", not ours or bool(s.scope.roles & rules.FIRM_ROLES),
            "Documents of our own firm are removed by enablement or compliance; ask them.", "It is removed by somebody who may.",
        )
    ]  # fmt: skip


@handler(RemoveDocument, target=_document, checks=[_may_remove])
def remove_document(tx: WriteSession, action: RemoveDocument, target: Target) -> Change:
    """Unlist it; its words stay for what rests on them."""
    values = {"state": "removed", "closed_reason": action.reason}
    state = tx.scalar("SELECT state FROM remit.documents WHERE id = :id", {"id": action.document_id})
    if state == "removed":
        raise Refused("This document was removed already.", code="nothing_to_change")
    before = change_row(tx, "documents", action.document_id, action.expected_version, values, what="document")
    return Change("document", target.id, before, values)
