"""A person's word on what nobody can know, through the door; recall of what still waits."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit import wiring  # noqa: F401 - registers the handlers
from remit.actions import Conflict, NotFound, Refused, perform
from remit.db.location import Location
from remit.domains.messages import queries
from remit.domains.messages.uncertain import RecallEffect, ResolveParkedEffect
from tests.support.cast import Cast, make_cast
from tests.support.mail import Queued, add_contact, queue_email, state


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture
def effect(cast: Cast) -> Queued:
    return queue_email(cast, add_contact(cast, "pine", "dana@pine.example"), "dana@pine.example")


def park(cast: Cast, effect: Queued) -> UUID:
    cast.sql(
        "UPDATE remit.effects SET state = 'parked', phase = 'committing', attempt_count = 1, worker = 'worker-1/7',"
        " known = 'It may have been accepted, or not.' WHERE id = :id",
        id=effect.id,
    )
    return effect.id


def resolve(effect: UUID, decision: str, version: int = 1, reason: str = "asked Dana") -> ResolveParkedEffect:
    return ResolveParkedEffect.model_validate(
        {"effect_id": effect, "decision": decision, "reason": reason, "expected_version": version}
    )


def test_it_was_delivered(cast: Cast, effect: Queued) -> None:
    park(cast, effect)
    assert effect.id in [one.id for one in queries.list_parked(cast.scope("alice"))]
    perform(cast.scope("alice"), resolve(effect.id, "delivered"))
    found, _ = queries.get_effect(cast.scope("alice"), effect.id)
    assert found.state == "delivered"
    assert found.proof is not None
    assert found.proof["proof"] == "a person's word"


def test_send_again_goes_out_under_the_same_key(cast: Cast, effect: Queued) -> None:
    park(cast, effect)
    perform(cast.scope("alice"), resolve(effect.id, "send_again"))
    assert state(cast, effect.id)[:2] == ("queued", "")
    [(key,)] = cast.sql("SELECT idempotency_key FROM remit.effects WHERE id = :id", id=effect.id)
    assert key == effect.key


def test_give_up(cast: Cast, effect: Queued) -> None:
    park(cast, effect)
    perform(cast.scope("bob"), resolve(effect.id, "give_up"))
    assert state(cast, effect.id)[0] == "failed"


def test_no_agent_settles_what_is_uncertain(cast: Cast, effect: Queued) -> None:
    park(cast, effect)
    with pytest.raises(Refused):
        perform(cast.scope("robo"), resolve(effect.id, "delivered"))
    assert state(cast, effect.id)[0] == "parked"


def test_outsiders_stale_pages_and_other_states_are_refused(cast: Cast, effect: Queued) -> None:
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), resolve(effect.id, "delivered"))
    assert caught.value.code == "not_parked"
    park(cast, effect)
    with pytest.raises(NotFound):
        perform(cast.scope("charlie"), resolve(effect.id, "delivered"))
    with pytest.raises(Conflict):
        perform(cast.scope("alice"), resolve(effect.id, "delivered", version=9))
    with pytest.raises(Refused):
        perform(cast.scope("alice"), resolve(effect.id, "delivered", reason="   "))
    assert state(cast, effect.id)[0] == "parked"
    assert cast.sql("SELECT count(*) FROM remit.receipts WHERE effect_id = :id", id=effect.id) == [(0,)]


def test_recall_takes_back_only_what_waits(cast: Cast, effect: Queued) -> None:
    perform(cast.scope("alice"), RecallEffect(effect_id=effect.id, reason="wrong quarter"))
    now, _, known = state(cast, effect.id)
    assert now == "recalled"
    assert "wrong quarter" in known
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), RecallEffect(effect_id=effect.id, reason="again"))
    assert caught.value.code == "not_queued"
