"""Deliver one effect, once.

claim it → read and check → hand it over, with `committing` written down right before the point of no return →
write the receipt. A worker that dies before `committing` has sent nothing: the next attempt starts afresh. One that
dies after it may have: the next worker looks for proof, and parks the effect for a person when there is none.
"""

from __future__ import annotations

import threading
from typing import Final
from uuid import UUID

import structlog
from dbos import DBOS
from sqlalchemy.exc import InterfaceError, OperationalError

from remit.actions import effects
from remit.actions.delivery import (
    Claimed,
    Delivered,
    Deliverer,
    Failed,
    Later,
    Result,
    Undeliverable,
    Unknown,
    deliverer_of,
)
from remit.actions.effect_rows import ClaimLost, Stopped
from remit.db.sessions import read
from remit.workflows.context import WorkerContext, current

PREFIX: Final = "deliver"
RECEIPT_TRIES, RECEIPT_PAUSE_SECONDS = 60, 1.0  # a receipt outlives a database restart
LOOK_TRIES, LOOK_PAUSE_SECONDS = 3, 1.0  # an archived copy needs a moment to arrive

log = structlog.get_logger(__name__)


@DBOS.workflow(name="deliver_effect")
def deliver_effect(effect_id: str) -> str:
    """The durable story: one attempt; what it led to, in a word. Later attempts are workflows of their own."""
    return attempt(effect_id)


@DBOS.step(name="attempt")
def attempt(effect_id: str) -> str:
    """One attempt, safe to be run again after any death: the effect's row knows how far the last one got."""
    context, wanted = current(), UUID(effect_id)
    with context.working_on(wanted):
        effect = effects.claim(context.delivery, wanted, context.token)
        if effect is None:
            return "nothing to do"
        deliverer = deliverer_of(effect.kind)
        try:
            if deliverer is None:
                effects.park(context.delivery, effect, f"No channel of this worker delivers {effect.kind}.")
                return "parked"
            if effect.phase == "committing":
                return _after_a_death(context, deliverer, effect)
            return _conclude(context, deliverer, effect, _hand_over(context, deliverer, effect))
        except Undeliverable as reason:
            if reason.recalled:
                effects.recall(context.delivery, effect, reason.reason)
                return "recalled"
            effects.fail(context.delivery, effect, Failed(reason.reason, "undeliverable"))
            return "failed"
        except Stopped:
            return "recalled"
        except ClaimLost as lost:
            log.warning("another worker holds the effect now", effect=effect_id, reason=str(lost))
            return "taken over"


def _hand_over(context: WorkerContext, deliverer: Deliverer, effect: Claimed) -> Result:
    with read(context.delivery) as session:
        package = deliverer.prepare(session, effect)
    return deliverer.transmit(
        package, lambda: effects.commit_point(context.delivery, effect, deliverer.guard)
    )


def _conclude(context: WorkerContext, deliverer: Deliverer, effect: Claimed, result: Result) -> str:
    match result:
        case Delivered():
            _settle(context, effect, result)
            return "delivered"
        case Later(reason):
            effects.try_later(context.delivery, effect, reason)
            return "later"
        case Failed():
            effects.fail(context.delivery, effect, result)
            return "failed"
        case Unknown(reason):
            return _prove_or_park(context, deliverer, effect, reason)


def _after_a_death(context: WorkerContext, deliverer: Deliverer, effect: Claimed) -> str:
    known = (
        "A worker stopped after the message had been handed over and before the answer was written down. "
        "It may have been accepted, or not."
    )
    return _prove_or_park(context, deliverer, effect, known)


def _prove_or_park(context: WorkerContext, deliverer: Deliverer, effect: Claimed, known: str) -> str:
    if not deliverer.can_look():
        effects.park(context.delivery, effect, f"{known} No archive mailbox is set up to look in.")
        return "parked"
    for number in range(LOOK_TRIES):
        if number:
            threading.Event().wait(LOOK_PAUSE_SECONDS)
        proof = deliverer.look_for(effect)
        if proof is not None:
            _settle(context, effect, Delivered(proof))
            return "delivered"
    effects.park(context.delivery, effect, f"{known} No copy is in the archive mailbox so far.")
    return "parked"


def _settle(context: WorkerContext, effect: Claimed, delivered: Delivered) -> None:
    """Write the receipt, also through a restart of the database: what left must not be forgotten."""
    for _ in range(RECEIPT_TRIES - 1):
        try:
            effects.settle(context.delivery, effect, delivered)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("the receipt cannot be written yet", effect=str(effect.id), reason=str(error.orig))
            threading.Event().wait(RECEIPT_PAUSE_SECONDS)
    effects.settle(context.delivery, effect, delivered)
