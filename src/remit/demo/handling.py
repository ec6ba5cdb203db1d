"""The demo firm's data-handling policy: put in force by two people, acknowledged by most, as at any firm; all through the door."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from remit import identity
from remit.actions import Refused, Waiting, approve, perform
from remit.demo.firm import Firm, Person
from remit.domains.handling.actions import AcknowledgeHandlingPolicy, PublishHandlingPolicy
from remit.llm.handling.policy import current

NOT_YET: Final = 9  # of so many people one has not come to it: short of what S0-G3 asks (95 %)


def acknowledging(firm: Firm) -> tuple[list[Person], list[Person]]:
    """Who has acknowledged the policy, and who has not: every ninth of the people has not."""
    people = [person for person in firm.people if person.kind == "person"]
    late = people[NOT_YET - 1 :: NOT_YET]
    return [person for person in people if person not in late], late


def truth(firm: Firm) -> dict[str, Any]:
    """What the manifest says of it: version, counts, and who is missing."""
    done, late = acknowledging(firm)
    return {
        "policy_version": current().version,
        "policy_hash": current().hash,
        "people_count": len(done) + len(late),
        "acknowledged_count": len(done),
        "not_acknowledged": [person.id for person in late],
    }


def publish_and_acknowledge(firm: Firm) -> None:
    """Operations asks, compliance approves, people acknowledge; what was done before stays as it is. Raises Refused."""
    policy = current()
    asks = next(person for person in firm.people if person.role == "operations")
    answers = next(person for person in firm.people if person.role == "compliance")
    act = PublishHandlingPolicy(version=policy.version, policy_hash=policy.hash)
    answer = perform(identity.for_person(UUID(asks.id), via="demo"), act, key=f"demo-handling:{policy.hash}")
    if isinstance(answer, Waiting):
        approver = identity.for_person(UUID(answers.id), via="demo")
        approve(approver, answer.suggestion_id, answer.payload_hash)
    elif not answer.repeated:
        raise Refused(
            "The data-handling policy was put in force by one person alone; policy should ask for two."
        )
    for person in acknowledging(firm)[0]:
        own = AcknowledgeHandlingPolicy(policy_hash=policy.hash)
        perform(
            identity.for_person(UUID(person.id), via="demo"),
            own,
            key=f"demo-handling:{policy.hash}:{person.id}",
        )
