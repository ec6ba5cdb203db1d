"""`remit backup` and `remit restore` as a person uses them, with the audit log as the proof."""

from __future__ import annotations

import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from remit import settings
from remit.cli.opening import database
from remit.db import embedded
from remit.db.location import Role
from remit.db.opening import opened
from remit.identity import SYSTEM_ID
from remit.kit.ids import new_id
from tests.support.command import remit
from tests.support.databases import FAST


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was started once, to be copied."""
    home = tmp_path_factory.mktemp("begun") / "home"
    with opened(settings.Settings(home=home)):
        pass
    return home


@pytest.fixture
def home(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`home("one")`: the home of the commands from here on, begun and its server kept running; `fresh`: there is nothing yet."""
    monkeypatch.chdir(tmp_path)
    with ExitStack() as kept:

        def use(name: str, fresh: bool = False) -> Path:
            place = tmp_path / name
            monkeypatch.setenv("REMIT_HOME", str(place))
            settings.load.cache_clear()
            if not fresh and not place.exists():
                subprocess.run(["cp", "-a", begun, place], check=True)
                kept.enter_context(embedded.shared(place, extra=FAST))
            return place

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

    home("two", fresh=True)
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


def _as_owner(statement: str, *values: object) -> list[tuple[object, ...]]:
    with database() as location, psycopg.connect(**location.conninfo(Role.OWNER)) as connection:
        connection.execute("SELECT set_config('remit.person_id', %s, true)", (str(SYSTEM_ID),))
        done = connection.execute(statement.encode(), values)
        return done.fetchall() if done.description else []


def test_what_waited_when_the_backup_was_made_is_not_sent_after_a_restore(
    capsys: pytest.CaptureFixture[str], home, tmp_path: Path
) -> None:
    """It may have left since: the receipt of that is in what the restore replaces."""
    home("one")
    remit(capsys, "audit", "verify")
    states = ("queued", "sending", "recalled", "delivered")
    effects = {state: new_id() for state in states}
    for state, effect in effects.items():
        _as_owner(
            "INSERT INTO remit.effects (id, created_at, action_id, action_kind, kind, channel, idempotency_key, payload,"
            " actor_id, next_at, state) VALUES (%s, now(), %s, 'SendEmail', 'email.send', 'email', %s, '{}', %s, now(), %s)",
            effect, new_id(), str(effect), SYSTEM_ID, state,
        )  # fmt: skip
    _as_owner(
        "INSERT INTO remit.suggestions (id, kind, payload, payload_hash, title, proposed_by, proposer_kind, proposed_at, expires_at)"
        " VALUES (%s, 'SendEmail', '{}', '', 'x', %s, 'workflow', now(), now() + interval '1 day')",
        new_id(), SYSTEM_ID,
    )  # fmt: skip
    saved = tmp_path / "saved.remit"
    remit(capsys, "backup", str(saved))
    restored = remit(capsys, "restore", str(saved), "--force")
    assert restored.code == 0 and "2 messages waited" in restored.out
    assert "1 suggestions waited for a person and may have been approved since: they are held" in restored.out
    [(held,)] = _as_owner("SELECT held FROM remit.suggestions")
    assert "may have been approved and done since" in str(held)
    found = dict(_as_owner("SELECT id, state FROM remit.effects"))
    assert [found[effects[state]] for state in states] == ["parked", "parked", "recalled", "delivered"]
    [(known,)] = _as_owner("SELECT DISTINCT known FROM remit.effects WHERE state = 'parked'")
    assert "may have left since" in str(known)
    recorded = _as_owner("SELECT object_id FROM remit.audit WHERE event = 'effect:parked'")
    assert {one for (one,) in recorded} == {effects["queued"], effects["sending"]}
    assert remit(capsys, "--json", "audit", "verify").document["verified"]


def test_no_such_file_and_no_such_folder(capsys: pytest.CaptureFixture[str], home, tmp_path: Path) -> None:
    home("one", fresh=True)
    assert remit(capsys, "--json", "restore", "nowhere").code == 3
    refused = remit(capsys, "--json", "backup", str(tmp_path / "missing" / "x"))
    assert refused.document["error"]["code"] == "folder_missing"


def test_what_is_no_ordinary_file_is_never_replaced(
    capsys: pytest.CaptureFixture[str], home, tmp_path: Path
) -> None:
    home("one", fresh=True)
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
