"""A draft that was sent after a backup reads as unsent after its restore: it does not leave again before a person has looked."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Performed, Refused, Waiting, approve, perform, upkeep
from remit.actions.suggestions import ReleaseSuggestion
from remit.db.location import Location
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.holding import ReleaseDraft
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.writing import send_draft
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

MADE_AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    found = make_desk(make_cast(database))
    found.fact("pine", "stack", "Vertex", subject="OMS")
    return found


def _written(desk: Desk) -> UUID:
    done = perform(
        desk.cast.scope("alice"),
        WriteDraft(
            contact_id=desk.contacts["pine"], subject="A question", body="Hi Elena,\n\nYour OMS is Vertex.", writer="by hand"
        ),
    )  # fmt: skip
    assert isinstance(done, Performed)
    return UUID(done.result["draft_id"])


def _restored() -> None:
    service = identity.for_service("upkeep", via="test")
    upkeep.hold_restored(service, MADE_AT)
    assert upkeep.hold_restored_drafts(service, MADE_AT) >= 1


def test_an_unsent_draft_waits_until_somebody_has_looked(desk: Desk) -> None:
    alice, draft = desk.cast.scope("alice"), _written(desk)
    _restored()
    with pytest.raises(Refused, match="backup made at 2026-03-01 08:30 UTC"):
        send_draft(alice, draft)
    for who, reason in (("charlie", "looked"), ("adam", "looked"), ("robo", "looked"), ("alice", "  ")):
        with pytest.raises(Refused):
            perform(desk.cast.scope(who), ReleaseDraft(draft_id=draft, reason=reason))
    assert get_draft(alice, draft).held
    perform(desk.cast.scope("bob"), ReleaseDraft(draft_id=draft, reason="not in her sent mailbox"))
    assert isinstance(send_draft(alice, draft), Waiting) and not get_draft(alice, draft).held
    events = desk.cast.sql("SELECT event FROM remit.audit WHERE object_id = :id ORDER BY at, id", id=draft)
    held = [event for (event,) in events if event.endswith((":hold", ":release"))]
    assert held == ["draft:hold", "draft:release"]
    with pytest.raises(Refused, match="not held"):
        perform(desk.cast.scope("bob"), ReleaseDraft(draft_id=draft, reason="again"))


def test_what_waited_for_approval_is_looked_at_once(desk: Desk) -> None:
    alice, bob, draft = desk.cast.scope("alice"), desk.cast.scope("bob"), _written(desk)
    waiting = send_draft(alice, draft)
    assert isinstance(waiting, Waiting)
    _restored()
    with pytest.raises(Refused):
        approve(bob, waiting.suggestion_id, waiting.payload_hash)
    perform(bob, ReleaseSuggestion(suggestion_id=waiting.suggestion_id, reason="not in her sent mailbox"))
    assert not get_draft(alice, draft).held
    approve(bob, waiting.suggestion_id, waiting.payload_hash)
    assert get_draft(alice, draft).state == "sent"
