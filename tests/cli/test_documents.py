"""`remit documents`: kept once, refused with a reason, shown in short to who sees the account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from remit.cli import documents
from remit.db.location import Location
from tests.support.cast import make_cast
from tests.support.command import remit as run
from tests.support.pdfs import pdf
from tests.web.test_documents import CALL, LATER


def test_add_list_show(
    database: Location, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(documents, "database", running)
    make_cast(database)
    (first, second, locked) = (tmp_path / name for name in ("q1.txt", "q2.txt", "locked.pdf"))
    first.write_text(CALL)
    second.write_text(LATER)
    locked.write_bytes(pdf(["Words."], locked=True))
    alice, charlie = ("--json", "--as", "Alice", "documents"), ("--json", "--as", "Charlie", "documents")
    given = ("--kind", "call_transcript", "--account", "Pine Capital", "--published")
    ended = run(
        capsys, *alice, "add", str(first), str(locked), str(tmp_path / "gone.txt"), *given, "2026-04-28"
    )
    told = ended.document["documents"]
    assert ended.code == 1 and [one["status"] for one in told] == ["added", "refused", "refused"]
    assert "password" in told[1]["reason"] and "no file" in told[2]["reason"]
    [again] = run(capsys, *alice, "add", str(first), *given, "2026-04-28").document["documents"]
    assert (again["status"], again["id"]) == ("known", told[0]["id"])
    [later] = run(capsys, *alice, "add", str(second), *given, "2026-07-28").document["documents"]
    rows = run(capsys, *alice, "list", "--account", "Pine Capital").document["documents"]
    assert [row["id"] for row in rows] == [later["id"], told[0]["id"]]
    shown = run(capsys, *alice, "show", later["id"]).document
    assert shown["previous"]["id"] == told[0]["id"] and shown["changes"]["numbers"]
    assert any("$455 million" in each["text"] for each in shown["bullets"])
    assert "$455 million" in run(capsys, "--as", "Alice", "documents", "show", later["id"]).out
    assert run(capsys, *charlie, "show", later["id"]).code == 3
    assert run(capsys, *charlie, "add", str(first), *given, "2026-04-28").code == 3
    assert run(capsys, *charlie, "list").document == {"documents": []}
    assert run(capsys, *alice, "add", str(first), "--kind", "novel").code == 2
