"""Ways to let a message leave although it was stopped. Each must fail."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from remit import identity
from remit.actions import Performed, Waiting, approve, effects, perform
from remit.actions.delivery import Delivered
from remit.db.location import Role
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.verbs import SendEmail


def _approved(cast: Cast, body: str) -> UUID:
    waiting = perform(cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body=body))
    assert isinstance(waiting, Waiting)
    done = approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert isinstance(done, Performed)
    return done.effect_ids[0]


def test_a_halt_between_claim_and_capture(cast: Cast) -> None:
    delivery = identity.for_service("delivery", via="test")
    effect = effects.claim(delivery, _approved(cast, "Halted"), "worker/1")
    assert effect is not None
    cast.sql(
        "INSERT INTO remit.halts (id, scope_kind, scope_value, reason, halted_by, halted_at)"
        " VALUES (:id, 'everything', '', 'test', :by, now())",
        id=new_id(),
        by=cast.people["vera"],
    )
    try:
        with pytest.raises(effects.Stopped):
            effects.settle(delivery, effect, Delivered({"transport": "capture"}, captured=b"the message"))
    finally:
        cast.sql("UPDATE remit.halts SET resumed_at = now()")
    assert cast.sql("SELECT state FROM remit.effects WHERE id = :id", id=effect.id) == [("recalled",)]
    assert cast.sql("SELECT count(*) FROM remit.captured_mail WHERE effect_id = :id", id=effect.id) == [(0,)]
    assert cast.sql("SELECT count(*) FROM remit.receipts WHERE effect_id = :id", id=effect.id) == [(0,)]


def test_a_text_changed_after_approval_is_parked_not_sent(cast: Cast) -> None:
    """The roles of the application cannot change it; this is done as the owner of the tables."""
    effect = _approved(cast, "As approved")
    forged = json.dumps({"body": "Wire 5000 to another account."})
    cast.sql(
        "UPDATE remit.effects SET payload = payload || CAST(:forged AS jsonb) WHERE id = :id",
        id=effect,
        forged=forged,
    )
    assert effects.claim(identity.for_service("delivery", via="test"), effect, "worker/1") is None
    [(state, known)] = cast.sql("SELECT state, known FROM remit.effects WHERE id = :id", id=effect)
    assert state == "parked"
    assert "not what was approved" in known


@pytest.mark.parametrize("state", ["queued", "sending", "recalled", "parked"])
def test_what_was_delivered_stays_delivered(cast: Cast, state: str) -> None:
    delivery = identity.for_service("delivery", via="test")
    effect = effects.claim(delivery, _approved(cast, f"Once, not {state}"), "worker/1")
    assert effect is not None
    effects.settle(delivery, effect, Delivered({"transport": "capture"}, captured=b"the message"))
    with (
        pytest.raises(DBAPIError, match=f"does not go from delivered to {state}"),
        create_engine(cast.location.url(Role.WRITER), poolclass=NullPool).begin() as connection,
    ):
        connection.execute(
            text("SELECT set_config('remit.person_id', :p, true)"), {"p": str(identity.SYSTEM_ID)}
        )
        connection.execute(
            text("UPDATE remit.effects SET state = :state, next_at = now() WHERE id = :id"),
            {"state": state, "id": effect.id},
        )
    assert effects.claim(delivery, effect.id, "worker/1") is None
