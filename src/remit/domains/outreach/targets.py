"""What the verbs of drafts act on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from remit.actions import NotFound, Target, attributes_of
from remit.db.sessions import ReadSession


def draft_target(s: ReadSession, draft_id: UUID) -> tuple[Target, Row[Any]]:
    """The draft as a target, and its row. Raises NotFound."""
    row = s.row(
        """SELECT d.id, d.account_id, d.access_id, d.contact_id, d.subject, d.body, d.state, d.author_id, d.version, d.sentences, d.reply_to_id, d.corrects_message_id, d.about_activity_id,
            d.template_version_id, d.enrolment_step_id, d.continues_message_id, d.attached, d.edited, a.segment, a.key_account, a.name, c.first_name, c.last_name
        FROM remit.drafts d JOIN remit.accounts a ON a.id = d.account_id LEFT JOIN remit.contacts c ON c.id = d.contact_id
        WHERE d.id = :id""",
        {"id": draft_id},
    )
    if row is None:
        raise NotFound("draft")
    target = Target(
        "draft", row.id, row.account_id, row.access_id, row.segment, "email", row.version,
        f"E-mail to {row.first_name} {row.last_name}, {row.name}: {row.subject}",
        attributes=attributes_of(row.author_id, row.key_account, row.segment), context={"with_proposal": row.attached is not None},
    )  # fmt: skip
    return target, row
