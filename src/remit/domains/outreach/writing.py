"""The two steps of a rep: have a message drafted, and ask for it to be sent. Both read first, then act through the door."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Final, Literal
from uuid import UUID

from remit.actions import Performed, Refused, Waiting, perform, performed
from remit.db.sessions import ReadSession, read
from remit.domains.outreach import modelled
from remit.domains.outreach.actions import MOST_NOTE, WriteDraft
from remit.domains.outreach.answering import find_received, fitting_subject, load_received
from remit.domains.outreach.attaching import attached_of
from remit.domains.outreach.material import Material, gather
from remit.domains.outreach.queries import load_draft
from remit.domains.outreach.send import SendEmail, effect_key, sha256
from remit.kit import clock
from remit.kit.text import shorten
from remit.llm.embedded.outreach import WRITER, Length, NothingToSay, Tone, compose
from remit.llm.embedded.reply import compose_reply
from remit.llm.gateway import call
from remit.llm.gateway.ledger import NoModel
from remit.scope import Scope

By = Literal["model", "embedded"]

_LAPSED: Final = "SELECT count(*) FROM remit.suggestions WHERE object_type = 'draft' AND object_id = :draft AND state IN ('expired', 'void')"


def draft_outreach(
    scope: Scope, contact_id: UUID, *, length: Length = "short", tone: Tone = "direct", variant: int = 0, by: By = "model",
    about: Collection[UUID] = (),
) -> UUID:  # fmt: skip
    """Write a cold e-mail to a contact from what is known and may be said; gives the draft's id.

    `about`: facts to begin with, where they may be said (what the rep has just pasted).

    `by` model: the model that the settings name for outreach, where they name one; when it fails, or says what no fact
    does, the embedded writer's text is taken, with a note. Raises NotFound, and Refused with code no_sayable_fact when
    everything written would be generic.
    """
    now = clock.now()
    with read(scope) as s:
        material = gather(s, contact_id, scope.person_id, now)
    action = _embedded(material, length, tone, variant, about)
    if by == "model" and call.configured("outreach"):
        action = by_model(scope, modelled.task(material, "outreach", length, tone), action)
    return stored(scope, action)


def stream_outreach(scope: Scope, contact_id: UUID, *, variant: int = 0) -> Generator[str, None, UUID]:
    """As `draft_outreach`, giving the model's text piece by piece while it is written; the generator's value is the draft's id.

    What is shown on the way is no draft: only the whole text, checked like any other, is stored. Closing it in the middle
    ends the call and stores nothing. With no model configured there are no pieces.
    """
    with read(scope) as s:
        material = gather(s, contact_id, scope.person_id, clock.now())
    embedded = _embedded(material, "short", "direct", variant)
    if not call.configured("outreach"):
        return stored(scope, embedded)
    asked, told = modelled.task(material), call.Told()
    got = ""
    try:
        for piece in call.stream(scope, asked.asking("outreach-stream"), told):
            got += piece
            yield piece
        letter = modelled.letter_of(got, told.call_id)
        written = modelled.hold(scope, asked, letter, told.model, told.left_out_count)
    except NoModel as error:
        return stored(scope, _noted(embedded, error))
    return stored(scope, _of(embedded, written))


def draft_reply(scope: Scope, message: str, *, variant: int = 0, by: By = "model") -> UUID:
    """Write the frame of an answer to a received message (its id or Message-ID); gives the draft's id. Raises NotFound.

    It goes to the contact's address on record, whatever the message says of its sender. `by` as in `draft_outreach`, with
    the model for answers: it is shown the message as text from outside.
    """
    with read(scope) as s:
        received = load_received(s, find_received(s, message))
        if received.contact_id is None:
            raise Refused("It is not known which contact wrote this message.", code="recipient_missing")
        material = gather(s, received.contact_id, scope.person_id, clock.now(), reply_to_id=received.id)
    body = compose_reply(material.reader, material.writer, about=str(received.id), variant=variant)
    subject = fitting_subject(received, material.facts, material.context)
    action = WriteDraft(
        contact_id=received.contact_id, purpose="reply", subject=subject, body=body,
        writer=WRITER, reply_to_id=received.id,
    )  # fmt: skip
    if by == "model" and call.configured("answer"):
        written = by_model(scope, modelled.task(material, "answer"), action)
        action = written.model_copy(update={"subject": subject, "subjects": []})  # the thread's subject stays
    return stored(scope, action)


def stored(scope: Scope, action: WriteDraft, *, key: str | None = None) -> UUID:
    """The draft's id, once the door has taken it; `key` as for `perform`. Raises Refused where it needs an approval first."""
    done = performed(perform(scope, action, key=key))
    return UUID(str(done.result["draft_id"]))


def by_model(scope: Scope, task: modelled.Task, embedded: WriteDraft) -> WriteDraft:
    """The model's text as a draft; the embedded one with a note that says why, when there is none."""
    try:
        return _of(embedded, modelled.write(scope, task))
    except NoModel as error:
        return _noted(embedded, error)


def _embedded(
    material: Material, length: Length, tone: Tone, variant: int, about: Collection[UUID] = ()
) -> WriteDraft:
    """The embedded writer's text. Raises Refused when everything written would be generic."""
    given = (material.reader, material.writer, material.facts, material.context)
    try:
        text = compose(*given, length=length, tone=tone, variant=variant, about=about)
    except NothingToSay as error:
        details = {"account_id": str(material.account_id)}
        raise Refused(str(error), code=error.code, details=details) from error
    return WriteDraft(
        contact_id=material.row.contact_id, subject=text.subject, body=text.body, writer=WRITER, length=length, tone=tone,
        subjects=list(text.subjects),
    )  # fmt: skip


def _noted(embedded: WriteDraft, error: NoModel) -> WriteDraft:
    note = " ".join([error.note, *error.reasons])
    return embedded.model_copy(update={"note": shorten(note, MOST_NOTE)})


def _of(embedded: WriteDraft, written: modelled.Written) -> WriteDraft:
    return embedded.model_copy(
        update={
            "subject": written.subject,
            "subjects": list(dict.fromkeys([written.subject, *embedded.subjects]))[:3],
            "body": written.body,
            "writer": written.model,
            "note": written.note,
        }
    )


def send_draft(scope: Scope, draft_id: UUID, *, reason: str = "") -> Performed | Waiting:
    """Ask the door to send a draft as it stands now. Raises NotFound, Refused (code check_failed names what to mend)."""
    with read(scope) as s:
        action, key = load_sending(s, draft_id)
    return perform(scope, action, key=key, reason=reason)


def load_sending(s: ReadSession, draft_id: UUID) -> tuple[SendEmail, str]:
    """What asks for a draft to be sent as it stands now, and its key. Raises NotFound, Refused (recipient_missing)."""
    draft = load_draft(s, draft_id)
    lapsed = s.scalar(_LAPSED, {"draft": draft_id})
    if draft.contact_id is None:
        raise Refused("The draft names no contact.", code="recipient_missing")
    action = SendEmail(
        draft_id=draft.id, expected_version=draft.version, contact_id=draft.contact_id, to_address=draft.to_address,
        subject=draft.subject, body=draft.body, body_sha256=sha256(draft.body), attached=attached_of(draft.attached),
    )  # fmt: skip
    # what nobody decided in time, or was taken back, may be asked for again; what was rejected needs another text
    return action, effect_key(draft.id, draft.version) + (f":{lapsed}" if lapsed else "")
