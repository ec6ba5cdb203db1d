"""Ways to let a message leave although it was stopped. Each must fail."""

from __future__ import annotations

import pytest

from remit import identity
from remit.actions import Performed, Waiting, approve, effects, perform
from remit.actions.delivery import Delivered
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.verbs import SendEmail


def test_a_halt_between_claim_and_capture(cast: Cast) -> None:
    waiting = perform(cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body="Halted"))
    assert isinstance(waiting, Waiting)
    done = approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    assert isinstance(done, Performed)
    delivery = identity.for_service("delivery", via="test")
    effect = effects.claim(delivery, done.effect_ids[0], "worker/1")
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
