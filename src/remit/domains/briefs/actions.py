"""Keeping a brief: what somebody saw becomes a note on the account, with its sources and the hash of its content.

The content is not taken from whoever asks: it is put together again from the records, and has to be what was seen.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.domains.briefs import markdown
from remit.domains.briefs.gathering import load_subject
from remit.domains.briefs.keeping import Kept, keep
from remit.domains.briefs.model import Kind
from remit.domains.briefs.queries import load_brief


class SaveBrief(Action):
    """Keep the brief of an account, a deal or a meeting: `sha256` is the hash that the page or command showed.

    Counts over other accounts are for their reader's view alone and are left out of what is kept.
    """

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
    kept = brief.kept()
    return keep(tx, target, Kept(
        kept.kind, f"Brief: {kept.title}", markdown.written(kept, private=True), kept.document(), kept.sha256, kept.fact_ids(),
        opportunity_id=kept.opportunity_id, meeting_id=kept.meeting_id,
    ))  # fmt: skip
