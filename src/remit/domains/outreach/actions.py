"""The verbs of drafts: write, edit, discard. Each write stores what the claim check found, so that a list can show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, attributes_of, handler
from remit.actions.suggestions import void_for_object
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.library.fitting import check_fits
from remit.domains.library.queries import load_version
from remit.domains.library.readers import load_who
from remit.domains.outreach import rules
from remit.domains.outreach.attaching import Attached, check_attached
from remit.domains.outreach.material import examine, gather, gather_of
from remit.domains.outreach.queries import as_stored
from remit.domains.outreach.stepping import check_edited, check_written
from remit.domains.outreach.targets import draft_target
from remit.kit import clock
from remit.kit.ids import new_id

MOST_NOTE: Final = 600

_INSERT: Final = """
INSERT INTO remit.drafts (id, account_id, access_id, contact_id, kind, subject, body, writer, note, sentences, checks, sendable,
    author_id, reply_to_id, corrects_message_id, length, tone, subjects, about_activity_id, template_version_id, enrolment_step_id, created_at, updated_at,
    written, continues_message_id, attached)
VALUES (:id, :account, :access, :contact, :kind, :subject, :body, :writer, :note, CAST(:sentences AS jsonb), CAST(:checks AS jsonb),
    :sendable, :author, :reply_to, :corrects, :length, :tone, :subjects, :about, :template, :step, :at, :at, :written, :continues,
    CAST(:attached AS jsonb))
"""
_FALLEN: Final = """
SELECT true FROM remit.messages m JOIN remit.facts f ON f.id = ANY (m.fact_ids) LEFT JOIN remit.effects e ON e.id = m.effect_id
WHERE m.id = :message AND m.contact_id = :contact AND m.direction = 'out' AND (f.state <> 'live' OR f.valid_until_on < :today)
  AND coalesce(e.state, '') NOT IN ('recalled', 'failed') LIMIT 1
"""
_CORRECTED_BY: Final = (
    "SELECT state FROM remit.drafts WHERE corrects_message_id = :message AND state <> 'discarded' LIMIT 1"
)
_ACTIVITY: Final = "SELECT true FROM remit.activities WHERE id = :id AND account_id = :account LIMIT 1"
_UPDATE: Final = """
UPDATE remit.drafts SET subject = :subject, body = :body, sentences = CAST(:sentences AS jsonb), checks = CAST(:checks AS jsonb),
    sendable = :sendable, author_id = :author, edited = true, updated_at = :at, version = version + 1
WHERE id = :id AND version = :expected AND state = 'draft'
"""


class WriteDraft(Action):
    """A text for a contact, written by the embedded writer, by a model, or by hand. `note`: what to know about how."""

    event: ClassVar[str] = "draft:write"
    contact_id: UUID
    purpose: str = Field("outreach", max_length=40)
    subject: str = Field(max_length=1000)
    body: str = Field(max_length=100_000)
    writer: str = Field(max_length=220)
    note: str = Field("", max_length=MOST_NOTE)
    reply_to_id: UUID | None = None
    """The received message that it answers, by its activity."""
    corrects_message_id: UUID | None = None
    """The message that this text corrects: one to the same contact that stood on a fact which has fallen since."""
    length: Literal["short", "medium", "long"] = "short"
    tone: Literal["direct", "warm"] = "direct"
    subjects: list[Annotated[str, Field(max_length=1000)]] = Field(default_factory=list, max_length=5)
    """Subject lines to choose from."""
    about_activity_id: UUID | None = None
    """The call, meeting or note that it follows up, of the same account."""
    template_version_id: UUID | None = None
    """The version of a template of the library that it was written from."""
    continues_message_id: UUID | None = None
    """The message of the same run through a sequence that it goes on with, in its thread; one that left."""
    enrolment_step_id: UUID | None = None
    """The step of somebody's run through a sequence that it is; a step has one draft at most, and only the sequence writes it."""
    attached: Attached | None = None
    """The file of an approved proposal of this contact's account that leaves with it."""


class EditDraft(Action):
    """Another text for a draft. What waited for approval is void: it was another text.

    Whoever edits a draft is its author from then on: it leaves in the name of whoever wrote what it says.
    """

    event: ClassVar[str] = "draft:edit"
    draft_id: UUID
    expected_version: int
    subject: str = Field(max_length=1000)
    body: str = Field(max_length=100_000)


class DiscardDraft(Action):
    """A draft that nobody will send."""

    event: ClassVar[str] = "draft:discard"
    draft_id: UUID
    expected_version: int


def _contact(s: ReadSession, action: WriteDraft) -> Target:
    row = s.row(
        """SELECT c.id, c.account_id, c.access_id, c.first_name, c.last_name, a.segment, a.key_account, a.owner_id, a.name
        FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id""",
        {"id": action.contact_id},
    )
    if row is None:
        raise NotFound("contact")
    return Target(
        "contact", row.id, row.account_id, row.access_id, row.segment, "email", title=f"Draft to {row.first_name} {row.last_name}, {row.name}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _draft(s: ReadSession, action: EditDraft | DiscardDraft) -> Target:
    return draft_target(s, action.draft_id)[0]


def _corrects(s: ReadSession, action: WriteDraft, _target: Target) -> Sequence[Check]:
    """A correction is of a message that needs one: nobody gets past the cap on messages by calling a text so."""
    if action.corrects_message_id is None:
        return []
    fallen = s.scalar(
        _FALLEN, {"message": action.corrects_message_id, "contact": action.contact_id, "today": clock.today()}
    )
    if isinstance(s, WriteSession):
        # two at one instant would each see no other; the second waits here until the first is kept
        s.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))",
            {"lock": f"corrects:{action.corrects_message_id}"},
        )
    before = s.scalar(_CORRECTED_BY, {"message": action.corrects_message_id})
    return [
        Check.that(
            "corrects-a-message", bool(fallen), "This message went to somebody else, never left, or every fact of it still stands.",
            "It corrects a message that stood on a fact which has fallen.",
        ),
        Check.that(
            "corrected-once", before is None, f"There is a correction of it already, {before}.", "It is the first correction of it.",
        ),
    ]  # fmt: skip


def _about(s: ReadSession, action: WriteDraft, target: Target) -> Sequence[Check]:
    """What is followed up happened with this account; foreign keys do not ask who is looking."""
    if action.about_activity_id is None:
        return []
    found = s.scalar(_ACTIVITY, {"id": action.about_activity_id, "account": target.account_id})
    if found is None:
        raise NotFound("activity of this account")
    return []


def _from_template(s: ReadSession, action: WriteDraft, _target: Target) -> Sequence[Check]:
    """S1-R1: nothing is written from a template that is not live, or for somebody whom it is not for, whoever asks."""
    if action.template_version_id is None:
        return []
    version = load_version(s, action.template_version_id)
    return [version.usable(clock.today()), *check_fits(version, load_who(s, action.contact_id))]


def _of_step(s: ReadSession, action: WriteDraft, _target: Target) -> Sequence[Check]:
    return check_written(s, action.enrolment_step_id, action.contact_id, action.continues_message_id)


def _with_file(s: ReadSession, action: WriteDraft, _target: Target) -> Sequence[Check]:
    return check_attached(s, action.attached, action.contact_id)


def _edits_step(s: ReadSession, action: EditDraft, _target: Target) -> Sequence[Check]:
    return check_edited(s, draft_target(s, action.draft_id)[1].enrolment_step_id)


@handler(
    WriteDraft,
    target=_contact,
    checks=[_corrects, _about, _from_template, _of_step, _with_file],
    apart=lambda action: [
        each
        for each in (action.contact_id, action.enrolment_step_id, action.corrects_message_id)
        if each is not None
    ],
    in_step=True,
)
def write_draft(tx: WriteSession, action: WriteDraft, target: Target) -> Change:
    """Store the text with what the checks say of it now."""
    draft_id, author = new_id(), tx.scope.person_id
    material = gather(
        tx,
        action.contact_id,
        author,
        tx.now,
        reply_to_id=action.reply_to_id,
        corrects_id=action.corrects_message_id,
        with_offer=action.attached is not None,
        template_version_id=action.template_version_id,
        continues_id=action.continues_message_id,
    )
    found = examine(tx, material, action.subject, action.body, tx.now)
    tx.write(
        _INSERT,
        as_stored(found, material) | {
            "id": draft_id, "account": target.account_id, "access": target.access_id, "contact": action.contact_id,
            "kind": action.purpose, "subject": action.subject, "body": action.body, "writer": action.writer, "note": action.note,
            "author": author, "reply_to": action.reply_to_id, "corrects": action.corrects_message_id, "length": action.length,
            "tone": action.tone, "subjects": action.subjects, "about": action.about_activity_id, "template": action.template_version_id,
            "step": action.enrolment_step_id, "continues": action.continues_message_id, "at": tx.now,
            "attached": action.attached.model_dump_json() if action.attached else None,
            "written": "" if action.writer == rules.HAND else action.body,
        },
    )  # fmt: skip
    after = {
        "subject": action.subject,
        "body": action.body,
        "writer": action.writer,
        "sendable": found.sendable,
    }
    return Change(
        "draft", draft_id, after=after, result={"draft_id": str(draft_id), "sendable": found.sendable},
        evidence_ids=rules.fact_ids(found.sentences),
    )  # fmt: skip


@handler(EditDraft, target=_draft, checks=[_edits_step])
def edit_draft(tx: WriteSession, action: EditDraft, target: Target) -> Change:
    """Replace the text, check it again, void what waited."""
    row = draft_target(tx, action.draft_id)[1]
    _open(row)
    author = tx.scope.person_id
    material = gather(
        tx, row.contact_id, author, tx.now, reply_to_id=row.reply_to_id, corrects_id=row.corrects_message_id,
        with_offer=row.attached is not None, template_version_id=row.template_version_id, continues_id=row.continues_message_id,
    )  # fmt: skip
    if author != row.author_id:
        _signed_by(material.writer.name, gather_of(tx, row, tx.now).writer.name, action.body)
    found = examine(tx, material, action.subject, action.body, tx.now)
    done = tx.execute(
        _UPDATE,
        as_stored(found, material) | {
            "id": action.draft_id, "expected": action.expected_version, "subject": action.subject, "body": action.body,
            "author": author, "at": tx.now,
        },
    )  # fmt: skip
    if done.rowcount == 0:
        yours, theirs = (
            {"subject": action.subject, "body": action.body},
            {"subject": row.subject, "body": row.body},
        )
        raise Conflict(
            "draft", expected=action.expected_version, found=row.version, yours=yours, theirs=theirs
        )
    voided = void_for_object(tx, "draft", action.draft_id, "the draft was edited")
    return Change(
        "draft", action.draft_id, {"subject": row.subject, "body": row.body, "author_id": row.author_id},
        {"subject": action.subject, "body": action.body, "author_id": author, "sendable": found.sendable, "voided": voided},
        result={"draft_id": str(action.draft_id), "version": action.expected_version + 1, "sendable": found.sendable, "voided": voided},
        evidence_ids=rules.fact_ids(found.sentences),
    )  # fmt: skip


@handler(DiscardDraft, target=_draft)
def discard_draft(tx: WriteSession, action: DiscardDraft, target: Target) -> Change:
    """Put the draft away, and what waited about it."""
    row = draft_target(tx, action.draft_id)[1]
    _open(row)
    done = tx.execute(
        "UPDATE remit.drafts SET state = 'discarded', updated_at = :at, version = version + 1"
        " WHERE id = :id AND version = :expected AND state = 'draft'",
        {"id": action.draft_id, "expected": action.expected_version, "at": tx.now},
    )
    if done.rowcount == 0:
        raise Conflict("draft", expected=action.expected_version, found=row.version)
    voided = void_for_object(tx, "draft", action.draft_id, "the draft was discarded")
    return Change("draft", action.draft_id, {"state": "draft"}, {"state": "discarded", "voided": voided})


def _signed_by(author: str, before: str, body: str) -> None:
    lines = {line.strip() for line in body.splitlines()[-6:]}
    if before in lines and before != author:
        raise Refused(
            f"It is signed {before}, and leaves in your name once you have edited it. Sign it {author}.",
            code="signed_by_another",
        )


def _open(row: Any) -> None:
    if row.state != "draft":
        raise Refused(
            f"This draft is {row.state} and cannot be changed; write a new one.", code="draft_closed"
        )
