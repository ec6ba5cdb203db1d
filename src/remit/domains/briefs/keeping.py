"""Writing what somebody kept: a row of remit.briefs and the note on the account's timeline. Inside an action only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from remit.actions import Change, Refused, Target
from remit.db.sessions import WriteSession
from remit.domains.activities.noting import add_note
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.briefs (id, account_id, access_id, kind, opportunity_id, meeting_id, competitor_id, title, body, document, sha256,
    fact_ids, note_id, saved_by, saved_at)
VALUES (:id, :account, :access, :kind, :deal, :meeting, :competitor, :title, :body, CAST(:document AS jsonb), :sha256,
    :facts, :note, :by, :now)
"""
# saved twice is used once: the count of what somebody accepted must not grow by it
_THERE: Final = "SELECT true FROM remit.briefs WHERE account_id = :account AND saved_by = :by AND sha256 = :sha256 LIMIT 1"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept: `body` as Markdown, `document` as JSON, `sha256` of the content; ids that are not known are None."""

    kind: str
    title: str
    body: str
    document: Mapping[str, Any]
    sha256: str
    fact_ids: Sequence[UUID]
    opportunity_id: UUID | None = None
    meeting_id: UUID | None = None
    competitor_id: UUID | None = None


def keep(tx: WriteSession, target: Target, kept: Kept) -> Change:
    """Write both. Raises Refused when the same person has saved the same content before."""
    again = {"account": target.account_id, "by": tx.scope.person_id, "sha256": kept.sha256}
    if tx.scalar(_THERE, again):
        raise Refused("You have saved exactly this already.", code="nothing_to_change")
    note_id = add_note(tx, target, kept.title, kept.body, outcome="brief", opportunity_id=kept.opportunity_id)
    brief_id = new_id()
    tx.execute(
        _INSERT,
        again | {
            "id": brief_id, "access": target.access_id, "kind": kept.kind, "deal": kept.opportunity_id, "meeting": kept.meeting_id,
            "competitor": kept.competitor_id, "title": kept.title, "body": kept.body, "document": json.dumps(kept.document),
            "facts": list(kept.fact_ids), "note": note_id, "now": tx.now,
        },
    )  # fmt: skip
    after = {"kind": kept.kind, "title": kept.title, "sha256": kept.sha256, "note_id": str(note_id)}
    return Change(
        "brief", brief_id, after=after, result={"brief_id": str(brief_id), "note_id": str(note_id), "sha256": kept.sha256},
        evidence_ids=list(kept.fact_ids),
    )  # fmt: skip
