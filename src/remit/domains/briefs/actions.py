"""Keeping a brief: what somebody saw becomes a note on the account, with its sources and the hash of its content.

The content is not taken from whoever asks: it is put together again from the records, and has to be what was seen.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.domains.activities.noting import add_note
from remit.domains.briefs import markdown
from remit.domains.briefs.gathering import load_subject
from remit.domains.briefs.model import Kind
from remit.domains.briefs.queries import load_brief
from remit.kit.ids import new_id

_INSERT: Final = """
INSERT INTO remit.briefs (id, account_id, access_id, kind, opportunity_id, meeting_id, competitor_id, title, body, document, sha256,
    fact_ids, note_id, saved_by, saved_at)
VALUES (:id, :account, :access, :kind, :deal, :meeting, :competitor, :title, :body, CAST(:document AS jsonb), :sha256,
    :facts, :note, :by, :now)
"""


class SaveBrief(Action):
    """Keep the brief of an account, a deal or a meeting as it was seen: `sha256` is the hash that the page or command showed."""

    event: ClassVar[str] = "brief:save"
    about: Kind
    subject_id: UUID
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def _subject(session: ReadSession, action: SaveBrief) -> Target:
    subject = load_subject(session, action.about, action.subject_id)
    return account_target(session, subject.account_id, title=f"Brief: {subject.title}")


@handler(SaveBrief, target=_subject)
def save_brief(tx: WriteSession, action: SaveBrief, target: Target) -> Change:
    """Put it together again and keep it when it is what was seen; refuse when the records have moved on."""
    brief = load_brief(tx, action.about, action.subject_id, now=tx.now)
    if brief.sha256 != action.sha256:
        raise Refused(
            "The records have changed since this brief was shown. Look at it again, then save it.", code="brief_changed"
        )  # fmt: skip
    kept = {
        "kind": brief.kind, "title": f"Brief: {brief.title}", "body": markdown.written(brief), "document": brief.document(),
        "sha256": brief.sha256, "facts": brief.fact_ids(), "deal": brief.opportunity_id, "meeting": brief.meeting_id,
    }  # fmt: skip
    return keep(tx, target, kept)


def keep(tx: WriteSession, target: Target, kept: dict[str, Any]) -> Change:
    """Write the row and its note. `kept`: the columns of remit.briefs that differ."""
    given = {"deal": None, "meeting": None, "competitor": None} | kept
    note_id = add_note(
        tx, target, given["title"], given["body"], outcome="brief", opportunity_id=given["deal"]
    )
    brief_id = new_id()
    tx.execute(
        _INSERT,
        given | {
            "id": brief_id, "account": target.account_id, "access": target.access_id, "document": json.dumps(given["document"]),
            "note": note_id, "by": tx.scope.person_id, "now": tx.now,
        },
    )  # fmt: skip
    after = {
        "kind": given["kind"],
        "title": given["title"],
        "sha256": given["sha256"],
        "note_id": str(note_id),
    }
    return Change(
        "brief", brief_id, after=after, result={"brief_id": str(brief_id), "note_id": str(note_id), "sha256": given["sha256"]},
        evidence_ids=given["facts"],
    )  # fmt: skip
