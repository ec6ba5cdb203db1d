"""Remits: two people, no reserved power, no auto without gates; the most specific counts; revoking recalls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit import identity
from remit.actions import NotFound, Performed, Refused, Waiting, approve, perform
from remit.db.sessions import read
from remit.domains.governance import queries, rules
from remit.domains.governance.actions import GrantRemit, RevokeRemit
from remit.domains.governance.lowering import lower_remits
from remit.kit import clock
from remit.kit.ids import new_id
from remit.ladder.steps import GATES
from remit.policy.remits import standing
from remit.policy.reserved import RESERVED
from tests.domains.governance.conftest import queue, state_of
from tests.support.cast import Cast
from tests.support.policies import BOOK

AUTONOMOUS = [kind for kind, groups in BOOK.action_groups.items() if "Autonomous" in groups]


def grant(cast: Cast, **what: object) -> Performed:
    waiting = perform(
        cast.scope("vera"), GrantRemit(**{"action_kind": "LogActivity", "reason": "trial", **what})
    )
    assert isinstance(waiting, Waiting)
    return approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)


def level(
    cast: Cast, kind: str = "LogActivity", segment: str = "macro", channel: str = "email", who: str = "robo"
) -> str:
    with read(cast.scope("cora")) as session:
        return standing(session, kind, segment, channel, "agent", cast.people[who]).level


def meet_gates(cast: Cast, step: int, state: str = "met") -> None:
    for gate in rules.gates_below(step):
        cast.sql(
            """INSERT INTO remit.readings (id, at, gate, definition_version, definition_hash, window_from_on,
                 window_until_on, query, row_digest, n_count, n_min_count, state, taken_by)
               VALUES (gen_random_uuid(), clock_timestamp(), :gate, 1, :hash, '2026-01-01', '2026-02-01', '', '', 1, 1,
                 :state, :by)""",
            gate=gate, state=state, by=cast.people["vera"], hash=GATES[gate].definition_hash,
        )  # fmt: skip


def test_nothing_is_granted_out_of_the_box(cast: Cast) -> None:
    assert queries.list_remits(cast.scope("vera")) == []
    assert {level(cast, kind) for kind in AUTONOMOUS} == {"off"}


def test_a_grant_takes_the_board_and_compliance(cast: Cast) -> None:
    waiting = perform(
        cast.scope("vera"), GrantRemit(action_kind="LogActivity", level="approve", reason="trial")
    )
    assert isinstance(waiting, Waiting)
    assert level(cast) == "off"
    for who in ("vera", "gwen", "alice", "adam"):
        with pytest.raises(Refused):
            approve(cast.scope(who), waiting.suggestion_id, waiting.payload_hash)
    approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    assert level(cast) == "approve"
    [row] = queries.list_remits(cast.scope("vera"))
    assert (row.granted_by, row.approved_by) == ("Vera", "Cora")


@pytest.mark.parametrize("who", ["alice", "mia", "olga", "adam", "robo"])
def test_others_cannot_even_ask(cast: Cast, who: str) -> None:
    with pytest.raises(Refused) as caught:
        perform(cast.scope(who), GrantRemit(action_kind="LogActivity", level="suggest", reason="x"))
    assert caught.value.code == "not_permitted_by_policy"


@pytest.mark.parametrize(
    "kind", sorted({k for power in RESERVED if not power.only_when for k in power.action_kinds})
)
def test_reserved_powers_are_granted_to_nobody(cast: Cast, kind: str) -> None:
    for how_far in ("suggest", "approve", "auto"):
        with pytest.raises(Refused) as caught:
            perform(
                cast.scope("vera"), GrantRemit(action_kind=kind, level=how_far, daily_cap_count=1, reason="x")
            )
        assert caught.value.code == "check_failed"
        assert "reserved for people (S" in caught.value.message


@pytest.mark.parametrize("kind", ["SignIn", "Halt", "LoadDemo", "Nonsense", "*"])
def test_only_autonomous_kinds_carry_a_remit(cast: Cast, kind: str) -> None:
    with pytest.raises(Refused, match="not an action that a remit can be about"):
        perform(cast.scope("vera"), GrantRemit(action_kind=kind, level="suggest", reason="x"))


def test_auto_needs_every_gate_below_its_step_and_a_cap(cast: Cast) -> None:
    asked = GrantRemit(action_kind="LogActivity", level="auto", daily_cap_count=2, reason="trial")
    with pytest.raises(Refused, match="11 gates below it are not met: S0-G1"):
        perform(cast.scope("vera"), asked)
    meet_gates(cast, 3, "insufficient")
    with pytest.raises(Refused, match="11 gates"):
        perform(cast.scope("vera"), asked)
    meet_gates(cast, 3)
    with pytest.raises(Refused, match="daily cap"):
        perform(cast.scope("vera"), asked.model_copy(update={"daily_cap_count": None}))
    with pytest.raises(Refused, match="may be auto from step 6"):
        perform(cast.scope("vera"), asked.model_copy(update={"action_kind": "SendEmail"}))
    waiting = perform(cast.scope("vera"), asked)
    assert isinstance(waiting, Waiting)
    meet_gates(cast, 1, "not_met")  # fell between asking and approving: decided again
    with pytest.raises(Refused, match="3 gates below it"):
        approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    meet_gates(cast, 3)
    approve(cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    assert level(cast) == "auto"


def test_the_most_specific_grant_counts(cast: Cast) -> None:
    grant(cast, level="approve")
    assert level(cast) == "approve"
    grant(cast, level="suggest", segment="macro")
    assert (level(cast), level(cast, segment="credit")) == ("suggest", "approve")
    grant(cast, level="off", channel="email")
    assert (level(cast), level(cast, segment="credit")) == ("suggest", "off")
    grant(cast, level="approve", agent_id=cast.people["robo"])
    assert level(cast) == "approve"
    with pytest.raises(NotFound):
        perform(
            cast.scope("vera"),
            GrantRemit(action_kind="LogActivity", level="off", agent_id=new_id(), reason="x"),
        )


def test_of_equally_specific_grants_the_more_restrictive_counts(cast: Cast) -> None:
    for how_far in ("approve", "suggest"):  # two rows with one key, as only SQL could make them
        cast.sql(
            "INSERT INTO remit.remits (id, action_kind, level, granted_by, reason, created_at)"
            " VALUES (gen_random_uuid(), 'LogActivity', :level, :by, 'x', now())",
            level=how_far, by=cast.people["vera"],
        )  # fmt: skip
    assert level(cast) == "suggest"


def test_a_new_grant_replaces_the_one_of_the_same_key(cast: Cast) -> None:
    grant(cast, level="suggest")
    grant(cast, level="approve")
    [row] = queries.list_remits(cast.scope("vera"))
    assert row.level == "approve"
    assert cast.sql("SELECT count(*) FROM remit.remits WHERE revoked_reason LIKE 'replaced by %'") == [(1,)]


def test_the_cap_is_of_one_day(cast: Cast) -> None:
    meet_gates(cast, 3)
    grant(cast, level="auto", daily_cap_count=2)
    robo = cast.people["robo"]

    def within() -> bool:
        with read(cast.scope("cora")) as session:
            return standing(session, "LogActivity", "macro", "email", "agent", robo).within_cap

    assert within()
    queue(cast, by="robo", action="LogActivity", approved=False)
    queue(cast, by="robo", action="LogActivity", approved=True)  # a person stood behind this one: not counted
    assert within()
    queue(cast, by="robo", action="LogActivity", approved=False)
    assert not within()
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert within()


def test_revoking_acts_at_once_and_recalls_what_stood_on_it_alone(cast: Cast) -> None:
    meet_gates(cast, 3)
    done = grant(cast, level="auto", daily_cap_count=9)
    alone = queue(cast, by="robo", action="LogActivity", approved=False)
    approved = queue(cast, by="robo", action="LogActivity", approved=True)
    other = queue(cast, by="robo", action="SendEmail", approved=False)
    person = queue(cast, by="alice", action="LogActivity", approved=False)
    revoke = RevokeRemit(remit_id=done.result["remit_id"], reason="odd")
    with pytest.raises(Refused) as caught:
        perform(cast.scope("alice"), revoke)
    assert caught.value.code == "not_permitted_by_policy"
    answer = perform(cast.scope("mia"), revoke)
    assert isinstance(answer, Performed) and answer.result["recalled_count"] == 1
    assert level(cast) == "off"
    assert [state_of(cast, one) for one in (alone, approved, other, person)] == [
        "recalled",
        "queued",
        "queued",
        "queued",
    ]
    with pytest.raises(Refused, match="revoked already"):
        perform(cast.scope("mia"), revoke)


def test_a_gate_that_falls_takes_its_remits_with_it(cast: Cast) -> None:
    meet_gates(cast, 3)
    grant(cast, level="auto", daily_cap_count=9)
    grant(cast, action_kind="RecordFact", level="approve")
    queued = queue(cast, by="robo", action="LogActivity", approved=False)
    system = identity.for_service("upkeep", via="test")
    assert lower_remits(system) == []
    cast.sql("UPDATE remit.readings SET state = 'not_met' WHERE gate = 'S2-G3'")
    [done] = lower_remits(system)
    assert done.kind == "RevokeRemit"
    assert (level(cast), level(cast, "RecordFact"), state_of(cast, queued)) == ("off", "approve", "recalled")
    [(reason,)] = cast.sql("SELECT revoked_reason FROM remit.remits WHERE level = 'auto'")
    assert reason == "no longer met: S2-G3"


def test_a_stale_reading_takes_the_remit_with_it(cast: Cast) -> None:
    meet_gates(cast, 3)
    grant(cast, level="auto", daily_cap_count=9)
    with clock.stopped(clock.now() + timedelta(days=400)):
        assert len(lower_remits(identity.for_service("upkeep", via="test"))) == 1
    assert level(cast) == "off"


def test_every_autonomous_kind_names_its_step() -> None:
    assert set(rules.AUTO_FROM_STEP) == set(AUTONOMOUS)
    assert rules.gates_below(0) == ()
    assert len(rules.gates_below(8)) == 31
