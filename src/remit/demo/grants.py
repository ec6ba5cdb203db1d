"""What the demo's agents may do: remits asked for by the governance board and approved by compliance, as for any firm."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.demo.firm import Firm
from remit.domains.governance.actions import GrantRemit
from remit.policy.model import RemitLevel

EVERY_AGENT: Final[tuple[tuple[str, RemitLevel], ...]] = (("WriteDraft", "approve"), ("SendEmail", "approve"))
FIRST_AGENT: Final[tuple[tuple[str, RemitLevel], ...]] = (
    ("RecordFact", "suggest"),
    ("LogActivity", "approve"),
)
REASON: Final = "First remits of the demo firm: everything waits for a person."


def grant_remits(firm: Firm) -> int:
    """Grant each agent its first remits; those granted before stay. Returns how many there are. Raises Refused."""
    maker = next(person for person in firm.people if person.role == "governance")
    checker = next(person for person in firm.people if person.role == "compliance")
    asks = identity.for_person(UUID(maker.id), via="demo")
    answers = identity.for_person(UUID(checker.id), via="demo")
    count = 0
    for agent in (person for person in firm.people if person.kind == "agent"):
        for kind, level in (*EVERY_AGENT, *(FIRST_AGENT if count == 0 else ())):
            act = GrantRemit(action_kind=kind, level=level, agent_id=UUID(agent.id), reason=REASON)
            waiting = perform(asks, act, key=f"demo-remit:{agent.id}:{kind}", reason=REASON)
            if not isinstance(waiting, Waiting):
                raise Refused("A remit was granted by one person alone; policy should ask for two.")
            approve(answers, waiting.suggestion_id, waiting.payload_hash)
            count += 1
    return count
