"""Killed between the demo's rows and its remits: the next start sees it and completes it, once.

What the ladder finds in the firm that was completed is what the simulation's truth says it must find.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit import identity, settings
from remit.actions import perform
from remit.db.location import Location
from remit.demo import cases, grants, load
from remit.demo.firm import Firm
from remit.demo.generate import firm_of
from remit.domains.adoption import queries
from remit.domains.governance.actions import RevokeRemit
from remit.domains.governance.queries import list_remits
from remit.identity import find_person
from remit.kit import clock
from remit.ladder.actions import TakeReading
from remit.ladder.queries import find_gate
from remit.scope import Scope
from remit.supervise.first_start import is_demo_unfinished

SCALE, SEED = 0.2, 11


class Killed(Exception):
    """Stands for a kill."""


@pytest.fixture(scope="module")
def manifest(database: Location, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """The firm of today, its load cut off at the third remit and then finished."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REMIT_HOME", str(home))
        settings.reload()
        granting, asked = grants.perform, 0

        def cut(*given: object, **named: object) -> object:
            nonlocal asked
            asked += 1
            if asked == 3:
                raise Killed
            return granting(*given, **named)  # type: ignore[arg-type]

        patch.setattr(grants, "perform", cut)
        with pytest.raises(Killed):
            load.load_demo(SCALE, SEED)
        patch.setattr(grants, "perform", granting)
        load.manifest_path(home).unlink()
        assert load.is_loaded() and is_demo_unfinished(database)

        load.finish()
        assert not is_demo_unfinished(database)
        yield json.loads(load.manifest_path(home).read_text())
    settings.load.cache_clear()


@pytest.fixture(scope="module")
def firm(manifest: dict) -> Firm:
    return firm_of(SEED, date.fromisoformat(manifest["as_of"]), SCALE)


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


def test_a_load_that_is_finished_again_opens_no_second_case(manifest: dict, firm: Firm) -> None:
    console = identity.for_service("console", via="test")
    before = perform(console, TakeReading(gate="S0-G2")).result["state"]
    cases.open_cases(firm)
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


def test_a_cut_off_load_is_completed_by_the_next_start(manifest: dict, firm: Firm) -> None:
    board = _board(firm)
    agents = [person for person in firm.people if person.kind == "agent"]
    remits = list_remits(board)
    assert len(remits) == len(agents) * len(grants.EVERY_AGENT) + len(grants.FIRST_AGENT)

    perform(board, RevokeRemit(remit_id=remits[0].id, reason="not this one"))
    load.finish()
    assert len(list_remits(board)) == len(remits) - 1, "what was revoked since is not granted again"


def _board(firm: Firm) -> Scope:
    name = next(person for person in firm.people if person.role == "governance")
    return identity.for_person(UUID(name.id), via="test")
