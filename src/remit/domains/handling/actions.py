"""PublishHandlingPolicy puts the file's version in force; AcknowledgeHandlingPolicy is each person's own word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from remit.actions import Action, Change, Check, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.handling import queries, rules
from remit.kit.ids import new_id
from remit.llm.handling.policy import current

_HASH = r"^[0-9a-f]{64}$"


class PublishHandlingPolicy(Action):
    """Put the version that the gateway enforces in force for the firm. Everybody acknowledges it anew."""

    event: ClassVar[str] = "handling_policy:publish"
    version: str = Field(min_length=1, max_length=64)
    policy_hash: str = Field(pattern=_HASH)


class AcknowledgeHandlingPolicy(Action):
    """I have read this version and will keep to it."""

    event: ClassVar[str] = "handling_policy:acknowledge"
    policy_hash: str = Field(pattern=_HASH)


def _policy(_session: ReadSession, action: PublishHandlingPolicy) -> Target:
    return Target("handling_policy", title=f"Data-handling policy {action.version}")


def _publishable(session: ReadSession, action: PublishHandlingPolicy, _target: Target) -> Sequence[Check]:
    return rules.check_publish(current(), action.version, action.policy_hash, queries.load_versions(session))


def _active(session: ReadSession, _action: AcknowledgeHandlingPolicy) -> Target:
    active = queries.load_active(session)
    return Target(
        "handling_policy",
        active.id if active else None,
        title=f"Data-handling policy {active.version}" if active else "",
    )


def _acknowledgeable(
    session: ReadSession, action: AcknowledgeHandlingPolicy, _target: Target
) -> Sequence[Check]:
    active = queries.load_active(session)
    return [rules.check_acknowledge(action.policy_hash, active.policy_hash if active else None)]


@handler(PublishHandlingPolicy, target=_policy, checks=[_publishable])
def publish(tx: WriteSession, action: PublishHandlingPolicy, _target: Target) -> Change:
    """Keep the version as the newest; the one before stays on record."""
    before = queries.load_active(tx)
    policy = current()
    policy_id = new_id()
    tx.execute(
        """INSERT INTO remit.handling_policies (id, policy_hash, version, title, owner, valid_from_on, published_by, approved_by, published_at)
        VALUES (:id, :hash, :version, :title, :owner, :valid_from, :by, :approver, :at)""",
        {
            "id": policy_id, "hash": policy.hash, "version": policy.version, "title": policy.title, "owner": policy.owner,
            "valid_from": policy.valid_from_on, "by": tx.maker_id, "approver": tx.approver_id, "at": tx.now,
        },
    )  # fmt: skip
    was = {"version": before.version, "policy_hash": before.policy_hash} if before else {}
    return Change("handling_policy", policy_id, was, action.payload())


@handler(AcknowledgeHandlingPolicy, target=_active, checks=[_acknowledgeable])
def acknowledge(tx: WriteSession, action: AcknowledgeHandlingPolicy, target: Target) -> Change:
    """The person's own word. Refuses a second one for the same version."""
    done = tx.execute(
        """INSERT INTO remit.handling_acknowledgements (policy_hash, person_id, acknowledged_at)
        VALUES (:hash, :person, :at) ON CONFLICT DO NOTHING""",
        {"hash": action.policy_hash, "person": tx.maker_id, "at": tx.now},
    )
    if not done.rowcount:
        raise Refused("You have acknowledged this version already.", code="nothing_to_change")
    return Change("handling_policy", target.id, after=action.payload())
