"""`remit rfp`, `remit answers` and `remit papers`, from a buyer's file to the filled file, and learning from one that was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import load_workbook

import remit.wiring
from remit.cli import answers, papers, rfp
from remit.db.location import Location
from tests.support import papers as own_papers
from tests.support import questionnaires as made
from tests.support.cast import Cast, make_cast
from tests.support.command import remit


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    found = make_cast(database)
    made.engineer(found)
    return found


@pytest.fixture(autouse=True)
def running(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the test's database open."""

    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield cast.location

    monkeypatch.setattr(answers, "database", opened)
    monkeypatch.setattr(papers, "database", opened)
    monkeypatch.setattr(rfp, "database", opened)


def run(capsys: pytest.CaptureFixture[str], who: str, *words: str) -> dict[str, object]:
    ended = remit(capsys, "--json", "--as", who, *words)
    assert ended.code == 0, ended.out
    return dict(ended.document)


def test_learnt_from_one_file_and_given_to_the_next(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    past, coming, out = tmp_path / "past.csv", tmp_path / "coming.xlsx", tmp_path / "out.xlsx"
    past.write_text(
        "No,Question,Response\n1,Is customer data encrypted at rest?,Yes. With AES-256.\n2,How often do you perform penetration testing?,Once a year.\n"
        "3,Do you know Pine Capital?,Yes. Pine Capital is a client.\n4,Is there a dog?,No\n"
    )
    coming.write_bytes(made.workbook())
    learnt = run(
        capsys, "Sam", "answers", "learn", str(past), "--as-of", "2026-01-05", "--review-by", "2099-01-05"
    )
    assert (learnt["written"], learnt["known"]) == (2, 0) and "names Pine Capital" in str(learnt["left"])
    listed = run(capsys, "Cora", "answers", "list", "--state", "draft")["answers"]
    run(capsys, "Cora", "answers", "approve", *[one["id"] for one in listed])  # type: ignore[attr-defined]
    drafted = run(
        capsys,
        "Alice",
        "rfp",
        "draft",
        str(coming),
        "--out",
        str(out),
        "--account",
        str(cast.accounts["pine"]),
    )
    assert {name: drafted[name] for name in ("questions", "answered", "reused", "stale", "conflicting")} == {
        "questions": 5, "answered": 2, "reused": 2, "stale": 0, "conflicting": 0,
    }  # fmt: skip
    assert len(drafted["gaps"]) == 3 and isinstance(drafted["minutes"], float)  # type: ignore[arg-type]
    assert load_workbook(out)["Security"]["D4"].value == "DRAFT, not approved: With AES-256."
    kept = str(drafted["questionnaire_id"])
    handed = run(capsys, "Alice", "rfp", "hand-over", kept, "--to", "Sam")
    assert handed["count"] == 3
    for line, more in (
        (1, ["--accept"]),
        (2, ["--accept"]),
        (3, ["--blank", "No question of ours"]),
        (4, ["--text", "Please ask us."]),
        (5, ["--blank", "Not one"]),
    ):
        run(capsys, "Sam", "rfp", "answer", kept, str(line), *more)
    early = remit(capsys, "--json", "--as", "Alice", "rfp", "export", kept, "--out", str(out))
    assert early.code == 1 and "not approved" in early.document["error"]["message"]
    seen = run(capsys, "Alice", "rfp", "show", kept)["answers_sha256"]
    other = remit(capsys, "--json", "--as", "Bob", "rfp", "approve", kept, "--hash", "0" * 64)
    assert other.code == 1 and "not those that you looked at" in json.dumps(other.document)
    own = remit(capsys, "--json", "--as", "Alice", "rfp", "approve", kept, "--hash", str(seen))
    assert own.code == 1 and "neither added it nor decided" in json.dumps(own.document)
    run(capsys, "Bob", "rfp", "approve", kept, "--hash", str(seen))
    run(capsys, "Alice", "rfp", "export", kept, "--out", str(out))
    assert [load_workbook(out)["Security"][f"C{row}"].value for row in (4, 5, 6, 7)] == [
        "Yes",
        "Once a year.",
        None,
        "Please ask us.",
    ]


def test_what_is_wrong_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = remit(
        capsys, "--json", "--as", "Alice", "rfp", "draft", str(tmp_path / "none.xlsx"), "--out", "x"
    )
    assert (missing.code, missing.document["error"]["code"]) == (1, "file_unreadable")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    other = remit(capsys, "--json", "--as", "Alice", "rfp", "draft", str(tmp_path / "a.pdf"), "--out", "x")
    assert (other.code, other.document["error"]["code"]) == (1, "questionnaire_unknown")
    both = remit(capsys, "--json", "--as", "Alice", "rfp", "answer", "x", "1", "--accept", "--text", "y")
    assert both.code == 2


def test_a_paper_is_let_out_by_a_colleague_and_taken_back(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = str(own_papers.added(cast))
    assert run(capsys, "Sam", "papers", "list") == {"papers": []}
    release = ("papers", "release", ours, "--review-by", "2099-01-05")
    own = remit(capsys, "--json", "--as", "Cora", *release)
    assert own.code == 1 and "somebody who did not add it" in json.dumps(own.document)
    nobody = remit(capsys, "--json", "--as", "Sam", *release, "--owner", "Nobody")
    assert (nobody.code, nobody.document["error"]["code"]) == (1, "owner_unfit")
    assert run(capsys, "Sam", *release, "--owner", "cora")["state"] == "released"
    (listed,) = run(capsys, "Alice", "papers", "list")["papers"]  # type: ignore[misc,attr-defined]
    assert (listed["id"], listed["owner"], listed["released_by"]) == (ours, "Cora", "Sam")
    assert (
        run(capsys, "Cora", "papers", "withdraw", ours, "--reason", "An error in 1.2")["state"] == "withdrawn"
    )
    assert run(capsys, "Alice", "papers", "list") == {"papers": []}
    again = remit(capsys, "--json", "--as", "Cora", "papers", "withdraw", ours, "--reason", "Twice")
    assert (again.code, again.document["error"]["code"]) == (1, "nothing_to_change")
