"""`remit sequence` from a file to a run that is paused, and the exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import remit.wiring
from remit.cli import library, sequence
from remit.db.location import Location
from tests.domains.library.test_life import COLD, live
from tests.domains.sequences.test_runs import PLAN
from tests.support.cast import make_cast
from tests.support.command import remit
from tests.support.desk import Desk, make_desk

KEY = "sequence-test"


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(autouse=True)
def running(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield database

    for module in (library, sequence):
        monkeypatch.setattr(module, "database", opened)


def run(capsys, who: str, *words: str, group: str = "sequence"):
    return remit(capsys, "--as", who, "--json", group, *words)


def test_from_a_file_to_a_run(desk: Desk, tmp_path: Path, capsys) -> None:
    contact = str(desk.contacts["pine"])
    (tmp_path / "plan.md").write_text(PLAN, "utf-8")
    assert len(run(capsys, "Mia", "import", str(tmp_path)).document["written"]) == 1
    lacking = run(capsys, "Mia", "submit", KEY, group="library")
    assert lacking.code == 1 and "takes sdr-cold-multi-prime-coo, which is not in the library" in str(
        lacking.document
    )
    for source in (COLD, COLD.replace("id: sdr-cold-multi-prime-coo", "id: sdr-cold-second")):
        live(desk.cast, source)
    for who, verb in (("Mia", "submit"), ("Vera", "review"), ("Cora", "approve")):
        assert run(capsys, who, verb, KEY, group="library").code == 0, verb
    (tmp_path / "list.txt").write_text(f"{contact}\nnobody@x.example\n", "utf-8")
    [fit] = run(capsys, "Alice", "enrol", KEY, "--file", str(tmp_path / "list.txt"), "--dry-run").document[
        "contacts"
    ]
    assert fit["fit"]
    done = run(capsys, "Alice", "enrol", KEY, "--file", str(tmp_path / "list.txt")).document
    assert len(done["enrolled"]) == 1 and done["unknown"] == ["nobody@x.example"]
    again = run(capsys, "Alice", "enrol", KEY, "--contact", contact)
    assert again.code == 1 and "already" in again.document["error"]["message"]
    assert run(capsys, "Alice", "next").document["done"]["email"] == 1
    [listed] = run(capsys, "Cora", "list").document["sequences"]
    assert listed["runs"] == {"active": 1} and listed["at"] == {"opening": 1}
    unsure = run(capsys, "Alice", "pause", "--all", KEY, "--reason", "quarter end")
    assert unsure.code == 2 and "1 running that you see. To pause all of them: --count 1" in str(
        unsure.document
    )
    sure = ("pause", "--all", KEY, "--count", "1", "--reason", "quarter end")
    assert run(capsys, "Alice", *sure).document["count"] == 1
    [found] = run(capsys, "Alice", "runs", KEY).document["runs"]
    assert (found["state"], found["why"], found["now"]) == ("paused", "Alice: quarter end", "paused")
    shown = run(capsys, "Alice", "show", KEY).document
    assert [one["day"] for one in shown["steps"]] == [0, 2, 7, None, 10, None] and shown["reasons"] == {
        "by_hand": 1
    }
    nobodys = "018f0000-0000-7000-8000-00000000dead"
    assert [run(capsys, "Alice", "stop", one, "--reason", "over").code for one in ("x", nobodys)] == [3, 3]
    assert (
        run(capsys, "Charlie", "runs", KEY).document["runs"] == []
        and run(capsys, "Alice", "pause", "--reason", "x").code == 2
    )
    assert run(capsys, "Alice", "enrol", "sdr-cold-second", "--contact", contact).code == 1
