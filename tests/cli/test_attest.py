"""`remit attest` and `remit adoption --outcomes`: a rep's word, how the month stands, and outcomes beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from remit.cli import adoption, attest
from remit.db.location import Location
from remit.domains.adoption.rules import month_before
from remit.kit import clock
from tests.support.cast import Cast, make_cast
from tests.support.command import remit as run


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    made = make_cast(database)
    made.sql("UPDATE remit.standing_periods SET from_on = '2020-01-01'")
    return made


def test_a_rep_says_how_much_and_sees_how_the_month_stands(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield cast.location

    monkeypatch.setattr(attest, "database", running)
    monkeypatch.setattr(adoption, "database", running)
    month = month_before(clock.today())
    found = run(capsys, "--json", "--as", "Alice", "attest", "7", "--tool", "a chat").document
    assert found["month"] == f"{month:%Y-%m}" and [one["name"] for one in found["reps"]] == ["Alice"]
    assert (found["reps"][0]["attested"], found["reps"][0]["standing"]) == (7, "other")
    shown = run(capsys, "--as", "Vera", "attest", "--month", f"{month:%Y-%m}")
    assert shown.code == 0 and "unknown" in shown.out and "other" in shown.out
    assert run(capsys, "--as", "Alice", "attest", "1", "--month", "soon").code == 2
    assert run(capsys, "--as", "Vera", "attest", "1").code in (1, 3), "no rep"
    beside = run(capsys, "--json", "--as", "Alice", "adoption", "--outcomes").document
    assert [one["name"] for one in beside["reps"]] == ["Alice"] and beside["reps"][0]["replies"]["n"] == 0
