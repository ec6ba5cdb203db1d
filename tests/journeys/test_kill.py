"""Exactly once: kill -9 the worker at random moments; none lost, none doubled, doubt is parked for a person."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from remit.db.location import Location
from tests.support.cast import Cast, make_cast
from tests.support.killing import Tally, kill_many
from tests.support.worker_zygote import zygote


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


def check(tally: Tally) -> None:
    sys.stdout.write(tally.line() + "\n")
    assert tally.lost == []
    assert tally.doubled == []
    assert tally.unaccounted == []
    assert tally.other == {}
    assert tally.delivered + tally.parked == tally.effects


@pytest.mark.slow
def test_ten_kills(cast: Cast, tmp_path: Path) -> None:
    with zygote(tmp_path / "workers.log") as nursery:
        tally = kill_many(cast, nursery, tmp_path, kills=10, seed=20)
    check(tally)
    assert tally.delivered >= 5, "the workers got nothing done between the kills"
    known = cast.sql("SELECT DISTINCT known FROM remit.effects WHERE state = 'parked'")
    assert all("It may have been accepted, or not." in text for (text,) in known)


@pytest.mark.slow
@pytest.mark.skipif("REMIT_LONG_TESTS" not in os.environ, reason="takes five minutes: set REMIT_LONG_TESTS=1")
def test_two_hundred_kills(cast: Cast, tmp_path: Path) -> None:
    with zygote(tmp_path / "workers.log") as nursery:
        tally = kill_many(cast, nursery, tmp_path, kills=200, seed=200)
    check(tally)
