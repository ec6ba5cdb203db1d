"""A summary that somebody found good enough to keep: an accepted piece of work, checked once more before it is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from remit.actions import Action, Change, Check, NotFound, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.documents import digest
from remit.domains.documents.queries import Document, load_document
from remit.domains.documents.targets import document_target
from remit.evidence.facts import looks_like_instruction
from remit.kit.ids import new_id
from remit.llm.embedded.summary import exact
from remit.llm.embedded.summary.model import Bullet, Citation, Line
from remit.scope import Scope

MOST: Final = 60
_INSERT: Final = """
INSERT INTO remit.document_summaries (id, document_id, account_id, access_id, writer, note, bullets, sha256, saved_by, saved_at)
VALUES (:id, :document_id, :account_id, :access_id, :writer, :note, CAST(:bullets AS jsonb), :sha256, :by, :now)
ON CONFLICT DO NOTHING
"""
_SAVED: Final = """
SELECT x.id, x.document_id, x.writer, x.note, x.bullets, x.sha256, p.name AS saved_by, x.saved_at FROM remit.document_summaries x
JOIN remit.people p ON p.id = x.saved_by WHERE {where} ORDER BY x.saved_at DESC, x.id DESC LIMIT 20
"""


class SavedBullet(BaseModel):
    """One line and the characters of the document that it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str = Field(min_length=1, max_length=2000)
    spans: tuple[tuple[int, int], ...] = Field(min_length=1, max_length=20)


class SaveSummary(Action):
    """Keep a summary of a document as it was read. Saving the same one twice keeps one."""

    event: ClassVar[str] = "document:summary:save"
    by_api: ClassVar[bool] = False
    document_id: UUID
    writer: Annotated[str, Field(min_length=1, max_length=200)]
    note: str = Field("", max_length=1000)
    bullets: tuple[SavedBullet, ...] = Field(min_length=1, max_length=MOST)


@dataclass(frozen=True, slots=True)
class Saved:
    """A summary on record. `sha256` names its bullets and their places."""

    id: UUID
    document_id: UUID
    writer: str
    note: str
    bullets: tuple[Bullet, ...]
    sha256: str
    saved_by: str
    saved_at: datetime


def saving(
    document_id: UUID, bullets: Sequence[Bullet], writer: str = digest.WRITER, note: str = ""
) -> SaveSummary:
    """The action that keeps these bullets."""
    kept = tuple(
        SavedBullet(text=each.text, spans=tuple((place.start, place.end) for place in each.citations))
        for each in bullets[:MOST]
    )
    return SaveSummary(document_id=document_id, writer=writer, note=note, bullets=kept)


def _document(s: ReadSession, action: SaveSummary) -> Target:
    return document_target(s, action.document_id)


def _holds(s: ReadSession, action: SaveSummary, _target: Target) -> Sequence[Check]:
    """Every bullet's numbers stand in its places, whoever wrote it; none reads as an order to software."""
    document = load_document(s, action.document_id)
    inside = all(
        0 <= start < end <= len(document.text) for each in action.bullets for start, end in each.spans
    )
    lines = [Line(each.text, each.spans) for each in action.bullets]
    dropped = exact.check(document.text, lines)[2] if inside else ["its places lie outside of the document"]
    orders = [each.text for each in action.bullets if looks_like_instruction(each.text)]
    return [
        Check.that(
            "summary-exact",
            not dropped,
            f"Not every number stands in the place that its line cites: “{dropped[0][:120] if dropped else ''}”.",
            "Every number stands in the place that its line cites.",
        ),
        Check.that(
            "summary-statements",
            not orders,
            "A line reads as an order to software, not as a statement; leave it out.",
            "Its lines are statements.",
        ),
    ]


@handler(SaveSummary, target=_document, checks=[_holds])
def save_summary(tx: WriteSession, action: SaveSummary, target: Target) -> Change:
    """Store the summary; the same one of the same person stays."""
    document = load_document(tx, action.document_id)
    sha256 = digest.hash_of(bullets_of(document, [each.model_dump() for each in action.bullets]))
    summary_id = new_id()
    done = tx.execute(
        _INSERT,
        {
            "id": summary_id, "document_id": action.document_id, "account_id": target.account_id, "access_id": target.access_id,
            "writer": action.writer, "note": action.note, "sha256": sha256, "by": tx.maker_id, "now": tx.now,
            "bullets": json.dumps([each.model_dump() for each in action.bullets]),
        },
    )  # fmt: skip
    if not done.rowcount:
        summary_id = tx.scalar(
            "SELECT id FROM remit.document_summaries WHERE document_id = :d AND saved_by = :by AND sha256 = :sha",
            {"d": action.document_id, "by": tx.maker_id, "sha": sha256},
        )
    after = {
        "summary_id": summary_id,
        "writer": action.writer,
        "bullets_count": len(action.bullets),
        "sha256": sha256,
    }
    return Change("document", action.document_id, after=after, result={"summary_id": str(summary_id)})


def bullets_of(document: Document, stored: Sequence[dict[str, Any]]) -> tuple[Bullet, ...]:
    """Bullets with their quotes, cut from the document's text."""
    return tuple(
        Bullet(
            each["text"],
            tuple(Citation(start, end, document.text[start:end]) for start, end in each["spans"]),
        )
        for each in stored
    )


def _saved(row: Row[Any], document: Document) -> Saved:
    bullets = bullets_of(document, row.bullets)
    return Saved(
        row.id, row.document_id, row.writer, row.note, bullets, row.sha256, row.saved_by, row.saved_at
    )


def load_saved(s: ReadSession, document: Document) -> list[Saved]:
    """The summaries kept of a document, the newest first."""
    rows = s.rows(_SAVED.format(where="x.document_id = :id"), {"id": document.id})
    return [_saved(row, document) for row in rows]


def get_saved(scope: Scope, summary_id: UUID, document_id: UUID | None = None) -> Saved:
    """One summary on record; of this document, where one is named. Raises NotFound."""
    with read(scope) as s:
        row = s.row(_SAVED.format(where="x.id = :id"), {"id": summary_id})
        if row is None or document_id not in (None, row.document_id):
            raise NotFound("summary")
        return _saved(row, load_document(s, row.document_id))
