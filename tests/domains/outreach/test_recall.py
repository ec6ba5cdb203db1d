"""What was sent on a fact that has fallen since, and its correction."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from remit.actions import NotFound, Performed, Refused, Waiting, approve, perform
from remit.domains.facts.actions import CorrectFact, WithdrawFact
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.recall import draft_correction, list_recalls
from remit.domains.outreach.writing import send_draft
from remit.kit import clock
from tests.support.desk import Desk


def sent(desk: Desk, body: str) -> UUID:
    """A message to Elena that left, approved by Bob; gives its id."""
    scope = desk.cast.scope("alice")
    done = perform(
        scope, WriteDraft(contact_id=desk.contacts["pine"], subject="A question", body=body, writer="by hand")
    )
    assert isinstance(done, Performed)
    waiting = send_draft(scope, UUID(done.result["draft_id"]))
    assert isinstance(waiting, Waiting)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    [(found,)] = desk.cast.sql(
        "SELECT id FROM remit.messages WHERE draft_id = :id", id=done.result["draft_id"]
    )
    return found


@pytest.fixture
def system(desk: Desk) -> UUID:
    """The fact that Pine's OMS is Vertex, and no other about it; nobody wrote to Pine in the last month."""
    desk.cast.sql("UPDATE remit.facts SET state = 'withdrawn' WHERE kind = 'stack' AND state = 'live'")
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '40 days'")
    return desk.fact("pine", "stack", "Vertex", subject="OMS")


def corrected(desk: Desk, fact: UUID) -> None:
    better = CorrectFact(
        fact_id=fact,
        expected_version=1,
        value="Quorum",
        source_name="Form ADV",
        as_of_on=clock.today() - timedelta(days=3),
    )
    perform(desk.cast.scope("alice"), better)


def test_a_message_is_listed_from_the_day_its_fact_falls(desk: Desk, system: UUID) -> None:
    message = sent(desk, "Hi Elena,\n\nYour OMS is Vertex.")
    scope = desk.cast.scope("alice")
    assert list_recalls(scope, fact_id=system) == []
    corrected(desk, system)
    (found,) = list_recalls(scope, fact_id=system)
    assert (found.message_id, found.why, found.fact.value, found.draft_id) == (
        message,
        "corrected",
        "Vertex",
        None,
    )
    assert list_recalls(desk.cast.scope("charlie"), fact_id=system) == []


def test_an_expired_fact_falls_by_itself(desk: Desk) -> None:
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '40 days'")
    price = desk.fact("pine", "instrument", "listed warrants", valid_until_on=clock.today())
    sent(desk, "Hi Elena,\n\nYou trade listed warrants.")
    assert list_recalls(desk.cast.scope("alice"), fact_id=price) == []
    desk.cast.sql(
        "UPDATE remit.facts SET valid_until_on = :day WHERE id = :id",
        day=clock.today() - timedelta(days=1),
        id=price,
    )
    assert [one.why for one in list_recalls(desk.cast.scope("alice"), fact_id=price)] == ["expired"]


def test_the_correction_says_what_is_so_and_waits_for_approval(desk: Desk, system: UUID) -> None:
    message = sent(desk, "Hi Elena,\n\nYour OMS is Vertex.")
    corrected(desk, system)
    scope = desk.cast.scope("alice")
    draft = get_draft(scope, draft_correction(scope, message))
    assert "Quorum" in draft.body
    assert "Vertex" not in draft.body
    assert [
        one for one in draft.checks if not one["passed"]
    ] == []  # the cap of five days does not hold up a correction
    waiting = send_draft(scope, draft.id)
    assert isinstance(waiting, Waiting)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    [(answers, same_thread)] = desk.cast.sql(
        """SELECT n.in_reply_to = o.message_id, n.thread_id = o.thread_id FROM remit.messages n, remit.messages o
        WHERE n.draft_id = :draft AND o.id = :message""", draft=draft.id, message=message,
    )  # fmt: skip
    assert (answers, same_thread) == (True, True)
    (left,) = [one for one in list_recalls(scope, fact_id=system) if one.message_id == message]
    assert left.draft_state == "sent"
    with pytest.raises(Refused, match="correction already"):
        draft_correction(scope, message)


def test_a_withdrawn_fact_is_taken_back_without_another(desk: Desk, system: UUID) -> None:
    message = sent(desk, "Hi Elena,\n\nYour OMS is Vertex.")
    perform(desk.cast.scope("alice"), WithdrawFact(fact_id=system, expected_version=1, reason="wrong firm"))
    body = get_draft(desk.cast.scope("alice"), draft_correction(desk.cast.scope("alice"), message)).body
    assert "disregard" in body
    assert "Vertex" not in body


def test_only_a_message_that_needs_it_is_corrected(desk: Desk, system: UUID) -> None:
    message = sent(desk, "Hi Elena,\n\nYour OMS is Vertex.")
    scope = desk.cast.scope("alice")
    with pytest.raises(Refused, match="still stands"):
        draft_correction(scope, message)
    with pytest.raises(Refused, match="every fact of it still stands"):
        perform(
            scope,
            WriteDraft(
                contact_id=desk.contacts["pine"],
                subject="Hello",
                body="Hi Elena,",
                writer="by hand",
                corrects_message_id=message,
            ),
        )
    corrected(desk, system)
    with pytest.raises(NotFound):
        draft_correction(desk.cast.scope("charlie"), message)
