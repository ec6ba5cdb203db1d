"""`remit backup` and `remit restore` as a person uses them, with the audit log as the proof."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from remit import settings
from tests.support.command import remit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def use(name: str) -> Path:
        monkeypatch.setenv("REMIT_HOME", str(tmp_path / name))
        settings.load.cache_clear()
        return tmp_path / name

    yield use
    settings.load.cache_clear()


def test_restored_into_a_fresh_home_the_log_verifies(
    capsys: pytest.CaptureFixture[str], home, tmp_path: Path
) -> None:
    home("one")
    saved = tmp_path / "saved.remit"
    first = remit(capsys, "--json", "backup", str(saved))
    assert first.code == 0 and first.document["bytes"] == saved.stat().st_size
    assert remit(capsys, "backup", str(saved)).code == 1, "an existing file is not written over by accident"

    home("two")
    restored = remit(capsys, "--json", "restore", str(saved)).document
    assert restored["verified"] and restored["records"] == 2, (
        "the decision and the change of the backup itself"
    )
    assert restored["new_key"], "the private key is not in the backup"
    report = remit(capsys, "--json", "audit", "verify").document
    assert report["verified"] and report["waiting"] == 0
    assert report["records"] > 2, "the restore itself stands in the log"

    home("one")
    again = remit(capsys, "--json", "restore", str(saved), "--force").document
    assert again["verified"] and again["new_key"] is None, "here the key is at home"
    assert remit(capsys, "--json", "audit", "verify").document["records"] == 4


def test_no_such_file_and_no_such_folder(capsys: pytest.CaptureFixture[str], home, tmp_path: Path) -> None:
    home("one")
    assert remit(capsys, "--json", "restore", "nowhere").code == 3
    refused = remit(capsys, "--json", "backup", str(tmp_path / "missing" / "x"))
    assert refused.document["error"]["code"] == "folder_missing"


def test_what_is_no_ordinary_file_is_never_replaced(
    capsys: pytest.CaptureFixture[str], home, tmp_path: Path
) -> None:
    home("one")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for target in (pipe, Path("/dev/null"), tmp_path):
        refused = remit(capsys, "--json", "backup", str(target), "--replace")
        assert (refused.code, refused.document["error"]["code"]) == (1, "not_a_file"), target
    assert pipe.is_fifo() and Path("/dev/null").is_char_device()


def test_a_truncated_backup_changes_nothing(capsys: pytest.CaptureFixture[str], home, tmp_path: Path) -> None:
    home("one")
    saved = tmp_path / "saved.remit"
    remit(capsys, "backup", str(saved))
    before = remit(capsys, "--json", "audit", "verify").document["records"]
    saved.write_bytes(saved.read_bytes()[:-1000])
    refused = remit(capsys, "--json", "restore", str(saved), "--force")
    assert refused.code == 1 and refused.document["error"]["code"] == "backup_unreadable"
    assert remit(capsys, "--json", "audit", "verify").document["records"] == before


def test_only_an_admin_restores_in_their_own_name(
    capsys: pytest.CaptureFixture[str], home, tmp_path: Path
) -> None:
    home("one")
    saved = tmp_path / "saved.remit"
    remit(capsys, "backup", str(saved))
    refused = remit(capsys, "--json", "--as", "Mallory", "restore", str(saved), "--force")
    assert refused.code == 3 and refused.document["error"]["code"] == "not_permitted"
