"""The lock file: complete, hashed, and silent about where packages come from."""

from __future__ import annotations

import json
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


def test_counterparts_are_pinned_and_name_no_registry() -> None:
    """What `.ci/counterparts` installs: exact versions, each with its digest, wherever it comes from."""
    folder = ROOT / "tests" / "counterparts"
    wanted = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in wanted.items():
        assert locked[f"node_modules/{name}"]["version"] == version
    assert [name for name, each in locked.items() if name and not each.get("integrity")] == []
    python = (folder / "scim.txt").read_text("utf-8")
    assert "scim2-cli==" in python and python.count("==") <= python.count("--hash=sha256:")
    for text in (python, json.dumps(locked), json.dumps(wanted)):
        assert "://" not in text and "resolved" not in text
