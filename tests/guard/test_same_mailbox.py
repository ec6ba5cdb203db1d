"""The pause and a withdrawn consent are a person's, not a row's: entering them twice is no way to write to them every day."""

from __future__ import annotations

from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.accounts.actions import CreateAccount
from remit.domains.consent.actions import RecordConsent
from remit.domains.contacts.actions import CreateContact
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.writing import draft_outreach, send_draft
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


def _again(desk: Desk, email: str, account: UUID | None = None) -> UUID:
    """Elena once more, as another contact."""
    action = CreateContact(
        account_id=account or desk.cast.accounts["pine"], first_name="Elena", last_name="Voss", email=email, country="US"
    )  # fmt: skip
    done = perform(desk.cast.scope("alice"), action)
    assert isinstance(done, Performed)
    return UUID(done.result["contact_id"])


def _stopped_by(desk: Desk, contact: UUID) -> list[str]:
    done = perform(
        desk.cast.scope("alice"),
        WriteDraft(contact_id=contact, subject="A question", body="Hi Elena,\n\nWould a call suit you?", writer="by hand"),
    )  # fmt: skip
    assert isinstance(done, Performed)
    checks = get_draft(desk.cast.scope("alice"), UUID(done.result["draft_id"])).checks
    return [one["id"] for one in checks if not one["passed"] and one["id"] != "specific-enough"]


def test_the_pause_and_a_withdrawn_consent_hold_for_whoever_has_the_mailbox(desk: Desk) -> None:
    alice = desk.cast.scope("alice")
    waiting = send_draft(alice, draft_outreach(alice, desk.contacts["pine"]))
    assert isinstance(waiting, Waiting)
    approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert _stopped_by(desk, desk.contacts["pine"]) == ["contact-cap"]
    other = perform(alice, CreateAccount(name="Pine Capital London"))
    assert isinstance(other, Performed)
    elsewhere = UUID(str(other.result["account_id"]))
    once_more = [
        _again(desk, "Elena.Voss@pine.example"),
        _again(desk, "elena.voss+1@pine.example"),
        _again(desk, "elena.voss@\uff50ine.example"),
        _again(desk, "elena.voss@pine.example", elsewhere),
    ]
    for contact in once_more:
        assert _stopped_by(desk, contact) == ["contact-cap"]
    somebody = _again(desk, "ella.voss@pine.example")
    assert _stopped_by(desk, somebody) == []
    perform(
        alice,
        RecordConsent(contact_id=desk.contacts["pine"], state="withdrawn", basis="said so on the phone"),
    )
    for contact in once_more:
        assert _stopped_by(desk, contact) == ["consent", "contact-cap"]
    assert _stopped_by(desk, somebody) == []
