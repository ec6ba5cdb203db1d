"""`remit cases` from a table of times to a signature, and what bad tables are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import remit.wiring
from remit.cli import cases
from remit.db.location import Location
from remit.kit import clock
from tests.domains.productivity.test_cases import artefacts
from tests.support.cast import Cast, make_cast
from tests.support.command import remit


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    return make_cast(database)


@pytest.fixture(autouse=True)
def running(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the test's database open."""

    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(cases, "database", opened)


def times(path: Path, made: list[object]) -> str:
    lines = ["side,minutes,date,stratum,artefact"]
    lines += [f"before,{value},2026-11-02,," for value in (31, 28, 40, 26, 33)]
    lines += [
        f"with_ai,{value},{clock.today():%d %b %Y},,{one}"
        for value, one in zip((9, 12, 7, 11, 10), made, strict=True)
    ]
    path.write_text("\n".join(lines))
    return str(path)


def test_from_times_to_signature(cast: Cast, tmp_path: Path, capsys) -> None:
    table = times(tmp_path / "times.csv", artefacts(cast, "alice", 5))
    words = ("--title", "First messages", "--motion", "outreach", "--method", "Stop watch", "--times", table)
    opened = remit(capsys, "--as", "Alice", "--json", "cases", "open", *words).document
    case = opened["case_id"]
    assert remit(capsys, "--as", "Charlie", "cases", "show", case).code == 3
    assert remit(capsys, "--as", "Alice", "cases", "submit", case).code == 0
    own = remit(capsys, "--as", "Alice", "--json", "cases", "sign", case)
    assert own.code == 1
    assert remit(capsys, "--as", "Mia", "cases", "sign", case).code == 0
    (one,) = remit(capsys, "--as", "Charlie", "--json", "cases", "list").document["cases"]
    assert (one["state"], one["signed_by"], one["better"]) == ("signed", "Mia", True)
    assert one["bound_minutes"] < 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("minutes\n3", "needs the columns side and minutes"),
        ("side,minutes\nbefore,abc", "'abc' is no number of minutes"),
        ("side,minutes\nafter,3", "'after' is neither before nor with_ai"),
        ("side,minutes\nbefore,nan", "line 2: minutes"),
        ("side,minutes,date\nbefore,3,someday", "line 2"),
        ("side,minutes,artefact\nwith_ai,3,xyz", "line 2"),
    ],
)
def test_what_a_bad_table_is_told(cast: Cast, tmp_path: Path, capsys, text: str, said: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    words = ("--title", "Bad one", "--motion", "outreach", "--method", "None", "--times", str(path))
    ended = remit(capsys, "--as", "Alice", "cases", "open", *words)
    assert ended.code == 1
    assert said in ended.err


def test_no_case_of_that_name(cast: Cast, capsys) -> None:
    assert remit(capsys, "--as", "Alice", "cases", "show", "abc").code == 3
