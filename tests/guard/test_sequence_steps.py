"""The e-mail of a sequence's step is what compliance approved, or a person's word; an answer stops the run whatever its Date says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Refused, approve, perform, upkeep
from remit.db.location import Location
from remit.domains.library import using
from remit.domains.messages.actions import RecordReply
from remit.domains.outreach.actions import EditDraft, WriteDraft
from remit.domains.outreach.queries import Draft, get_draft
from remit.domains.outreach.writing import send_draft, stored
from remit.domains.sequences.advancing import advance
from remit.domains.sequences.asking import ask_due
from remit.domains.sequences.steering import ResumeEnrolments, StopEnrolments
from remit.kit import clock
from remit.kit.ids import new_id
from remit.workflows.run_sequences import hands_of, run_once
from tests.domains.sequences.test_runs import an_open_hour, contact, enrol, live_plan, run, waiting
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

ADDED = "Please write to me when it suits you."


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(scope="module")
def plan(desk: Desk) -> UUID:
    return live_plan(desk)


@pytest.fixture
def day() -> Iterator[clock.Hands]:
    with an_open_hour() as hands:
        yield hands


@pytest.fixture
def remit_of_robo(desk: Desk) -> Iterator[None]:
    """Alice's agent may send e-mails by itself."""
    cast, made = desk.cast, new_id()
    cast.sql(
        """INSERT INTO remit.remits (id, action_kind, segment, channel, agent_id, level, daily_cap_count, granted_by, approved_by, reason, created_at)
        VALUES (:id, 'SendEmail', '*', 'email', :robo, 'auto', 9, :gwen, :cora, 'trial', now())""",
        id=made, robo=cast.people["robo"], gwen=cast.people["gwen"], cora=cast.people["cora"],
    )  # fmt: skip
    yield
    cast.sql("UPDATE remit.remits SET revoked_at = now(), revoked_by = granted_by WHERE id = :id", id=made)


def _step(desk: Desk, run_id: UUID) -> UUID:
    [(step,)] = desk.cast.sql(
        "SELECT id FROM remit.enrolment_steps WHERE enrolment_id = :id AND done_at IS NULL", id=run_id
    )
    return UUID(str(step))


def _text(desk: Desk, plan: UUID, who: UUID, actor: str = "alice") -> WriteDraft:
    """What the opening of the plan says to this contact, as its draft."""
    [(text,)] = desk.cast.sql(
        "SELECT template_version_id FROM remit.sequence_texts WHERE version_id = :v AND step = 'opening'",
        v=plan,
    )
    scope = desk.cast.scope(actor)
    return using.draft_of(scope, using.use(scope, str(text), who, {}), who)


def _with(body: str) -> str:
    *parts, end = body.split("\n\n")
    return "\n\n".join([*parts, ADDED, end])


def _unasked(desk: Desk, plan: UUID) -> tuple[UUID, UUID]:
    """A run whose first e-mail the sequence has written and not asked for yet: the run, the draft."""
    who = contact(desk)
    [one] = enrol(desk.cast, plan, who)
    advance(hands_of().notes)
    owner = hands_of().owner(desk.cast.people["alice"])
    assert owner is not None
    step = _step(desk, one)
    return one, stored(owner, _text(desk, plan, who).model_copy(update={"enrolment_step_id": step}))


def _edit(desk: Desk, draft: Draft, who: str = "alice") -> Any:
    action = EditDraft(
        draft_id=draft.id, expected_version=draft.version, subject=draft.subject, body=_with(draft.body)
    )
    return perform(desk.cast.scope(who), action)


def _stop(desk: Desk, run_id: UUID) -> None:
    perform(desk.cast.scope("alice"), StopEnrolments(enrolment_ids=(run_id,), reason="seen enough"))


def test_nobody_puts_a_text_of_theirs_in_a_step(
    desk: Desk, plan: UUID, day: clock.Hands, remit_of_robo: None
) -> None:
    """Not whoever enrolled, no colleague, no agent: the sequence's own text leaves."""
    who = contact(desk)
    [one] = enrol(desk.cast, plan, who)
    advance(hands_of().notes)
    step = _step(desk, one)
    for actor in ("alice", "bob", "robo"):
        own = _text(desk, plan, who, actor)
        with pytest.raises(Refused, match=r"written by its sequence|granted a remit"):
            perform(
                desk.cast.scope(actor),
                own.model_copy(update={"body": _with(own.body), "enrolment_step_id": step}),
            )
    bobs = identity.for_person(desk.cast.people["bob"], via="sequence", only=frozenset({"WriteDraft"}))
    with pytest.raises(Refused, match="written by its sequence"):
        stored(bobs, _text(desk, plan, who, "bob").model_copy(update={"enrolment_step_id": step}))
    assert ask_due(hands_of()) == {"performed": 1}
    said = desk.cast.sql("SELECT body FROM remit.messages WHERE contact_id = :c AND direction = 'out'", c=who)
    assert said == [(_text(desk, plan, who).body,)]
    _stop(desk, one)


def test_an_edited_step_waits_for_a_person_who_is_told(
    desk: Desk, plan: UUID, day: clock.Hands, remit_of_robo: None
) -> None:
    one, draft = _unasked(desk, plan)
    alice = desk.cast.scope("alice")
    with pytest.raises(Refused, match="who may edit it"):
        _edit(desk, get_draft(alice, draft), "bob")
    _edit(desk, get_draft(alice, draft))
    with pytest.raises(Refused, match="changed by hand"):
        send_draft(desk.cast.scope("robo"), draft)
    assert ask_due(hands_of()) == {"waiting": 1}
    [(proposer, reason)] = desk.cast.sql(
        "SELECT proposed_by, reason FROM remit.suggestions WHERE object_id = :id", id=draft
    )
    assert proposer == desk.cast.people["alice"] and "changed by hand" in reason
    _stop(desk, one)


def test_an_unedited_step_leaves_by_the_remit_only_while_its_text_is_the_approved_one(
    desk: Desk, plan: UUID, day: clock.Hands, remit_of_robo: None
) -> None:
    one, draft = _unasked(desk, plan)
    two, other = _unasked(desk, plan)
    desk.cast.sql("UPDATE remit.drafts SET body = body || ' ' WHERE id = :id", id=other)
    with pytest.raises(Refused, match="gives another e-mail now"):
        send_draft(desk.cast.scope("robo"), other)
    assert ask_due(hands_of()) == {"performed": 1, "waiting": 1}
    assert get_draft(desk.cast.scope("alice"), draft).state == "sent"
    _stop(desk, one)
    _stop(desk, two)


@pytest.mark.parametrize("late", [timedelta(days=1), timedelta(days=6000), timedelta(0)])
def test_an_answer_stops_the_run_whatever_its_date_says(
    desk: Desk, plan: UUID, day: clock.Hands, late: timedelta
) -> None:
    who = contact(desk)
    [one] = enrol(desk.cast, plan, who)
    run_once()
    approve(desk.cast.scope("alice"), *waiting(desk.cast, one))
    day.move(timedelta(hours=1))
    run_once()
    assert run(desk.cast, one).step == "ring"
    [(effect, address)] = desk.cast.sql(
        """SELECT d.effect_id, c.email FROM remit.drafts d JOIN remit.contacts c ON c.id = d.contact_id
        WHERE d.contact_id = :c AND d.effect_id IS NOT NULL""",
        c=who,
    )
    perform(
        identity.for_service("mail", via="test"),
        RecordReply(
            effect_id=effect, classification="reply", message_id=f"<{new_id()}@pine.example>", thread_id="t", from_address=address,
            to_address="a@b.example", subject="Re: x", text="Let us talk", at=day.at - late, sha256="0" * 64,
        ),
    )  # fmt: skip
    run_once()
    assert (run(desk.cast, one).heard, run(desk.cast, one).state) == ("reply", "finished")


def test_after_a_restore_no_step_is_taken_before_somebody_looked(
    desk: Desk, plan: UUID, day: clock.Hands, remit_of_robo: None
) -> None:
    """The backup knows nothing of an e-mail that left since: the agent would send it once more."""
    who = contact(desk)
    [one] = enrol(desk.cast, plan, who)
    assert upkeep.hold_restored_runs(identity.for_service("upkeep", via="test"), day.at) >= 1
    assert run_once().total() == 0
    found = run(desk.cast, one)
    assert (found.state, found.code) == ("paused", "restored") and "backup made at" in found.why
    for actor in ("charlie", "robo"):
        with pytest.raises(Refused):
            perform(desk.cast.scope(actor), ResumeEnrolments(enrolment_ids=(one,), reason="looked"))
    with pytest.raises(Refused, match="a restore paused it"):
        perform(desk.cast.scope("alice"), ResumeEnrolments(sequence_id=found.sequence_id))
    events = desk.cast.sql("SELECT event FROM remit.audit WHERE object_id = :id", id=one)
    assert ("enrolment:hold",) in events
    perform(desk.cast.scope("alice"), ResumeEnrolments(enrolment_ids=(one,), reason="not in my mailbox"))
    assert run_once()["performed"] == 1
    _stop(desk, one)
