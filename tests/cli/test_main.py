"""The contract of the command line: one JSON document, stable codes, settings with their sources."""

from __future__ import annotations

from pathlib import Path

import pytest

import remit as package
from remit import settings
from remit.cli.main import in_front
from tests.support.command import remit


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REMIT_HOME", str(tmp_path / "home"))
    settings.load.cache_clear()
    yield
    settings.load.cache_clear()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert remit(capsys, "--version").out == f"remit {package.__version__}\n"


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    ended = remit(capsys, "--json", "nonsense")
    assert ended.code == 2 and ended.document["error"]["code"] == "usage"


def test_json_may_follow_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert remit(capsys, "settings", "--json").document == remit(capsys, "--json", "settings").document


def test_options_after_two_dashes_stay() -> None:
    assert in_front(["scan", "--as", "bob", "--", "--json"]) == ["--as", "bob", "scan", "--", "--json"]


def test_settings_show_where_each_value_comes_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "remit.toml").write_text("port = 9000\npool_size = 7\n")
    monkeypatch.setenv("REMIT_PORT", "9100")
    monkeypatch.setenv("REMIT_DATABASE_URL", "postgresql://me:hunter2@db/x")
    settings.load.cache_clear()
    ended = remit(capsys, "--json", "settings")
    rows = {row["name"]: row for row in ended.document["settings"]}
    assert (rows["port"]["value"], rows["port"]["source"]) == (9100, "env")
    assert (rows["pool_size"]["value"], rows["pool_size"]["source"]) == (7, str(tmp_path / "remit.toml"))
    assert rows["host"]["source"] == "default"
    assert "hunter2" not in ended.out


@pytest.mark.parametrize(
    ("content", "word"), [("port = 'x'", "port"), ("prot = 1", "prot"), ("port = [", "remit.toml")]
)
def test_bad_settings_are_refused_by_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, word: str
) -> None:
    (tmp_path / "remit.toml").write_text(content)
    ended = remit(capsys, "--json", "settings")
    assert ended.code == 1
    assert ended.document["error"]["code"] == "settings_invalid"
    assert word in ended.document["error"]["message"]


@pytest.mark.parametrize("words", [("settings",), ("--json", "settings")])
def test_a_fault_of_ours_is_one_document_and_its_traceback_is_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret of a row")

    monkeypatch.setattr(settings, "listed", broken)
    ended = remit(capsys, *words)
    assert ended.code == 1 and "Traceback" in ended.err and "secret of a row" in ended.err
    if "--json" in words:
        assert ended.document["error"]["code"] == "fault"
        assert set(ended.document["error"]) == {"code", "message", "details"}
    assert "secret of a row" not in ended.out and "Traceback" not in ended.out
