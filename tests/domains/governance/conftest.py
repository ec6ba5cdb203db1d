"""The cast, and queued effects written past the door (other slices own the verbs that queue them)."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.db.location import Location
from remit.kit.ids import new_id
from tests.support.cast import Cast, make_cast
from tests.support.mail import on_record


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(autouse=True)
def clean(cast: Cast) -> None:
    cast.sql("DELETE FROM remit.effects")
    cast.sql("DELETE FROM remit.halts")
    cast.sql("DELETE FROM remit.remits")
    cast.sql("DELETE FROM remit.readings")


def queue(
    cast: Cast,
    account: str = "pine",
    *,
    by: str = "alice",
    action: str = "SendEmail",
    channel: str = "email",
    state: str = "queued",
    approved: bool = True,
    segment: str = "macro",
) -> UUID:
    """One effect, with the action that queued it."""
    effect, act = new_id(), new_id()
    agent = cast.people["robo"] if by == "robo" else None
    cast.sql(
        """INSERT INTO remit.actions (id, kind, payload, payload_hash, actor_id, actor_kind, approver_id, account_id,
             access_id, segment, channel, rule_ids, policy_hash, sentence, stages, result, request_id, at)
           VALUES (:id, :kind, '{}', '\\x00', :actor, :actor_kind, :approver, :account, :access, :segment, :channel,
             '{}', '', '', '[]', '{}', 'test', now())""",
        id=act, kind=action, actor=cast.people[by], actor_kind="agent" if agent else "person",
        approver=cast.people["bob"] if approved else None, account=cast.accounts[account],
        access=cast.access[account], segment=segment, channel=channel,
    )  # fmt: skip
    cast.sql(
        """INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,
             account_id, access_id, actor_id, agent_id, next_at, state)
           VALUES (:id, now(), :act, :action, 'email', :channel, :key, '{}', :account, :access, :actor, :agent, now(), :state)""",
        id=effect, act=act, action=action, channel=channel, key=str(effect), account=cast.accounts[account],
        access=cast.access[account], actor=cast.people[by], agent=agent, state=state,
    )  # fmt: skip
    on_record(cast, act, effect, {})
    return effect


def state_of(cast: Cast, effect: UUID) -> str:
    [(state,)] = cast.sql("SELECT state FROM remit.effects WHERE id = :id", id=effect)
    return str(state)
