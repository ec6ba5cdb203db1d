"""Sequences by the clock: take what is due, write and ask for the e-mails; and, less often, look at every run for what ends it.

A step that is taken, written, asked for or approved looks at its own run anyway; the sweep is for the others.
"""

from __future__ import annotations

from collections import Counter
from typing import Final
from uuid import UUID

from dbos import DBOS

from remit import identity
from remit.db.sessions import read
from remit.domains.sequences.advancing import advance, run_due, sweep
from remit.domains.sequences.asking import Hands, ask_due
from remit.domains.sequences.said import VIA
from remit.policy.remits import auto_agent
from remit.scope import Scope

OWNER: Final = frozenset({"WriteDraft", "SendEmail"})
"""All that is done in the name of whoever enrolled: the text that compliance approved, and asking for it to be sent."""


ROUND_SECONDS: Final = 12.0
"""How long a round writes and asks for e-mails, batch by batch, before others have their turn; the next begins within seconds."""


@DBOS.workflow(name="run_sequences")
def run_sequences() -> int:
    """The durable story: how many steps were taken and e-mails asked for."""
    return _run()


@DBOS.step(name="run_sequences_step")
def _run() -> int:
    hands = hands_of()
    return (advance(hands.notes) + ask_due(hands, seconds=ROUND_SECONDS)).total()


@DBOS.workflow(name="sweep_sequences")
def sweep_sequences() -> int:
    """The durable story: how many runs were stopped, paused or branched."""
    return _sweep()


@DBOS.step(name="sweep_sequences_step")
def _sweep() -> int:
    return sweep(identity.for_service("sequencing", via="worker")).total()


def run_once() -> Counter[str]:
    """Both at once: every run looked at, everything due taken, a batch of e-mails written and asked for; what became of them, counted."""
    hands = hands_of()
    return run_due(hands.notes) + ask_due(hands)


def hands_of() -> Hands:
    """The scopes of a round: the job's own, and on the strength of an enrolment those of its owner, narrowed to OWNER."""
    job = identity.for_service("sequencing", via="worker")

    def owner(person_id: UUID) -> Scope | None:
        try:
            return identity.for_person(person_id, via=VIA, only=OWNER)
        except identity.NotPermitted:
            return None

    def sender(person_id: UUID, segment: str) -> Scope | None:
        with read(job) as s:
            agent_id = auto_agent(s, person_id, "SendEmail", segment, "email")
        return identity.for_agent(agent_id, via=VIA) if agent_id else owner(person_id)

    return Hands(job, owner, sender)
