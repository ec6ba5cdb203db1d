"""SendEmail: the text of a draft leaves the building, if a person approved exactly this text and everything still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit import settings
from remit.actions import (
    Action,
    Change,
    Check,
    Conflict,
    Effect,
    Refused,
    Target,
    handler,
)
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.outreach import rules
from remit.domains.outreach.attaching import Attached, attached_of, check_attached, note_sent
from remit.domains.outreach.holding import check_held
from remit.domains.outreach.material import examine, gather_of
from remit.domains.outreach.queries import as_stored
from remit.domains.outreach.stepping import check_sent, leaves_at
from remit.domains.outreach.targets import draft_target
from remit.domains.supervision.profiles import load_disclosures
from remit.kit import clock
from remit.kit.ids import new_id

_MESSAGE: Final = """
INSERT INTO remit.messages (id, account_id, access_id, contact_id, direction, effect_id, draft_id, message_id, thread_id,
    from_address, to_address, subject, body, fact_ids, at, in_reply_to)
VALUES (:id, :account, :access, :contact, 'out', :effect, :draft, :message_id, :thread, :from, :to, :subject, :body, :facts, :at,
    :in_reply_to)
"""
# with what was found at this moment: later the pause after this very message would look like a fault of it
_SENT: Final = """
UPDATE remit.drafts SET state = 'sent', effect_id = :effect, updated_at = :at, version = version + 1,
    sentences = CAST(:sentences AS jsonb), checks = CAST(:checks AS jsonb), sendable = :sendable
WHERE id = :id AND version = :expected AND state = 'draft'
"""


class SendEmail(Action):
    """Send a draft. The whole text and the recipient stand in the payload, so that an approval binds them."""

    event: ClassVar[str] = "email:send"
    draft_id: UUID
    expected_version: int
    contact_id: UUID
    to_address: str = Field(max_length=320)
    subject: str = Field(max_length=1000)
    body: str = Field(max_length=100_000)
    body_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    attached: Attached | None = None
    """The file that leaves with it, by its hash."""

    def payload(self) -> dict[str, Any]:
        """As ever where no file goes with it: what waited before there were files keeps its hash."""
        found = super().payload()
        return found if self.attached else {name: found[name] for name in found if name != "attached"}


def effect_key(draft_id: UUID, version: int) -> str:
    """The idempotency key of sending one version of a draft."""
    return f"send:{draft_id}:{version}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _target(s: ReadSession, action: SendEmail) -> Target:
    target, row = draft_target(s, action.draft_id)
    if row.state != "draft":
        raise Refused(f"This draft is {row.state} already.", code="draft_closed")
    if row.version != action.expected_version:
        theirs = {"subject": row.subject, "body": row.body}
        yours = {"subject": action.subject, "body": action.body}
        raise Conflict(
            "draft", expected=action.expected_version, found=row.version, yours=yours, theirs=theirs
        )
    return target


def _same_text(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """What is sent is the draft, for the draft's contact, and the hash is that of the text."""
    row = draft_target(s, action.draft_id)[1]
    same = (row.subject, row.body, row.contact_id) == (action.subject, action.body, action.contact_id)
    return [
        Check.that(
            "text-of-draft",
            same,
            "The text or contact differs from the stored draft; edit the draft instead.",
            "Text and contact are those of the stored draft.",
        ),
        Check.that(
            "file-of-draft",
            attached_of(row.attached) == action.attached,
            "The file named is not the one that goes with the draft.",
            "What goes with it is what goes with the draft.",
        ),
        Check.that(
            "text-hash",
            sha256(action.body) == action.body_sha256,
            "The hash is not that of the text.",
            "The hash is that of the text.",
        ),
    ]


def _by_its_author(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """It leaves in the name of who wrote the text, so they are who sends it; others may approve."""
    row = draft_target(s, action.draft_id)[1]
    name = s.scalar("SELECT name FROM remit.people WHERE id = :id", {"id": row.author_id})
    return [
        Check.that(
            "sent-by-author",
            row.author_id == s.scope.person_id,
            f"It would leave in the name of {name}, who wrote it: {name} sends it, or you edit it and it becomes yours.",
            f"{name} wrote it and sends it.",
        )
    ]


def _may_leave(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """Facts, form, recipient, consent, sender and pause, as they are at this moment."""
    row = draft_target(s, action.draft_id)[1]
    now = clock.now()
    material = gather_of(s, row, now)
    return examine(s, material, action.subject, action.body, now, action.to_address).checks


def _of_step(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """What a sequence asks of its own e-mails: the run goes on, nothing has come back that ends it, an agent sends the approved text."""
    return check_sent(s, draft_target(s, action.draft_id)[1])


def _not_held(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """What a restore holds leaves when a person has looked whether it left already."""
    return check_held(s, action.draft_id)


def _with_file(s: ReadSession, action: SendEmail, _target: Target) -> Sequence[Check]:
    """Whether the file may still go to this reader, and is still made as it was approved."""
    return check_attached(s, action.attached, action.contact_id)


@handler(
    SendEmail,
    target=_target,
    checks=[_same_text, _by_its_author, _not_held, _may_leave, _of_step, _with_file],
    apart=lambda action: [action.draft_id, action.contact_id],
)
def send_email(tx: WriteSession, action: SendEmail, target: Target) -> Change:
    """Write the message, close the draft, queue the effect: one transaction."""
    row = draft_target(tx, action.draft_id)[1]
    material = gather_of(tx, row, tx.now)
    found = examine(tx, material, action.subject, action.body, tx.now, action.to_address)
    sender = settings.load().mail_from_address or material.row.sender_email or ""
    key = effect_key(action.draft_id, action.expected_version)
    identifier = message_id(key, sender)
    in_reply_to, references = material.headers()
    thread = material.thread_id or identifier
    to, facts = material.row.email.strip(), rules.fact_ids(found.sentences)
    effect = Effect(
        "email.send", "email", key,
        {
            "message_id": identifier, "to": to, "to_name": f"{material.row.first_name} {material.row.last_name}".strip(),
            "from_person": str(row.author_id), "subject": action.subject, "body": action.body, "thread": thread,
            "in_reply_to": in_reply_to, "references": references, "contact_id": str(action.contact_id), "draft_id": str(action.draft_id),
            "disclosures": load_disclosures(tx, action.contact_id),
            **({"attached": action.attached.model_dump(mode="json")} if action.attached else {}),
        },
        not_before=leaves_at(tx, row.enrolment_step_id, tx.now),
    )  # fmt: skip
    tx.execute(
        _MESSAGE,
        {
            "id": new_id(), "account": target.account_id, "access": target.access_id, "contact": action.contact_id,
            "effect": effect.id, "draft": action.draft_id, "message_id": identifier, "thread": thread, "from": sender, "to": to,
            "subject": action.subject, "body": action.body, "facts": facts, "at": tx.now, "in_reply_to": in_reply_to,
        },
    )  # fmt: skip
    done = tx.execute(
        _SENT,
        {
            "id": action.draft_id,
            "expected": action.expected_version,
            "effect": effect.id,
            "at": tx.now,
            **as_stored(found, material),
        },
    )
    if done.rowcount == 0:
        raise Conflict("draft", expected=action.expected_version, found=row.version)
    handed_over = note_sent(tx, action.attached, target, action.contact_id, effect.id)
    return Change(
        "draft", action.draft_id, {"state": "draft"},
        {"state": "sent", "message_id": identifier, "to": to, "subject": action.subject, "body_sha256": action.body_sha256, **handed_over},
        effects=[effect], evidence_ids=facts,
        result={"draft_id": str(action.draft_id), "message_id": identifier, **({"leaves_at": effect.not_before.isoformat()} if effect.not_before else {})},
    )  # fmt: skip


def message_id(key: str, sender: str) -> str:
    """The Message-ID that belongs to idempotency key `key` and sender address: every attempt carries the same."""
    return f"<remit.{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2].lower()}>"
