"""What the demo's agents may do: remits asked for by the governance board and approved by compliance, as for any firm."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.demo.firm import Firm
from remit.domains.governance.actions import GrantRemit
from remit.policy.model import RemitLevel

# SendEmail is the last one that each agent gets: where it is missing, the load was cut off (supervise/first_start.py)
EVERY_AGENT: Final[tuple[tuple[str, RemitLevel], ...]] = (("WriteDraft", "approve"), ("SendEmail", "approve"))
FIRST_AGENT: Final[tuple[tuple[str, RemitLevel], ...]] = (
    ("RecordFact", "suggest"),
    ("LogActivity", "approve"),
)
REASON: Final = "First remits of the demo firm: everything waits for a person."


def grant_remits(firm: Firm) -> int:
    """Grant each agent its first remits, once: one granted or revoked before stays so. Returns how many. Raises Refused."""
    maker = next(person for person in firm.people if person.role == "governance")
    checker = next(person for person in firm.people if person.role == "compliance")
    asks = identity.for_person(UUID(maker.id), via="demo")
    answers = identity.for_person(UUID(checker.id), via="demo")
    count = 0
    for number, agent in enumerate(person for person in firm.people if person.kind == "agent"):
        for kind, level in (*(FIRST_AGENT if number == 0 else ()), *EVERY_AGENT):
            act = GrantRemit(action_kind=kind, level=level, agent_id=UUID(agent.id), reason=REASON)
            answer = perform(asks, act, key=f"demo-remit:{agent.id}:{kind}", reason=REASON)
            if isinstance(answer, Waiting):
                approve(answers, answer.suggestion_id, answer.payload_hash)
                count += 1
            elif not answer.repeated:
                raise Refused("A remit was granted by one person alone; policy should ask for two.")
    return count
