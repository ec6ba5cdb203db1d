"""The lock file: complete, hashed, and silent about where packages come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = {match[1].lower(): match[2] for match in re.finditer(r"^([\w.-]+)==([^ \\;]+)", LOCK, re.MULTILINE)}


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return {re.split(r"[\[<>=!~; ]", each)[0].lower() for each in listed}


def test_everything_declared_is_pinned() -> None:
    assert _declared() - set(PINNED) == set()


def test_every_pin_has_hashes() -> None:
    entries = re.split(r"\n(?=[\w.-]+==)", LOCK[LOCK.index("==") - 40 :])
    assert [
        entry.split("\n")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry
    ] == []


def test_no_index_is_named() -> None:
    named = [
        line for line in LOCK.splitlines() if "://" in line or "--index" in line or "--find-links" in line
    ]
    assert named == []
