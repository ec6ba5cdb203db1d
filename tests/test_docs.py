"""Docs fail when the code moves on: paths, links and commands that they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from remit.cli.main import _files

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))
    missing = [one for one in targets if not (page.parent / one).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_commands_exist(page: Path) -> None:
    known = set(_files())
    named = set(re.findall(r"`remit (?:--\S+ (?:[A-Z]\S* )?)*([a-z][a-z-]+)", page.read_text("utf-8")))
    assert named - known - {"settings"} == set()


def test_the_map_names_every_package_and_nothing_else() -> None:
    text = (ROOT / "docs/map.md").read_text("utf-8")
    named = set(re.findall(r"`(src/remit/\w+/|\w+/)`", text))
    there = {f"src/remit/{p.name}/" for p in (ROOT / "src/remit").iterdir() if (p / "__init__.py").exists()}
    assert there <= {one if one.startswith("src/") else f"src/remit/{one}" for one in named}
    full = {one if (ROOT / one).exists() else f"src/remit/{one}" for one in named}
    assert [one for one in full if not (ROOT / one).exists()] == []


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\((\S+\.md)\)", (ROOT / "docs/decisions/README.md").read_text("utf-8")))
    assert listed == {p.name for p in (ROOT / "docs/decisions").glob("*.md")} - {"README.md"}
