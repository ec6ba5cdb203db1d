"""`remit actions list`: page after page, each suggestion once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import remit.wiring  # noqa: F401 - registers the handlers
from remit.actions import propose
from remit.cli import actions
from remit.db.location import Location
from remit.domains.governance.actions import Halt
from tests.support.cast import make_cast
from tests.support.command import remit as run


def test_the_cursor_leads_through_all_that_waits(
    database: Location, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(actions, "database", running)
    cast = make_cast(database)
    asked = [
        str(propose(cast.scope("mia"), Halt(scope="channel:email", reason=f"drill {n}")).suggestion_id)
        for n in range(5)
    ]
    seen: list[str] = []
    words: tuple[str, ...] = ()
    for _ in range(3):
        page = run(capsys, "--json", "--as", "Mia", "actions", "list", "--limit", "2", *words).document
        seen += [each["id"] for each in page["waiting"]]
        words = ("--after", page["next"])
    assert seen == asked and page["next"] is None

    shown = run(capsys, "--as", "Mia", "actions", "list", "--limit", "2").out
    assert "More: remit actions list --after" in shown
    bad = run(capsys, "--json", "--as", "Mia", "actions", "list", "--after", "x")
    assert (bad.code, bad.document["error"]["code"]) == (1, "cursor_invalid")
