"""`remit mail` and `remit effects`, as far as they need no database; the rest is in tests/domains/messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit import settings
from tests.support.command import remit
from tests.support.smtp_server import Journal, Server, free_port


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name, value in {
        "HOME": str(tmp_path), "MAIL_TRANSPORT": "smtp", "SMTP_HOST": "127.0.0.1", "SMTP_SECURITY": "none",
        "MAIL_POSTAL_ADDRESS": "1 Example Street", "SMTP_PORT": str(free_port()),
    }.items():  # fmt: skip
        monkeypatch.setenv("REMIT_" + name, value)
    settings.load.cache_clear()
    yield monkeypatch
    settings.load.cache_clear()


def test_check_signs_in_and_sends_nothing(
    smtp: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(tmp_path / "accepted.txt")
    with Server(journal) as server:
        smtp.setenv("REMIT_SMTP_PORT", str(server.port))
        settings.load.cache_clear()
        ended = remit(capsys, "mail", "check", "--json")
    assert ended.code == 0
    assert "lets us in" in ended.document["smtp"]
    assert journal.accepted() == []


def test_a_dead_server_is_service_unavailable(
    smtp: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = remit(capsys, "mail", "check", "--json")
    assert ended.code == 4
    assert ended.document["error"]["code"] == "mail_server_unusable"


def test_an_unprotected_connection_to_another_machine_is_refused(
    smtp: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    smtp.setenv("REMIT_SMTP_HOST", "mail.example")
    settings.load.cache_clear()
    ended = remit(capsys, "mail", "check", "--json")
    assert ended.code == 1
    assert ended.document["error"]["code"] == "mail_unprotected"


def test_unknown_states_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert remit(capsys, "effects", "list", "--state", "lost", "--json").code == 2
