"""Halt and Resume: at once, on queued work too, by name, and nothing goes again by itself."""

from __future__ import annotations

from uuid import UUID

import pytest
from pydantic import ValidationError

from remit import identity
from remit.actions import NotFound, Performed, Refused, Waiting, approve, effects, perform
from remit.db.sessions import read
from remit.domains.governance import queries
from remit.domains.governance.actions import GrantRemit, Halt, Resume
from remit.kit.ids import new_id
from remit.policy import halt
from remit.policy.halt import Facts, HaltScopeInvalid, HaltScopeUnknown, halted_by, parse_scope
from tests.domains.governance.conftest import queue, state_of
from tests.support.cast import Cast
from tests.support.policies import BOOK


@pytest.mark.parametrize(
    "text", ["everything", "action:SendEmail", "channel:email", "agent:01a207d0-b0f0-71ee-bc4d-c6ca35c06a13"]
)
def test_scopes_read_as_they_are_written(text: str) -> None:
    assert str(parse_scope(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "all",
        "everything:",
        "everything:x",
        "agent:",
        "action:",
        "action:a b",
        "x:y",
        "channel:\x00",
    ],
)
def test_words_that_are_no_scope_are_refused(text: str) -> None:
    with pytest.raises(HaltScopeInvalid, match="is no scope"):
        parse_scope(text)


@pytest.mark.parametrize("text", ["agent:Robo", "account:1"])
def test_a_scope_that_names_nobody_by_no_id_is_not_found(text: str) -> None:
    with pytest.raises(HaltScopeUnknown, match="no such"):
        parse_scope(text)


def test_exempt_kinds_exist() -> None:
    assert set(BOOK.action_groups) >= halt.EXEMPT


@pytest.mark.parametrize(
    ("scope", "taken"),
    [
        ("everything", {"email", "robo", "note", "palm"}),
        ("channel:email", {"email", "robo", "palm"}),
        ("action:LogActivity", {"note"}),
        ("agent:robo", {"robo"}),
        ("account:pine", {"email", "robo", "note"}),
    ],
)
def test_a_halt_recalls_what_is_queued_under_it_and_nothing_else(
    cast: Cast, scope: str, taken: set[str]
) -> None:
    kind, _, value = scope.partition(":")
    named = {"agent": cast.people, "account": cast.accounts}.get(kind)
    effects = {
        "email": queue(cast),
        "robo": queue(cast, by="robo"),
        "note": queue(cast, action="LogActivity", channel="crm"),
        "palm": queue(cast, "palm", by="charlie"),
    }
    done = perform(
        cast.scope("vera"), Halt(scope=f"{kind}:{named[value]}" if named else scope, reason="drill")
    )
    assert isinstance(done, Performed)
    assert {name for name, effect in effects.items() if state_of(cast, effect) == "recalled"} == taken
    assert done.result["recalled_count"] == len(taken)
    records = cast.sql("SELECT count(*) FROM remit.audit WHERE event = 'effect:recall' AND record LIKE :by",
                       by=f"%{done.action_id}%")  # fmt: skip
    assert records == [(len(taken),)]


def test_a_halt_names_what_it_recalled_to_those_who_may_see_it(cast: Cast) -> None:
    queue(cast)
    queue(cast, "palm", by="charlie")
    queue(cast, "wall", by="bob")
    done = perform(cast.scope("mia"), Halt(scope="channel:email", reason="market event"))
    assert isinstance(done, Performed) and done.result["recalled_count"] == 3
    halt_id = queries.list_halts(cast.scope("alice"))[0].id
    seen = {
        name: {one.account for one in queries.list_recalled(cast.scope(name), halt_id)}
        for name in ("alice", "bob", "charlie")
    }
    assert seen == {
        "alice": {"Pine Capital"},
        "bob": {"Pine Capital", "Wall Capital"},
        "charlie": {"Palm Capital"},
    }
    # the act itself stands in rows that all staff may read: no name of an account is in it
    [(result,)] = cast.sql("SELECT result::text FROM remit.actions WHERE id = :id", id=done.action_id)
    assert "Capital" not in result


def test_a_halt_of_much_queued_work_takes_less_than_a_second(cast: Cast) -> None:
    cast.sql(
        """INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,
             account_id, access_id, actor_id, next_at)
           SELECT gen_random_uuid(), now(), gen_random_uuid(), 'SendEmail', 'email', 'email', i::text, '{}', :a, :g, :p, now()
           FROM generate_series(1, 1000) i""",
        a=cast.accounts["pine"], g=cast.access["pine"], p=cast.people["alice"],
    )  # fmt: skip
    done = perform(cast.scope("vera"), Halt(scope="everything", reason="drill"))
    with pytest.raises(Refused) as caught:
        perform(cast.scope("vera"), GrantRemit(action_kind="LogActivity", level="suggest", reason="x"))
    assert caught.value.code == "halted" and "drill" in caught.value.message
    assert isinstance(done, Performed) and done.result["recalled_count"] == 1000


def test_delivery_sees_the_halt_on_what_a_worker_already_holds(cast: Cast) -> None:
    held = queue(cast, by="robo", state="sending")
    done = perform(cast.scope("cora"), Halt(scope=f"agent:{cast.people['robo']}", reason="odd text"))
    assert isinstance(done, Performed)
    assert (done.result["recalled_count"], done.result["in_flight_count"]) == (0, 1)
    assert state_of(cast, held) == "sending"
    with read(cast.scope("cora")) as session:
        stopped = halted_by(session, Facts("SendEmail", "email", cast.accounts["pine"], cast.people["robo"]))
        other = halted_by(session, Facts("SendEmail", "email", cast.accounts["pine"], None))
    assert stopped is not None and stopped.reason == "odd text"
    assert other is None


def test_a_claimed_effect_is_recalled_at_the_last_moment_and_named(cast: Cast) -> None:
    delivery = identity.for_service("delivery", via="test")
    held, untouched = queue(cast), queue(cast, "palm", by="charlie")
    claims = [effects.claim(delivery, one, "worker/1") for one in (held, untouched)]
    assert all(claims)
    done = perform(cast.scope("mia"), Halt(scope=f"account:{cast.accounts['pine']}", reason="crisis"))
    assert isinstance(done, Performed) and done.result["in_flight_count"] == 1
    with pytest.raises(effects.Stopped, match="crisis"):
        effects.commit_point(delivery, claims[0], lambda *_: None)  # type: ignore[arg-type]
    effects.commit_point(delivery, claims[1], lambda *_: None)  # type: ignore[arg-type]
    assert state_of(cast, held) == "recalled"
    [listed] = queries.list_recalled(cast.scope("alice"), UUID(done.result["halt_id"]))
    assert listed.effect_id == held


def test_halting_twice_recalls_what_came_since(cast: Cast) -> None:
    first = perform(cast.scope("vera"), Halt(scope="channel:email", reason="one"))
    late = queue(cast)
    second = perform(cast.scope("mia"), Halt(scope="channel:email", reason="two"))
    assert isinstance(first, Performed) and isinstance(second, Performed)
    assert second.result["already_halted"] and second.result["halt_id"] == first.result["halt_id"]
    assert state_of(cast, late) == "recalled"
    assert len(queries.list_halts(cast.scope("vera"))) == 1


def test_resume_lifts_and_sends_nothing_by_itself(cast: Cast) -> None:
    effect = queue(cast)
    perform(cast.scope("mia"), Halt(scope="channel:email", reason="drill"))
    done = perform(cast.scope("mia"), Resume(scope="channel:email", reason="over"))
    assert isinstance(done, Performed)
    assert queries.list_halts(cast.scope("mia")) == []
    assert state_of(cast, effect) == "recalled"
    [listed] = queries.list_recalled(
        cast.scope("alice"), queries.list_halts(cast.scope("mia"), all_halts=True)[0].id
    )
    assert listed.effect_id == effect
    with pytest.raises(Refused) as caught:
        perform(cast.scope("mia"), Resume(scope="channel:email", reason="again"))
    assert caught.value.code == "not_halted"


def test_lifting_a_halt_of_everything_takes_two(cast: Cast) -> None:
    perform(cast.scope("cora"), Halt(scope="everything", reason="incident"))
    waiting = perform(cast.scope("vera"), Resume(scope="everything", reason="over"))
    assert isinstance(waiting, Waiting)
    for who in ("vera", "mia"):
        with pytest.raises(Refused) as caught:
            approve(cast.scope(who), waiting.suggestion_id, waiting.payload_hash)
        assert caught.value.code in ("not_permitted_by_policy", "halted")
    done = approve(cast.scope("gwen"), waiting.suggestion_id, waiting.payload_hash)
    assert done.kind == "Resume"
    [(by,)] = cast.sql("SELECT resumed_by FROM remit.halts WHERE resumed_at IS NOT NULL")
    assert by == cast.people["vera"]


def test_a_rep_stops_their_own_agent_and_nothing_more(cast: Cast) -> None:
    robo = f"agent:{cast.people['robo']}"
    assert isinstance(perform(cast.scope("alice"), Halt(scope=robo, reason="wait")), Performed)
    assert isinstance(perform(cast.scope("alice"), Resume(scope=robo, reason="go on")), Performed)
    for who, scope in (("bob", robo), ("alice", "channel:email"), ("alice", "everything"), ("robo", robo)):
        with pytest.raises(Refused) as caught:
            perform(cast.scope(who), Halt(scope=scope, reason="x"))
        assert caught.value.code == "not_permitted_by_policy", (who, scope)


def test_what_does_not_exist_or_is_not_visible_cannot_be_halted(cast: Cast) -> None:
    answers = set()
    for account in (cast.accounts["wall"], new_id()):
        with pytest.raises(NotFound) as caught:
            perform(cast.scope("mia"), Halt(scope=f"account:{account}", reason="x"))
        answers.add(caught.value.message)
    assert len(answers) == 1
    for scope, code in (
        ("action:SendMail", "unknown_action"),
        ("channel:emial", "unknown_channel"),
        (f"agent:{new_id()}", "not_found"),
    ):
        with pytest.raises(Refused) as refused:
            perform(cast.scope("vera"), Halt(scope=scope, reason="x"))
        assert refused.value.code == code


def test_a_halt_needs_a_reason() -> None:
    with pytest.raises(ValidationError, match="say why"):
        Halt(scope="everything", reason="  ")
