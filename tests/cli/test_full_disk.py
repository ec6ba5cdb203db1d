"""Commands that meet a full disk: exit 4, a sentence that names it, no half file, and everything works afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit import settings
from remit.db.binaries import choose_account
from remit.db.embedded import Cluster
from tests.support.command import remit
from tests.support.small_disk import fill, grow, small_disk

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REMIT_HOME", str(tmp_path / "home"))
    settings.load.cache_clear()
    yield tmp_path / "home"
    settings.load.cache_clear()


def test_a_backup_and_an_export_onto_a_full_disk_leave_no_half_file(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "small", 4) as disk:
        filler = fill(disk)
        for words in (("backup", disk / "saved.remit"), ("audit", "script", "--out", disk / "verify.py")):
            ended = remit(capsys, "--json", *map(str, words))
            assert ended.code == 4, ended.err
            assert ended.document["error"]["code"] == "disk_full"
            assert list(disk.iterdir()) == [filler], "neither the file nor a part of it"
        filler.unlink()
        assert remit(capsys, "--json", "backup", str(disk / "saved.remit")).code == 0
        assert remit(capsys, "--json", "audit", "verify").document["verified"]


def test_a_start_on_a_disk_that_is_too_small_says_so_and_works_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 30) as disk:
        home = disk / "home"
        command = [sys.executable, "-c", "from remit.cli.main import run; run()", "--json", "audit", "verify"]

        def start() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command,
                env={**os.environ, "REMIT_HOME": str(home)},
                capture_output=True,
                text=True,
                check=False,
            )

        small = start()
        assert small.returncode == 4, small.stderr
        assert "disk is full" in small.stdout and "Traceback" not in small.stderr
        grow(disk, 400)
        done = start()
        assert done.returncode == 0, done.stdout + done.stderr
        assert Cluster(home, choose_account()).running_pid() is None
