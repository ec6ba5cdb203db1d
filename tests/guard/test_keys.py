"""Idempotency keys: each maker's are their own, whoever guesses them; nobody's key becomes the key of an effect."""

from __future__ import annotations

import pytest

from remit.actions import Performed, Refused, Waiting, approve, perform, perform_all, propose
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.verbs import SendEmail, UpdateAccount


@pytest.fixture(scope="module", autouse=True)
def remit(cast: Cast) -> None:
    """Agents may suggest changes to accounts and mail."""
    for kind in ("UpdateAccount", "SendEmail"):
        cast.sql(
            "INSERT INTO remit.remits (id, action_kind, level, granted_by, approved_by, reason, created_at)"
            " VALUES (:id, :kind, 'suggest', :by, :ok, 'test', now())",
            id=new_id(), kind=kind, by=cast.people["vera"], ok=cast.people["cora"],
        )  # fmt: skip


def update(cast: Cast, account: str, website: str) -> UpdateAccount:
    [(version,)] = cast.sql("SELECT version FROM remit.accounts WHERE id = :id", id=cast.accounts[account])
    return UpdateAccount(account_id=cast.accounts[account], website=website, expected_version=version)


@pytest.mark.parametrize("account", ["palm", "wall"])
def test_a_key_taken_where_one_cannot_look_is_as_free_as_any(cast: Cast, account: str) -> None:
    """A key that was refused, or a fault, would tell that somebody did something there."""
    maker = {"palm": "charlie", "wall": "bob"}[account]
    theirs = perform(cast.scope(maker), update(cast, account, "theirs"), key=f"same-{account}")
    ours = perform(cast.scope("alice"), update(cast, "pine", f"of {account}"), key=f"same-{account}")
    assert isinstance(theirs, Performed)
    assert isinstance(ours, Performed)
    assert (ours.repeated, ours.action_id != theirs.action_id) == (False, True)


def test_somebody_elses_key_stops_nobody(cast: Cast) -> None:
    action = SendEmail(account_id=cast.accounts["pine"], body="Once each")
    waiting = [perform(cast.scope(who), action, key="shared") for who in ("alice", "bob", "robo")]
    assert all(isinstance(one, Waiting) for one in waiting)
    assert len({one.suggestion_id for one in waiting if isinstance(one, Waiting)}) == 3
    together = [
        perform_all(cast.scope(who), [update(cast, "pine", who)], key="all") for who in ("alice", "bob")
    ]
    assert [one.repeated for [one] in together] == [False, False]
    asked = [propose(cast.scope(who), update(cast, "pine", "asked"), key="asked") for who in ("alice", "bob")]
    assert len({one.suggestion_id for one in asked}) == 2


def test_ones_own_key_binds_one_to_its_payload(cast: Cast) -> None:
    first = SendEmail(account_id=cast.accounts["pine"], body="First")
    for key, call in (("own-1", perform), ("own-2", propose)):
        call(cast.scope("alice"), first, key=key)
        with pytest.raises(Refused) as caught:
            call(cast.scope("alice"), first.model_copy(update={"body": "Second"}), key=key)
        assert caught.value.code == "key_reused"


def test_ones_own_key_for_what_one_no_longer_sees_is_refused_not_a_fault(cast: Cast) -> None:
    perform(cast.scope("bob"), update(cast, "wall", "seen"), key="lost")
    perform(cast.scope("bob"), SendEmail(account_id=cast.accounts["wall"], body="Seen"), key="lost-waiting")
    cast.sql("DELETE FROM remit.person_barriers WHERE person_id = :id", id=cast.people["bob"])
    try:
        for key, action in (
            ("lost", update(cast, "pine", "unseen")),
            ("lost-waiting", SendEmail(account_id=cast.accounts["pine"], body="Unseen")),
        ):
            with pytest.raises(Refused) as caught:
                perform(cast.scope("bob"), action, key=key)
            assert (caught.value.code, caught.value.details) == ("key_reused", {})
    finally:
        cast.sql("INSERT INTO remit.person_barriers VALUES (:id, 101)", id=cast.people["bob"])


def test_what_a_person_does_for_an_agent_keeps_the_agents_key(cast: Cast) -> None:
    """Under a remit to suggest the approver acts in their own name: their keys stay theirs, and the agent asks once."""
    action = update(cast, "pine", "suggested")
    waiting = propose(cast.scope("robo"), action, key="robos")
    assert "remit-suggest" in waiting.rule_ids
    perform(cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body="Mine"), key="robos")
    done = approve(cast.scope("alice"), waiting.suggestion_id, waiting.payload_hash)
    assert cast.sql("SELECT actor_id FROM remit.actions WHERE id = :id", id=done.action_id) == [
        (cast.people["alice"],)
    ]
    again = perform(cast.scope("robo"), action, key="robos")
    assert isinstance(again, Performed)
    assert (again.repeated, again.action_id) == (True, done.action_id)


def test_a_callers_key_never_becomes_an_effects(cast: Cast) -> None:
    waiting = perform(
        cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body="Keyed"), key="send:mine:1"
    )
    assert isinstance(waiting, Waiting)
    done = approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    [effect] = done.effect_ids
    assert cast.sql("SELECT idempotency_key FROM remit.effect_keys WHERE effect_id = :id", id=effect) == [
        (f"note:{done.action_id}",)
    ]
    assert cast.sql("SELECT count(*) FROM remit.effect_keys WHERE idempotency_key LIKE '%mine%'") == [(0,)]
