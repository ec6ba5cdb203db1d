"""The demo firm in a real database: loaded through the door, once, into an empty installation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from remit import identity
from remit.actions import Refused
from remit.db.sessions import read
from remit.demo import load, quotable, rfp_file
from remit.demo.firm import Firm
from remit.demo.generate import firm_of
from remit.domains.handling import queries as handling_queries
from remit.domains.handling.measure import handling_attested
from remit.domains.retention.classes import list_classes
from remit.domains.retention.holds import list_holds
from remit.kit import clock
from remit.ladder.steps import GATES
from tests.support.northlake import DAY, SCALE, SEED, Northlake


@pytest.fixture(scope="module")
def home(firm_in_database: Northlake) -> Path:
    return firm_in_database.home


@pytest.fixture(scope="module")
def manifest(firm_in_database: Northlake) -> dict:
    said = firm_in_database.said
    assert said and said[-1].startswith("demo firm: 100%")
    return firm_in_database.manifest


@pytest.fixture(scope="module")
def firm() -> Firm:
    return firm_of(SEED, DAY, SCALE)


def test_every_row_arrived(manifest: dict) -> None:
    assert load.is_loaded()
    with read(identity.for_service("console", via="test")) as session:
        # one questionnaire came in afterwards through the door, and its gaps became a task
        later = {
            "questionnaires": 1,
            "questionnaire_items": len(rfp_file.QUESTIONS),
            "activities": 1,
            "documents": len(quotable.PAPERS),
        }
        later["facts"] = session.scalar("SELECT count(*) FROM remit.facts WHERE kind = 'attendance'")
        # and whoever handed a proposal over left a note of it
        later["activities"] += session.scalar(
            "SELECT count(*) FROM remit.activities WHERE outcome = 'proposal'"
        )
        for table, count in manifest["counts"].items():
            found = session.scalar(f"SELECT count(*) FROM remit.{table}")
            assert found == count + later.get(table, 0), table
        elsewhere = "SELECT count(*) FROM remit.activities WHERE tableoid::regclass::text LIKE '%other'"
        assert session.scalar(elsewhere) == 0


def test_the_act_is_on_record_with_its_digest(manifest: dict) -> None:
    with read(identity.for_service("console", via="test")) as session:
        row = session.row("SELECT result, rule_ids FROM remit.actions WHERE kind = 'LoadDemo'")
        assert row is not None
        assert row.result["digest"] == manifest["digest"] and row.result["counts"] == manifest["counts"]
        records = session.rows("SELECT record FROM remit.audit WHERE event = 'installation:demo:load'")
    assert any(manifest["digest"] in record.record for record in records)


def test_loading_again_is_refused(manifest: dict) -> None:
    with pytest.raises(Refused) as refusal:
        load.load_demo(SCALE, SEED, as_of=DAY)
    assert refusal.value.code == "check_failed" and "empty" in str(refusal.value)


def test_the_manifest_lies_in_the_home_for_its_owner_only(manifest: dict, home: Path) -> None:
    path = home / "demo" / "manifest.json"
    assert json.loads(path.read_text()) == manifest
    assert path.stat().st_mode & 0o077 == 0


def test_a_dry_run_gives_the_same_bytes(manifest: dict) -> None:
    assert load.dry_run(SCALE, SEED, DAY) == manifest


def test_two_people_said_how_long_texts_are_kept_and_one_hold_stands(manifest: dict) -> None:
    system = identity.for_service("console", via="test")
    assert {one.kind: one.keep_days for one in list_classes(system)} == {
        "messages": 2562,
        "notes": 2562,
        "drafts": None,
    }
    assert all(one.agreed_by != one.set_by for one in list_classes(system) if one.keep_days)
    assert [(bool(one.account), one.lifted_at) for one in list_holds(system)] == [(True, None)]


def test_the_data_handling_policy_is_in_force_and_most_have_acknowledged_it(manifest: dict) -> None:
    told = manifest["handling"]
    system = identity.for_service("clearance", via="test")
    active = handling_queries.find_active(system)
    assert active is not None
    assert (active.version, active.policy_hash) == (told["policy_version"], told["policy_hash"])
    assert active.published_by != active.approved_by
    people = handling_queries.list_attestations(system, active.policy_hash)
    late = sorted(str(each.person_id) for each in people if each.acknowledged_at is None)
    assert late == sorted(told["not_acknowledged"]) and late
    assert len(people) == told["people_count"]
    with read(system) as session:
        found = handling_attested(session, GATES["S0-G3"], clock.today())
    assert found.value == pytest.approx(told["acknowledged_count"] / told["people_count"])
    assert 0.8 < found.value < 0.95
