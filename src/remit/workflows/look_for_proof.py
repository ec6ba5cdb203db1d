"""Look once more for the archived copies of parked messages: a copy that came late settles its effect."""

from __future__ import annotations

from typing import Final

from dbos import DBOS

from remit.actions import effects
from remit.actions.delivery import Delivered, deliverer_of
from remit.actions.effect_rows import ClaimLost
from remit.workflows.context import current

BATCH: Final = 50


@DBOS.workflow(name="look_for_proof")
def look_for_proof() -> int:
    """The durable story: how many effects were settled."""
    return _look()


@DBOS.step(name="look_for_proof_step")
def _look() -> int:
    scope, settled = current().delivery, 0
    for effect in effects.list_parked(scope, BATCH):
        deliverer = deliverer_of(effect.kind)
        if effect.phase != "committing" or deliverer is None or not deliverer.can_look():
            continue
        proof = deliverer.look_for(effect)
        if proof is None:
            continue
        try:
            effects.settle(scope, effect, Delivered(proof))
            settled += 1
        except ClaimLost:
            continue  # a person settled it this very moment
    return settled
