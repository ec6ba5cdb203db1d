"""`remit init`: a firm's own records begin an installation; nothing else may have begun it."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit import settings
from remit.cli.opening import database
from remit.supervise.first_start import is_first
from tests.support.command import remit


def test_an_export_begins_an_installation_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REMIT_HOME", str(tmp_path / "home"))
    settings.load.cache_clear()
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "accounts.csv").write_text(
        "account,website\nPine Capital,pine.example\nOak LP,oak.example\n"
    )
    with database() as location:
        assert is_first(location)
    files = remit(capsys, "--json", "init", "--crm", str(tmp_path / "crm")).document["files"]
    assert [(each["entity"], each["created"]) for each in files] == [("accounts", 2)]
    with database() as location:
        assert not is_first(location), "records without people: the demo firm must stay out"
    again = remit(capsys, "--json", "init", "--crm", str(tmp_path / "crm"))
    assert again.code == 1 and again.document["error"]["code"] == "already_begun"
    settings.load.cache_clear()
