"""The door: what passes leaves its whole record, what does not leaves only its refusal."""

from __future__ import annotations

from threading import Thread

import pytest

from remit.actions import (
    Conflict,
    NotFound,
    Performed,
    Refused,
    Waiting,
    approve,
    perform,
    perform_all,
    propose,
)
from remit.db.sessions import read
from remit.kit.ids import new_id
from tests.support.cast import Cast
from tests.support.verbs import SendEmail, UpdateAccount


def test_a_change_leaves_action_decision_change_and_pending_leaves(cast: Cast) -> None:
    account = cast.accounts["wall"]
    done = perform(cast.scope("bob"), UpdateAccount(account_id=account, website="https://wall.example"))
    assert isinstance(done, Performed)
    assert cast.sql("SELECT website FROM remit.accounts WHERE id = :id", id=account) == [
        ("https://wall.example",)
    ]
    kinds = cast.sql(
        "SELECT kind, event FROM remit.audit WHERE action_id = :id ORDER BY id", id=done.action_id
    )
    assert kinds == [("decision", "account:update:decided"), ("change", "account:update")]
    [(stages, rules)] = cast.sql(
        "SELECT stages, rule_ids FROM remit.actions WHERE id = :id", id=done.action_id
    )
    assert [one["stage"] for one in stages] == [
        "identity",
        "remit",
        "policy",
        "guard",
        "approval",
        "handler",
        "audit",
        "effect",
    ]
    assert rules


def test_not_found_and_not_permitted_answer_alike_and_are_recorded(cast: Cast) -> None:
    alice = cast.scope("alice")
    answers = []
    for account in (cast.accounts["palm"], cast.accounts["wall"], new_id()):
        with pytest.raises(NotFound) as caught:
            perform(alice, UpdateAccount(account_id=account, website="x"))
        answers.append((caught.value.code, caught.value.message))
    assert len(set(answers)) == 1
    rows = cast.sql(
        "SELECT count(*) FROM remit.audit WHERE kind = 'refusal' AND actor_id = :a AND account_id IS NULL",
        a=alice.actor.id,
    )
    assert rows == [(3,)]


def test_a_version_conflict_names_both_versions(cast: Cast) -> None:
    account, alice = cast.accounts["pine"], cast.scope("alice")
    perform(alice, UpdateAccount(account_id=account, website="one"))
    with pytest.raises(Conflict) as caught:
        perform(alice, UpdateAccount(account_id=account, website="two", expected_version=1))
    assert (caught.value.details["expected"], caught.value.details["found"]) == (1, 2)


def test_the_same_key_acts_once_also_from_two_threads(cast: Cast) -> None:
    account, bob = cast.accounts["wall"], cast.scope("bob")
    [(version,)] = cast.sql("SELECT version FROM remit.accounts WHERE id = :id", id=account)
    action = UpdateAccount(account_id=account, website="keyed", expected_version=version)
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(perform(bob, action, key="only-once"))
        except Refused as error:
            answers.append(error.code)

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(perform(bob, action, key="only-once"))
    done = [one for one in answers if isinstance(one, Performed)]
    assert len({one.action_id for one in done}) == 1
    assert sum(not one.repeated for one in done) == 1
    assert cast.sql("SELECT count(*) FROM remit.actions WHERE idempotency_key = 'only-once'") == [(1,)]
    with pytest.raises(Refused) as caught:
        perform(bob, UpdateAccount(account_id=account, website="other"), key="only-once")
    assert caught.value.code == "key_reused"


def test_all_or_none(cast: Cast) -> None:
    bob = cast.scope("bob")
    [(version,)] = cast.sql("SELECT version FROM remit.accounts WHERE id = :id", id=cast.accounts["wall"])
    good = UpdateAccount(account_id=cast.accounts["wall"], website="both", expected_version=version)
    with pytest.raises(NotFound):
        perform_all(bob, [good, UpdateAccount(account_id=cast.accounts["palm"], website="both")])
    assert cast.sql("SELECT count(*) FROM remit.accounts WHERE website = 'both'") == [(0,)]
    assert [type(one) for one in perform_all(bob, [good])] == [Performed]


def test_an_email_waits_for_approval_and_goes_once(cast: Cast) -> None:
    alice, bob = cast.scope("alice"), cast.scope("bob")
    waiting = perform(alice, SendEmail(account_id=cast.accounts["oak"], body="Good morning"))
    assert isinstance(waiting, Waiting)
    with pytest.raises(Refused) as own:  # oak is a key account: not by who made it
        approve(alice, waiting.suggestion_id, waiting.payload_hash)
    assert own.value.code == "not_permitted_by_policy"
    with pytest.raises(Refused) as other:
        approve(bob, waiting.suggestion_id, "0" * 64)
    assert other.value.code == "payload_changed"
    done = approve(bob, waiting.suggestion_id, waiting.payload_hash)
    assert len(done.effect_ids) == 1
    with pytest.raises(Refused) as again:
        approve(bob, waiting.suggestion_id, waiting.payload_hash)
    assert again.value.code == "suggestion_not_waiting"
    rows = cast.sql(
        "SELECT kind, approver_id FROM remit.audit WHERE action_id = :id ORDER BY id", id=done.action_id
    )
    assert [kind for kind, _ in rows][:3] == ["decision", "change", "effect"]
    assert {by for _, by in rows} == {cast.people["bob"]}


def test_checks_refuse_before_anybody_is_asked(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), SendEmail(account_id=cast.accounts["pine"], body="Hello!"))
    assert caught.value.code == "check_failed"
    assert "exclamation" in caught.value.message


def test_an_agent_without_a_remit_does_nothing(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        perform(cast.scope("robo"), SendEmail(account_id=cast.accounts["pine"], body="Hello"))
    assert "remit-off" in caught.value.rule_ids


def test_propose_always_waits_and_a_read_sees_it(cast: Cast) -> None:
    waiting = propose(
        cast.scope("alice"),
        UpdateAccount(account_id=cast.accounts["pine"], website="later", expected_version=2),
    )
    with read(cast.scope("bob")) as s:
        assert (
            s.scalar("SELECT count(*) FROM remit.suggestions WHERE id = :id", {"id": waiting.suggestion_id})
            == 1
        )
    with read(cast.scope("charlie")) as s:
        assert (
            s.scalar("SELECT count(*) FROM remit.suggestions WHERE id = :id", {"id": waiting.suggestion_id})
            == 0
        )
