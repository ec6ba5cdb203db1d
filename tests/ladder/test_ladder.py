"""The ladder's data is complete; states follow the rules; a reading is taken through the door."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Performed, Refused, perform
from remit.db.location import Location
from remit.ladder import queries
from remit.ladder.actions import TakeReading
from remit.ladder.measures import Measured, judge
from remit.ladder.steps import GATES, STEPS
from tests.support import web_cast as cast

TODAY = date(2026, 11, 23)


def measured(bound: float | None, n: int, newest: date | None = TODAY) -> Measured:
    return Measured(bound, bound, n, TODAY - timedelta(days=30), TODAY, newest, "q")


def test_every_gate_of_the_ladder_is_there_once() -> None:
    assert [step.number for step in STEPS] == list(range(8))
    assert tuple(len(step.gates) for step in STEPS) == (3, 4, 4, 4, 4, 4, 4, 4)  # as in the mission
    assert all(gate.id == f"S{step.number}-G{i + 1}" for step in STEPS for i, gate in enumerate(step.gates))
    assert all(gate.n_min_count >= 1 and gate.window_days >= 1 for gate in GATES.values())


def test_a_changed_definition_has_another_hash() -> None:
    hashes = {gate.definition_hash for gate in GATES.values()}
    assert len(hashes) == len(GATES)


@given(st.sampled_from(sorted(GATES)), st.floats(-10, 10), st.integers(0, 5000), st.integers(0, 400))
def test_only_enough_fresh_evidence_is_ever_met(gate_id: str, bound: float, n: int, age: int) -> None:
    gate = GATES[gate_id]
    state = judge(gate, measured(bound, n, TODAY - timedelta(days=age)), TODAY)
    if state == "met":
        assert n >= gate.n_min_count
        assert age <= gate.stale_days
        assert bound >= gate.threshold if gate.comparison == "at least" else bound <= gate.threshold
    if n < gate.n_min_count:
        assert state == "insufficient"


def test_boundaries() -> None:
    share, failures = GATES["S0-G1"], GATES["S3-G3"]
    assert judge(share, measured(0.60, 4), TODAY) == "met"
    assert judge(share, measured(0.5999, 4), TODAY) == "not_met"
    assert judge(share, measured(1.0, 3), TODAY) == "insufficient"
    assert judge(failures, measured(0.02, 149), TODAY) == "not_met"
    assert judge(failures, measured(0.0199, 149), TODAY) == "met"
    assert judge(share, measured(0.9, 4, None), TODAY) == "stale"


def test_nothing_is_met_out_of_the_box_and_a_reading_says_what_is_missing(database: Location) -> None:
    cast.settle(database)
    board = identity.for_person(cast.GOVERNANCE.id, via="test")
    before = queries.list_steps(board)
    assert all(gate.state == queries.NOT_MEASURED for step in before for gate in step.gates)
    done = perform(board, TakeReading(gate="S0-G1"))
    assert isinstance(done, Performed) and done.result["state"] == "insufficient"
    now = queries.find_gate(board, "S0-G1")
    assert now is not None and now.reading is not None
    assert now.missing == "4 more whole weeks in a row are needed (0 of 4)."
    assert [step.open for step in queries.list_steps(board)] == [True] + [False] * 7


def test_a_gate_without_a_measure_has_no_reading_and_a_rep_takes_none(database: Location) -> None:
    cast.settle(database)
    board = identity.for_person(cast.GOVERNANCE.id, via="test")
    with pytest.raises(Refused, match="not measured yet"):
        perform(board, TakeReading(gate="S6-G2"))
    with pytest.raises(Refused):
        perform(identity.for_person(cast.ALICE.id, via="test"), TakeReading(gate="S0-G1"))
