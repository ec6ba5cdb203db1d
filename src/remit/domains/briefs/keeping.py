"""Writing what somebody kept: a row of remit.briefs and the note on the account's timeline. Inside an action only."""

from __future__ import annotations

import json
from typing import Any, Final

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


def keep(tx: WriteSession, target: Target, kept: dict[str, Any]) -> Change:
    """Write both. `kept`: kind, title, body (Markdown), document (JSON), sha256, facts (ids); deal, meeting, competitor where known.

    Raises Refused when the same person has saved the same content before.
    """
    given = {"deal": None, "meeting": None, "competitor": None} | kept
    again = {"account": target.account_id, "by": tx.scope.person_id, "sha256": given["sha256"]}
    if tx.scalar(_THERE, again):
        raise Refused("You have saved exactly this already.", code="nothing_to_change")
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
