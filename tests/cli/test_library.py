"""`remit library` from a file to a draft, what is lost on the way out and back (nothing), and the exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import remit.wiring
from remit.cli import library
from remit.db.location import Location
from tests.domains.library.test_life import COLD
from tests.support.cast import make_cast
from tests.support.command import remit
from tests.support.desk import Desk, make_desk

KEY = "sdr-cold-multi-prime-coo"


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(autouse=True)
def running(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the test's database open."""

    @contextmanager
    def opened(program: str = "") -> Iterator[Location]:
        yield database

    monkeypatch.setattr(library, "database", opened)


def run(capsys, who: str, *words: str):
    return remit(capsys, "--as", who, "--json", "library", *words)


def test_from_a_file_to_a_draft(desk: Desk, tmp_path: Path, capsys) -> None:
    contact = str(desk.contacts["pine"])
    (tmp_path / "cold.md").write_text(COLD, "utf-8")
    assert len(run(capsys, "Mia", "import", str(tmp_path)).document["written"]) == 1
    assert run(capsys, "Mia", "import", str(tmp_path)).document["unchanged"] == [KEY]
    refused = run(capsys, "Alice", "render", KEY, "--contact", contact)
    assert (refused.code, refused.document["error"]["code"]) == (1, "template_not_live")
    for who, verb in (("Mia", "submit"), ("Vera", "review"), ("Cora", "approve")):
        assert run(capsys, who, verb, KEY).code == 0, verb
    assert run(capsys, "Cora", "approve", KEY).document["error"]["code"] == "template_closed"
    found = run(
        capsys, "Alice", "render", KEY, "--contact", contact, "--keep", "--writer", "embedded"
    ).document
    assert (
        found["draft_id"]
        and "Halden Prime and Morrow Securities" in found["body"]
        and found["specific"]["score"] >= 50
    )
    assert (
        run(capsys, "Alice", "list", "--motion", "cold_outreach").document["templates"][0]["state"] == "live"
    )
    assert run(capsys, "Alice", "show", KEY).document["tests"][0]["passed"]
    exported = tmp_path / "out"
    assert run(capsys, "Alice", "export", "--out", str(exported)).code == 0
    assert run(capsys, "Mia", "import", str(exported)).document["unchanged"] == [KEY]
    changed = (
        (exported / f"{KEY}.md").read_text("utf-8").replace("20 minutes next week", "15 minutes next week")
    )
    (exported / f"{KEY}.md").write_text(changed, "utf-8")
    assert run(capsys, "Mia", "import", str(exported)).document["written"][0]["number"] == 2
    assert (
        "+Would 15 minutes next week" in run(capsys, "Alice", "diff", f"{KEY}@1", f"{KEY}@2").document["diff"]
    )
    assert run(capsys, "Alice", "coverage").document["pieces"] == 0


def test_exit_codes(desk: Desk, tmp_path: Path, capsys) -> None:
    contact = str(desk.contacts["pine"])
    assert run(capsys, "Alice", "show", "no-such-template").code == 3
    assert run(capsys, "Alice", "render", KEY).code == 2
    assert run(capsys, "Alice", "render", KEY, "--contact", contact, "--value", "nothing").code == 2
    assert run(capsys, "Charlie", "render", KEY, "--contact", contact).code == 3  # not his to see
    assert run(capsys, "Mia", "import").code == 2
    (tmp_path / "bad.md").write_text("no front matter", "utf-8")
    bad = run(capsys, "Mia", "import", str(tmp_path / "bad.md"))
    assert (bad.code, bad.document["error"]["code"]) == (1, "template_unreadable")
