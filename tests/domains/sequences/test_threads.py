"""The second e-mail of a run is a reply in the thread of the first, where the first really left; its headers are our own record."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest

from remit import identity
from remit.actions import Refused, approve, perform
from remit.connectors.email.addresses import parse
from remit.connectors.email.message import EmailPayload, Sender, build
from remit.domains.library.steps import Step, faults
from remit.domains.messages.actions import RecordReply
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.threads import find_continued
from remit.domains.outreach.writing import stored
from remit.domains.sequences.asking import why_not_now
from remit.domains.sequences.steering import StopEnrolments
from remit.kit import clock
from remit.kit.ids import new_id
from remit.workflows.run_sequences import run_once
from tests.domains.sequences.test_runs import contact, enrol, run, waiting
from tests.support.desk import Desk


def _to_second(desk: Desk, plan: UUID, day: clock.Hands, state: str) -> tuple[UUID, UUID, dict[str, Any]]:
    """A run whose first e-mail came to `state`, with its second asked for: the run, the contact, the first as it left."""
    who = contact(desk)
    [one] = enrol(desk.cast, plan, who)
    run_once()
    approve(desk.cast.scope("alice"), *waiting(desk.cast, one))
    [(first,)] = desk.cast.sql(
        "SELECT payload FROM remit.effects WHERE payload ->> 'contact_id' = :c", c=str(who)
    )
    desk.cast.sql(
        "UPDATE remit.effects SET state = :s WHERE payload ->> 'contact_id' = :c", s=state, c=str(who)
    )
    run_once()
    for days in (2, 5):
        day.move(timedelta(days=days))
        while why_not_now("US", "", day.at) is not None:
            day.move(timedelta(days=1))
        run_once()
    return one, who, first


def _wire(payload: dict[str, Any]) -> Any:
    sender = Sender(parse("alice@northlake.example"), parse("alice@northlake.example"), "Alice")
    made = build(
        EmailPayload.model_validate(payload),
        sender,
        parse(payload["to"]),
        new_id(),
        payload["message_id"],
        clock.now(),
    )
    return message_from_bytes(made, policy=default)


def test_the_second_goes_on_in_the_thread_of_the_first(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    cast, alice = desk.cast, desk.cast.scope("alice")
    one, _, first = _to_second(desk, plan, day, "delivered")
    draft_id = run(cast, one).draft_id
    assert draft_id is not None
    draft, continued = get_draft(alice, draft_id), find_continued(alice, draft_id)
    assert continued is not None and continued.message_id == first["message_id"]
    assert draft.subject == f"Re: {first['subject']}" and draft.sendable, draft.checks
    suggestion, digest = waiting(cast, one)
    approve(alice, suggestion, digest)
    [(second,)] = cast.sql(
        "SELECT payload FROM remit.effects WHERE payload ->> 'draft_id' = :d", d=str(draft_id)
    )
    assert (second["in_reply_to"], second["references"], second["thread"]) == (
        first["message_id"], [first["message_id"]], first["thread"],
    )  # fmt: skip
    before, after = _wire(first), _wire(second)
    assert (
        after["In-Reply-To"] == after["References"] == before["Message-ID"]
        and after["From"] == before["From"]
    )
    assert after["Subject"] == f"Re: {before['Subject']}" and before["In-Reply-To"] is None
    # an answer to the second is one to the run
    run_once()
    [(effect, address)] = cast.sql(
        "SELECT m.effect_id, m.to_address FROM remit.messages m WHERE m.draft_id = :d", d=draft_id
    )
    perform(
        identity.for_service("mail", via="test"),
        RecordReply(
            effect_id=effect, classification="reply", message_id=f"<{new_id()}@pine.example>", thread_id=second["thread"], from_address=address,
            to_address="a@b.example", subject="Re: x\r\nBcc: all@pine.example", text="Let us talk", at=day.at, sha256="0" * 64,
        ),
    )  # fmt: skip
    run_once()
    assert (run(cast, one).state, run(cast, one).code) == ("stopped", "reply")


@pytest.mark.parametrize("state", ["failed", "recalled", "queued"])
def test_what_never_left_is_no_thread(desk: Desk, plan: UUID, day: clock.Hands, state: str) -> None:
    one, _, _ = _to_second(desk, plan, day, state)
    draft_id = run(desk.cast, one).draft_id
    assert draft_id is not None
    draft = get_draft(desk.cast.scope("alice"), draft_id)
    assert draft.continues_message_id is None and not draft.subject.startswith("Re:")
    perform(desk.cast.scope("alice"), StopEnrolments(enrolment_ids=(one,), reason="seen enough"))


def test_nobody_names_another_thread(desk: Desk, plan: UUID, day: clock.Hands) -> None:
    """Not that of another run, and not without a sequence; what the subject says after Re: is ours."""
    cast = desk.cast
    other, _, _ = _to_second(desk, plan, day, "delivered")
    one, _, _ = _to_second(desk, plan, day, "delivered")  # the last: what waits lasts three days
    mine, theirs = (
        get_draft(cast.scope("alice"), run(cast, each).draft_id or new_id()) for each in (one, other)
    )
    cast.sql(
        "UPDATE remit.drafts SET continues_message_id = :m WHERE id = :id",
        m=theirs.continues_message_id,
        id=mine.id,
    )
    with pytest.raises(Refused, match="message to this contact"):
        approve(cast.scope("alice"), *waiting(cast, one))
    [(first,)] = cast.sql("SELECT subject FROM remit.messages WHERE id = :id", id=theirs.continues_message_id)
    assert theirs.contact_id is not None
    with pytest.raises(Refused, match="nobody answered"):
        stored(
            cast.scope("alice"),
            WriteDraft(
                contact_id=theirs.contact_id, subject=f"Re: {first}", body=theirs.body, writer="hand", continues_message_id=theirs.continues_message_id
            ),
        )  # fmt: skip


def test_a_plan_says_which_e_mail_begins_a_thread() -> None:
    steps = [
        Step.model_validate(one)
        for one in (
            {"name": "first", "kind": "email", "templates": ["a-text"]},
            {"name": "second", "kind": "email", "after_days": 6, "templates": ["a-text"], "thread": "new"},
            {"name": "ring", "kind": "call", "say": "Ring", "thread": "new"},
        )
    ]
    assert list(faults(steps)) == ["the step ring is no e-mail and has no thread"]
