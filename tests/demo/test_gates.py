"""What the ladder finds in the demo firm is what the simulation's truth says it must find."""

from __future__ import annotations

import pytest

import remit.wiring  # noqa: F401
from remit import identity, settings
from remit.actions import perform
from remit.db.location import Location
from remit.demo import cases, load
from remit.demo.generate import firm_of
from remit.domains.adoption import queries
from remit.identity import find_person
from remit.kit import clock
from remit.ladder.actions import TakeReading
from remit.ladder.queries import find_gate

SEED, SCALE = 11, 0.2


@pytest.fixture(scope="module")
def manifest(database: Location, tmp_path_factory: pytest.TempPathFactory) -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_HOME", str(tmp_path_factory.mktemp("home")))
        settings.reload()
        made = load.load_demo(SCALE, SEED)
    settings.load.cache_clear()
    return made


@pytest.mark.parametrize("gate", ["S0-G1", "S0-G2", "S1-G2", "S1-G3"])
def test_the_reading_is_the_truth_of_the_manifest(manifest: dict, gate: str) -> None:
    console = identity.for_service("console", via="test")
    perform(console, TakeReading(gate=gate))
    truth, now = manifest["gates"][gate], find_gate(console, gate)
    assert now is not None and now.reading is not None
    assert now.state == truth["state"]
    assert now.reading.value == pytest.approx(truth["value"])
    if gate == "S0-G1":
        found = [(each["from_on"], each["reps"], each["users"]) for each in now.reading.detail["weeks"]]
        assert found == [(each["from_on"], each["reps"], each["users"]) for each in truth["weeks"]]
    elif gate == "S1-G2":
        counts = ("month", "reps", "primary", "other", "unused", "unknown")
        assert {each: now.reading.detail[each] for each in counts} == {each: truth[each] for each in counts}
    else:
        assert now.reading.n_count == truth["n"]
    if gate == "S0-G2":
        assert "1 more case (2 of 3); 1 waits for a manager to sign" in now.missing


def test_a_load_that_is_finished_again_opens_no_second_case(manifest: dict) -> None:
    console = identity.for_service("console", via="test")
    before = perform(console, TakeReading(gate="S0-G2")).result["state"]
    cases.open_cases(firm_of(SEED, clock.today(), SCALE))
    assert perform(console, TakeReading(gate="S0-G2")).result["state"] == before
    now = find_gate(console, "S0-G2")
    assert (
        now is not None and now.reading is not None and now.reading.n_count == manifest["gates"]["S0-G2"]["n"]
    )


def test_a_manager_sees_the_use_of_their_team(manifest: dict) -> None:
    hiro = find_person("Hiro Takeda")
    assert hiro is not None
    found = queries.get_adoption(identity.for_person(hiro.id, via="test"), "team", clock.today())
    assert {one.name for one in found.people} == {"Mei Lim", "Kenji Hayashi", "Anjali Mukherjee", "Grace Yeo"}
    assert sum(one.total.accepted for one in found.people) > 0
