"""Sequences by the clock: stop what has to stop, take what is due, write and ask for the e-mails."""

from __future__ import annotations

from collections import Counter
from typing import Final
from uuid import UUID

from dbos import DBOS

from remit import identity
from remit.db.sessions import read
from remit.domains.sequences.advancing import run_due
from remit.domains.sequences.asking import Hands, ask_due
from remit.policy.remits import auto_agent
from remit.scope import Scope

OWNER: Final = frozenset({"WriteDraft", "SendEmail"})
"""All that is done in the name of whoever enrolled: the text that compliance approved, and asking for it to be sent."""
VIA: Final = "sequence"


@DBOS.workflow(name="run_sequences")
def run_sequences() -> int:
    """The durable story: how many steps were taken and e-mails asked for."""
    return _run()


@DBOS.step(name="run_sequences_step")
def _run() -> int:
    return sum(run_once().values())


def run_once() -> Counter[str]:
    """One round: everything that is due, and a batch of e-mails; what became of them, counted."""
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
