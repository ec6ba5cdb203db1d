"""Sending: nothing leaves without a person's yes to exactly this text, and without everything still holding then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from remit.actions import Conflict, Performed, Refused, Waiting, approve, perform
from remit.domains.consent.actions import AddDoNotContact, RecordConsent
from remit.domains.facts.actions import WithdrawFact
from remit.domains.outreach.actions import EditDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.send import SendEmail, effect_key, sha256
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.kit import clock
from tests.support.desk import Desk


@pytest.fixture(autouse=True)
def days_pass(desk: Desk) -> Iterator[None]:
    """Each test begins a week after whatever the last one sent."""
    yield
    desk.cast.sql("UPDATE remit.messages SET at = at - interval '7 days'")


def asked(desk: Desk, account: str = "pine", by: str = "alice", variant: int = 0) -> tuple[UUID, Waiting]:
    scope = desk.cast.scope(by)
    draft = draft_outreach(scope, desk.contacts[account], variant=variant)
    waiting = send_draft(scope, draft)
    assert isinstance(waiting, Waiting)
    return draft, waiting


def asked_about(desk: Desk, word: str) -> tuple[UUID, Waiting]:
    """As asked, of a draft that says `word`: which fact the writer takes up depends on the account's id and the variant."""
    scope = desk.cast.scope("alice")
    for variant in range(40):
        draft = draft_outreach(scope, desk.contacts["pine"], variant=variant)
        if word in get_draft(scope, draft).body:
            waiting = send_draft(scope, draft)
            assert isinstance(waiting, Waiting)
            return draft, waiting
    raise AssertionError(f"no variant says {word}")


def test_an_approved_draft_becomes_one_message_and_one_effect(desk: Desk) -> None:
    draft, waiting = asked(desk)
    done = approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    stored = get_draft(desk.cast.scope("alice"), draft)
    assert stored.state == "sent"
    [(key, kind, payload, state)] = desk.cast.sql(
        "SELECT idempotency_key, kind, payload, state FROM remit.effects WHERE action_id = :id",
        id=done.action_id,
    )
    assert (key, kind, state) == (effect_key(draft, 1), "email.send", "queued")
    assert payload["to"] == "elena.voss@pine.example"
    assert payload["to_name"] == "Elena Voss"
    assert payload["from_person"] == str(desk.cast.people["alice"])
    assert (payload["subject"], payload["body"]) == (stored.subject, stored.body)
    [(message_id, facts, body)] = desk.cast.sql(
        "SELECT message_id, fact_ids, body FROM remit.messages WHERE draft_id = :id", id=draft
    )
    assert message_id == payload["message_id"]
    assert message_id.startswith("<remit.")
    assert message_id.endswith("@northlake.example>")
    assert facts
    assert body == stored.body
    events = desk.cast.sql(
        "SELECT event FROM remit.audit WHERE action_id = :id ORDER BY id", id=done.action_id
    )
    assert [event for (event,) in events] == [
        "email:send:decided",
        "email:send",
        "email:send:effect:queued",
        "suggestion:approve",
    ]


def test_asking_twice_waits_once_and_sending_twice_is_refused(desk: Desk) -> None:
    draft, waiting = asked(desk)
    again = send_draft(desk.cast.scope("alice"), draft)
    assert isinstance(again, Waiting)
    assert again.suggestion_id == waiting.suggestion_id
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    with pytest.raises(Refused) as refused:
        approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert refused.value.code == "suggestion_not_waiting"
    before = desk.cast.sql("SELECT count(*) FROM remit.effects")
    with pytest.raises(Refused):
        send_draft(desk.cast.scope("alice"), draft)
    assert desk.cast.sql("SELECT count(*) FROM remit.effects") == before


def test_an_approval_of_the_text_before_an_edit_sends_nothing(desk: Desk) -> None:
    draft, waiting = asked(desk)
    stored = get_draft(desk.cast.scope("alice"), draft)
    perform(
        desk.cast.scope("alice"),
        EditDraft(draft_id=draft, expected_version=1, subject=stored.subject, body=stored.body + "\n"),
    )
    with pytest.raises(Refused) as refused:
        approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert refused.value.code == "suggestion_not_waiting"
    assert desk.cast.sql("SELECT count(*) FROM remit.messages WHERE draft_id = :id", id=draft) == [(0,)]


def test_a_fact_withdrawn_while_it_waited_stops_the_message_at_approval(desk: Desk) -> None:
    fact = desk.fact("pine", "office", "Singapore", source_name="Press release")
    _, waiting = asked_about(desk, "Singapore")
    perform(desk.cast.scope("alice"), WithdrawFact(fact_id=fact, expected_version=1, reason="not so"))
    with pytest.raises(Refused) as refused:
        approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert refused.value.code == "check_failed"
    assert "withdrawn" in refused.value.message


def test_a_fact_that_ran_out_while_it_waited_stops_it_too(desk: Desk) -> None:
    soon = clock.today() + timedelta(days=1)
    fact = desk.fact("pine", "launch", "a rates fund", source_name="Press release", valid_until_on=soon)
    _, waiting = asked_about(desk, "a rates fund")
    with clock.stopped(clock.now() + timedelta(days=2)), pytest.raises(Refused) as refused:
        approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert f"valid until {soon}" in refused.value.message
    perform(desk.cast.scope("alice"), WithdrawFact(fact_id=fact, expected_version=1, reason="end of test"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"to_address": "rival@elsewhere.example"}, "not the contact's address"),
        ({"subject": "Another subject"}, "differs from the stored draft"),
        ({"body_sha256": "0" * 64}, "not that of the text"),
    ],
)
def test_a_payload_that_is_not_the_draft_is_refused(desk: Desk, change: dict[str, str], says: str) -> None:
    scope = desk.cast.scope("alice")
    draft = get_draft(scope, draft_outreach(scope, desk.contacts["pine"]))
    given = {
        "draft_id": draft.id, "expected_version": 1, "contact_id": draft.contact_id, "to_address": draft.to_address,
        "subject": draft.subject, "body": draft.body, "body_sha256": sha256(draft.body),
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        perform(scope, SendEmail.model_validate(given | change))
    assert says in refused.value.message
    with pytest.raises(Conflict):
        perform(scope, SendEmail.model_validate(given | {"expected_version": 7}))


def test_who_asked_not_to_be_contacted_is_not(desk: Desk) -> None:
    draft, waiting = asked(desk, "oak")
    entry = AddDoNotContact(
        entry="domain", value="Oak.example", reason="asked by phone", account_id=desk.cast.accounts["oak"]
    )
    perform(desk.cast.scope("alice"), entry)
    for attempt in (
        lambda: approve(desk.cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash),
        lambda: send_draft(
            desk.cast.scope("bob"), draft_outreach(desk.cast.scope("bob"), desk.contacts["oak"])
        ),
    ):
        with pytest.raises(Refused, match="do-not-contact") as refused:
            attempt()
        assert refused.value.code == "check_failed"
    desk.cast.sql("DELETE FROM remit.do_not_contact")
    assert get_draft(desk.cast.scope("alice"), draft).state == "waiting"


def test_a_key_account_needs_somebody_else_than_the_maker(desk: Desk) -> None:
    _draft, waiting = asked(desk, "oak")
    with pytest.raises(Refused):
        approve(desk.cast.scope("alice"), waiting.suggestion_id, waiting.payload_hash)
    assert isinstance(approve(desk.cast.scope("mia"), waiting.suggestion_id, waiting.payload_hash), Performed)


def test_consent_withdrawn_stops_and_consent_given_opens(desk: Desk) -> None:
    scope, contact = desk.cast.scope("bob"), desk.contacts["wall"]
    perform(scope, RecordConsent(contact_id=contact, state="withdrawn", basis="wrote to us"))
    with pytest.raises(Refused, match="withdrawn consent"):
        send_draft(scope, draft_outreach(scope, contact))
    perform(scope, RecordConsent(contact_id=contact, state="granted", basis="said so in a meeting"))
    assert isinstance(send_draft(scope, draft_outreach(scope, contact)), Waiting)


def test_one_contact_is_written_to_once_in_five_days(desk: Desk) -> None:
    _draft, waiting = asked(desk)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    with pytest.raises(Refused, match="was written to on"):
        asked(desk, variant=1, by="bob")
    with clock.stopped(clock.now() + timedelta(days=6)):
        assert asked(desk, variant=1, by="bob")


def test_an_agent_without_a_remit_cannot_send(desk: Desk) -> None:
    draft = draft_outreach(desk.cast.scope("alice"), desk.contacts["pine"])
    with pytest.raises(Refused) as refused:
        send_draft(desk.cast.scope("robo"), draft)
    assert refused.value.code == "not_permitted_by_policy"


def test_a_suggestion_that_lapsed_may_be_asked_for_again_and_a_rejected_one_not(desk: Desk) -> None:
    draft, waiting = asked(desk)
    desk.cast.sql("UPDATE remit.suggestions SET state = 'expired' WHERE id = :id", id=waiting.suggestion_id)
    again = send_draft(desk.cast.scope("alice"), draft)
    assert isinstance(again, Waiting)
    desk.cast.sql("UPDATE remit.suggestions SET state = 'rejected' WHERE id = :id", id=again.suggestion_id)
    with pytest.raises(Refused) as refused:
        send_draft(desk.cast.scope("alice"), draft)
    assert refused.value.code == "suggestion_not_waiting"
