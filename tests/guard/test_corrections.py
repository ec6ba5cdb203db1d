"""A correction is free of the pause between messages once, for a message that left: it is no way to write every day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import One, Performed, Refused, Waiting, approve, perform, perform_each
from remit.db.location import Location
from remit.domains.facts import actions as fact_actions
from remit.domains.facts.actions import CorrectFact, WithdrawFact
from remit.domains.messages.uncertain import RecallEffect
from remit.domains.outreach import actions as outreach_actions
from remit.domains.outreach.actions import DiscardDraft, WriteDraft
from remit.domains.outreach.writing import send_draft
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


def _written(desk: Desk, body: str, corrects: UUID | None = None) -> UUID:
    action = WriteDraft(
        contact_id=desk.contacts["pine"], subject="A question", body=body, writer="by hand", corrects_message_id=corrects
    )  # fmt: skip
    done = perform(desk.cast.scope("alice"), action)
    assert isinstance(done, Performed)
    return UUID(done.result["draft_id"])


def _sent(desk: Desk, draft: UUID) -> tuple[UUID, UUID]:
    """(message, effect) of a draft that left, approved by Bob."""
    waiting = send_draft(desk.cast.scope("alice"), draft)
    assert isinstance(waiting, Waiting)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    [found] = desk.cast.sql("SELECT id, effect_id FROM remit.messages WHERE draft_id = :id", id=draft)
    return found


def _fallen(desk: Desk) -> tuple[UUID, UUID]:
    """A message on a fact that the rep who wrote it took back themselves."""
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '40 days'")
    fact = desk.fact("pine", "stack", "Vertex", subject="OMS")
    message = _sent(desk, _written(desk, "Hi Elena,\n\nYour OMS is Vertex."))
    perform(desk.cast.scope("alice"), WithdrawFact(fact_id=fact, expected_version=1, reason="wrong"))
    return message


def test_one_fallen_fact_does_not_lift_the_pause_for_ever(desk: Desk) -> None:
    message, _ = _fallen(desk)
    _sent(desk, _written(desk, "Hi Elena,\n\nPlease disregard what we wrote.", message))
    with pytest.raises(Refused):
        _sent(desk, _written(desk, "Hi Elena,\n\nWould a call suit you this week?", message))


def test_a_batch_corrects_a_message_no_more_often(desk: Desk) -> None:
    message, _ = _fallen(desk)
    acts = [
        WriteDraft(contact_id=desk.contacts["pine"], subject="A question", body=body, writer="by hand", corrects_message_id=message)
        for body in ("Hi Elena,\n\nPlease disregard what we wrote.", "Hi Elena,\n\nWould a call suit you?")
    ]  # fmt: skip
    first, second = perform_each(desk.cast.scope("alice"), [One(each) for each in acts])
    assert isinstance(first, Performed)
    assert isinstance(second, Refused) and "a correction of it already" in second.message


def test_two_drafts_of_one_correction_do_not_both_leave(desk: Desk) -> None:
    message, _ = _fallen(desk)
    first = _written(desk, "Hi Elena,\n\nPlease disregard what we wrote.", message)
    with pytest.raises(Refused, match="correction of it already"):
        _written(desk, "Hi Elena,\n\nPlease disregard it.", message)
    perform(desk.cast.scope("alice"), DiscardDraft(draft_id=first, expected_version=1))
    _sent(desk, _written(desk, "Hi Elena,\n\nPlease disregard it.", message))


def test_a_message_that_never_left_is_not_corrected(desk: Desk) -> None:
    message, effect = _fallen(desk)
    perform(desk.cast.scope("alice"), RecallEffect(effect_id=effect, reason="wrong"))
    with pytest.raises(Refused):
        _written(desk, "Hi Elena,\n\nPlease disregard what we wrote.", message)


def _at_one_instant(
    monkeypatch: pytest.MonkeyPatch, module: Any, step: str, acts: list[Callable[[], object]]
) -> list[str]:
    """How each act ended: `done` or its code. Whoever comes to `step` waits there for the others, as long as they may come."""
    meeting, real, ends = Barrier(len(acts)), getattr(module, step), []

    def together(*args: Any, **kwargs: Any) -> Any:
        with suppress(BrokenBarrierError):
            meeting.wait(1.0)
        return real(*args, **kwargs)

    def run(act: Callable[[], object]) -> None:
        try:
            act()
            ends.append("done")
        except Refused as refused:
            ends.append(refused.code)

    with monkeypatch.context() as patched:
        patched.setattr(module, step, together)
        threads = [Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sorted(ends)


def test_two_corrections_of_a_message_at_one_instant_are_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, _ = _fallen(desk)
    acts = [lambda: _written(desk, "Hi Elena,\n\nPlease disregard what we wrote.", message)] * 2
    assert _at_one_instant(monkeypatch, outreach_actions, "gather", acts) == ["check_failed", "done"]


def test_two_corrections_of_a_fact_at_one_instant_are_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = desk.fact("pine", "stack", "Vertex", subject="OMS")
    better = CorrectFact(
        fact_id=fact, expected_version=1, value="Corvid", source_name="A call", as_of_on=date(2026, 11, 20)
    )
    acts = [lambda: perform(desk.cast.scope("alice"), better)] * 2
    ends = _at_one_instant(monkeypatch, fact_actions, "_close", acts)
    assert ends == ["done", "version_conflict"]
    assert desk.cast.sql("SELECT count(*) FROM remit.facts WHERE value = 'Corvid'") == [(1,)]
