"""`remit brief`: one document, one file, and plain refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.cli import brief
from remit.db.location import Location
from tests.support.cast import make_cast
from tests.support.command import remit as run
from tests.support.desk import Desk, make_desk


@pytest.fixture
def desk(database: Location, monkeypatch: pytest.MonkeyPatch) -> Desk:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(brief, "database", running)
    return make_desk(make_cast(database))


def test_the_document_the_file_and_what_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pine = str(desk.cast.accounts["pine"])
    found = run(capsys, "--json", "--as", "Alice", "brief", pine).document
    assert {"sections", "changed_since", "missing"} <= set(found)
    line = next(line for section in found["sections"] for line in section["lines"])
    assert set(line) >= {"text", "citations", "as_of"}
    out = tmp_path / "pine.md"
    said = run(capsys, "--as", "Alice", "brief", "Pine Capital", "--out", str(out), "--save")
    assert said.code == 0 and out.read_text("utf-8").rstrip() == said.out.rstrip()
    assert desk.cast.sql("SELECT count(*) FROM remit.briefs") == [(1,)]
    assert run(capsys, "--json", "--as", "Alice", "brief", "pine cap").document[
        "sections"
    ]  # a part that one account has
    for words, code, name in (
        (("--as", "Alice", "brief", "Capital"), 1, "name_of_several"),
        (("--as", "Charlie", "brief", "pine cap"), 3, "not_found"),
        (("--as", "Charlie", "brief", pine), 3, "not_found"),
        (("--as", "Alice", "brief", "No Such Capital"), 3, "not_found"),
        (("--as", "Alice", "brief", "  "), 2, "subject_needed"),
        (("--as", "Alice", "brief", pine, "--out", str(tmp_path / "none" / "x.md")), 1, "file_not_written"),
        (("brief", pine), 2, "person_needed"),
    ):
        ended = run(capsys, "--json", *words)
        assert (ended.code, json.loads(ended.out)["error"]["code"]) == (code, name), words
