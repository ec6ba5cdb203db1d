"""Ways round the door by code: handlers, sessions, permits, scopes. Each must fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import InternalError, ProgrammingError

from remit import identity
from remit.actions import NotFound, Refused, perform, perform_all, propose
from remit.actions.registry import rebuild
from remit.audit import log
from remit.db import sessions
from remit.db.sessions import Permit, SessionClosed, WriteSession, read
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Actor, Scope, ScopeForged
from tests.support import verbs
from tests.support.cast import Cast
from tests.support.verbs import SendEmail, UpdateAccount


def _website(cast: Cast, account: str = "pine") -> object:
    return cast.sql("SELECT website FROM remit.accounts WHERE id = :id", id=cast.accounts[account])[0][0]


def test_a_handler_called_directly_with_a_read_session_cannot_write(cast: Cast) -> None:
    action = UpdateAccount(account_id=cast.accounts["pine"], website="direct")
    with pytest.raises((ProgrammingError, InternalError)), read(cast.scope("alice")) as s:
        verbs.update_account(s, action, verbs.account_target(s, action))  # type: ignore[arg-type]
    assert _website(cast) is None


def test_a_write_session_needs_a_permit(cast: Cast) -> None:
    with read(cast.scope("alice")) as s, pytest.raises(SessionClosed):
        WriteSession(s.connection, None)  # type: ignore[arg-type]


def test_a_permit_serves_once(cast: Cast) -> None:
    permit = Permit(cast.scope("alice"), new_id(), clock.now())
    with read(cast.scope("alice")) as s:
        WriteSession(s.connection, permit)
        with pytest.raises(SessionClosed):
            WriteSession(s.connection, permit)


def test_a_write_session_kept_after_its_act_is_dead(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[WriteSession] = []
    monkeypatch.setattr(verbs, "no_shouting", None)

    def keep(tx: WriteSession, action: UpdateAccount, target: object) -> object:
        kept.append(tx)
        return verbs.update_account(tx, action, target)  # type: ignore[arg-type]

    from remit.actions import registry

    verb = registry.verb("UpdateAccount")
    monkeypatch.setitem(registry._verbs, "UpdateAccount", replace(verb, handle=keep))
    perform(cast.scope("bob"), UpdateAccount(account_id=cast.accounts["wall"], website="kept"))
    with pytest.raises(SessionClosed):
        kept[0].execute("UPDATE remit.accounts SET website = 'late'")
    assert _website(cast, "wall") == "kept"


def test_a_scope_put_together_by_hand_is_refused(cast: Cast) -> None:
    vera = cast.people["vera"]
    forged = Scope(Actor(vera, "person", "Vera"), frozenset({"vp", "compliance"}), "r", "web")
    with pytest.raises(ScopeForged), read(forged):
        pass
    with pytest.raises(ScopeForged):
        perform(forged, UpdateAccount(account_id=cast.accounts["pine"], website="forged"))
    with pytest.raises(ScopeForged):
        Permit(forged, new_id(), clock.now())


@pytest.mark.parametrize("change", ["roles", "actor", "on_behalf_of", "only"])
def test_a_scope_altered_after_minting_is_refused(cast: Cast, change: str) -> None:
    robo = cast.scope("robo").for_agent(cast.scope("robo").actor, frozenset({"WriteDraft"}))
    values = {
        "roles": frozenset({"vp"}),
        "actor": Actor(cast.people["vera"], "person", "Vera"),
        "on_behalf_of": cast.people["vera"],
        "only": None,
    }
    with pytest.raises(ScopeForged):
        perform(
            replace(robo, **{change: values[change]}),
            UpdateAccount(account_id=cast.accounts["pine"], website="x"),
        )  # type: ignore[arg-type]


def test_an_agents_scope_cannot_be_widened(cast: Cast) -> None:
    robo = cast.scope("robo")
    narrow = robo.for_agent(robo.actor, frozenset({"WriteDraft"}))
    wider = narrow.for_agent(robo.actor, frozenset({"WriteDraft", "SendEmail"}))
    assert wider.only == frozenset({"WriteDraft"})
    with pytest.raises(Refused) as caught:
        perform(wider, SendEmail(account_id=cast.accounts["pine"], body="x"))
    assert caught.value.code == "out_of_scope"


def test_a_person_cannot_take_an_agents_place_nor_an_agent_another_persons(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not an agent"):
        cast.scope("alice").for_agent(cast.scope("bob").actor)
    borrowed = cast.scope("charlie").for_agent(cast.scope("robo").actor)
    with pytest.raises(Refused, match="does not work for"):
        perform(borrowed, UpdateAccount(account_id=cast.accounts["palm"], website="borrowed"))


def test_who_was_disabled_since_signing_in_does_nothing_more(cast: Cast) -> None:
    scope = cast.scope("charlie")
    cast.sql("UPDATE remit.people SET active = false WHERE id = :id", id=cast.people["charlie"])
    try:
        with pytest.raises(Refused):
            perform(scope, UpdateAccount(account_id=cast.accounts["palm"], website="after"))
        with read(scope) as s:
            assert s.scalar("SELECT count(*) FROM remit.accounts") == 0
        with pytest.raises(identity.NotPermitted):
            identity.for_person(cast.people["charlie"], via="test")
    finally:
        cast.sql("UPDATE remit.people SET active = true WHERE id = :id", id=cast.people["charlie"])


def test_a_role_taken_away_since_signing_in_no_longer_counts(cast: Cast) -> None:
    scope = cast.scope("bob")
    cast.sql("DELETE FROM remit.person_roles WHERE person_id = :id", id=cast.people["bob"])
    try:
        with pytest.raises(Refused) as caught:
            perform(scope, UpdateAccount(account_id=cast.accounts["wall"], website="x", expected_version=2))
        assert caught.value.code == "not_permitted_by_policy"
    finally:
        cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'ae')", id=cast.people["bob"])


def test_a_role_given_since_signing_in_does_not_widen_the_session(cast: Cast) -> None:
    narrow = replace(cast.scope("adam"))
    cast.sql("INSERT INTO remit.person_roles VALUES (:id, 'vp')", id=cast.people["adam"])
    try:
        with pytest.raises(Refused):
            perform(narrow, UpdateAccount(account_id=cast.accounts["pine"], website="x"))
    finally:
        cast.sql(
            "DELETE FROM remit.person_roles WHERE role = 'vp' AND person_id = :id", id=cast.people["adam"]
        )


def test_no_record_no_act(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> list[object]:
        raise RuntimeError("the disk of the record is full")

    before = _website(cast)
    monkeypatch.setattr(log, "append", broken)
    with pytest.raises(RuntimeError):
        perform(cast.scope("alice"), UpdateAccount(account_id=cast.accounts["pine"], website="unrecorded"))
    assert _website(cast) == before


def test_an_unknown_verb_and_unknown_fields_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        rebuild("DropTable", {})
    assert caught.value.code == "unknown_action"
    with pytest.raises(ValueError, match="extra"):
        rebuild("UpdateAccount", {"account_id": str(new_id()), "website": "x", "owner_id": str(new_id())})


def test_an_action_cannot_be_changed_after_it_was_hashed(cast: Cast) -> None:
    action = SendEmail(account_id=cast.accounts["pine"], body="as approved")
    with pytest.raises(ValueError, match="frozen"):
        action.body = "another"


def test_together_does_not_slip_past_an_approval(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        perform_all(cast.scope("alice"), [SendEmail(account_id=cast.accounts["pine"], body="Hello")])
    assert caught.value.code == "needs_approval"


def test_every_refusal_is_on_the_record(cast: Cast) -> None:
    alice = cast.scope("alice")
    count = "SELECT count(*) FROM remit.audit WHERE kind = 'refusal' AND actor_id = :id"
    before = cast.sql(count, id=alice.actor.id)[0][0]
    with pytest.raises(NotFound):
        propose(alice, UpdateAccount(account_id=new_id(), website="x"))
    assert cast.sql(count, id=alice.actor.id)[0][0] == before + 1


def test_a_read_transaction_cannot_write_whatever_the_role_may(cast: Cast) -> None:
    with pytest.raises((ProgrammingError, InternalError)), sessions.read(cast.scope("vera")) as s:
        s.execute("UPDATE remit.accounts SET website = 'x'")
