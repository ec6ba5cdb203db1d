"""`remit halt`, `resume`, `remits` and `policy`, on a real database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from remit.actions import approve
from remit.cli import halt, policy, remits, resume
from remit.db.location import Location
from remit.policy.schema import DEFAULT_DIRECTORY
from tests.domains.governance.conftest import queue
from tests.support.cast import Cast
from tests.support.command import Ended, remit


@pytest.fixture(autouse=True)
def at_home(cast: Cast, database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def running(program: str = "") -> Iterator[Location]:
        yield database

    for module in (halt, policy, remits, resume):
        monkeypatch.setattr(module, "database", running)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def ended(*words: object) -> Ended:
        return remit(capsys, *map(str, words))

    return ended


def test_halt_and_resume_say_what_stops_and_what_was_recalled(run: Any, cast: Cast) -> None:
    effect = queue(cast)
    done = run("--json", "--as", "mia@northlake.example", "halt", "channel:email", "--reason", "market event")
    assert done.code == 0, done.err
    assert done.document["stops"] == "everything that goes out by email"
    assert done.document["recalled_count"] == 1
    assert [(one["effect_id"], one["account"]) for one in done.document["recalled"]] == [
        (str(effect), "Pine Capital")
    ]
    assert run("--json", "--as", "Alice", "halt").document["halts"][0]["scope"] == "channel:email"
    lifted = run("--json", "--as", "Mia", "resume", "channel:email", "--reason", "over")
    assert lifted.document["state"] == "lifted"
    assert [one["effect_id"] for one in lifted.document["recalled"]] == [str(effect)]
    assert "Nothing is halted" in run("--as", "Alice", "halt").out


def test_lifting_everything_waits_for_the_second_person(run: Any, cast: Cast) -> None:
    assert run("--as", "Cora", "halt", "everything", "--reason", "incident").code == 0
    waits = run("--json", "--as", "Vera", "resume", "everything")
    assert (waits.code, waits.document["state"]) == (0, "waiting")
    approve(cast.scope("cora"), waits.document["suggestion_id"], waits.document["payload_hash"])
    assert run("--json", "--as", "Vera", "halt").document == {"halts": []}


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("--as", "Alice", "halt", "everything", "--reason", "x"), 1, "not_permitted_by_policy"),
        (("--as", "Vera", "halt", "everything"), 2, "reason_missing"),
        (("--as", "Vera", "halt", "evrything", "--reason", "x"), 2, "halt_scope_invalid"),
        (("--as", "Vera", "halt", "account:0198c0de-0000-7000-8000-000000000000", "--reason", "x"), 3, "not_found"),
        (("--as", "Vera", "resume", "channel:email"), 1, "not_halted"),
        (("halt", "everything", "--reason", "x"), 2, "person_needed"),
        (("--as", "Nobody", "halt"), 3, "not_permitted"),
        (("--as", "Vera", "remits", "grant", "GrantRemit", "approve", "--reason", "x"), 1, "check_failed"),
        (("--as", "Vera", "remits", "grant", "LogActivity", "full", "--reason", "x"), 2, "level_unknown"),
    ],
)  # fmt: skip
def test_refusals_have_a_stable_code(run: Any, words: tuple[str, ...], code: int, error: str) -> None:
    ended = run("--json", *words)
    assert (ended.code, ended.document["error"]["code"]) == (code, error)


def test_a_remit_from_asking_to_revoking(run: Any, cast: Cast) -> None:
    asked = run("--json", "--as", "Vera", "remits", "grant", "LogActivity", "suggest", "--reason", "trial")
    waiting = asked.document["waiting"]
    approve(cast.scope("cora"), waiting["suggestion_id"], waiting["payload_hash"])
    [row] = run("--json", "--as", "Alice", "remits", "list").document["remits"]
    assert (row["action_kind"], row["level"]) == ("LogActivity", "suggest")
    assert run("--as", "Mia", "remits", "revoke", row["id"], "--reason", "over").code == 0
    assert "every agent is off" in run("--as", "Alice", "remits", "list").out


def test_policy_check_lists_every_problem(run: Any, tmp_path: Path) -> None:
    assert run("--json", "policy", "check").document["rules"] > 70
    shutil.copy(DEFAULT_DIRECTORY / "remit.cedarschema", tmp_path)
    (tmp_path / "x.cedar").write_text("permit(principal, action, resource);")
    ended = run("--json", "policy", "check", tmp_path)
    assert ended.code == 1
    assert len(ended.document["error"]["details"]["problems"]) == 3


def test_policy_rules_of_one_action(run: Any) -> None:
    listed = run("--json", "policy", "rules", "--action", "SendEmail").document["rules"]
    assert "outreach-needs-approval" in {one["id"] for one in listed}
    assert "load-demo" not in {one["id"] for one in listed}
    assert run("--json", "policy", "rules", "--action", "Nonsense").code == 3


def test_policy_simulate_lists_what_would_be_different(run: Any, cast: Cast, tmp_path: Path) -> None:
    run("--as", "Olga", "halt", "channel:email", "--reason", "drill")  # permitted
    run("--as", "Alice", "halt", "everything", "--reason", "drill")  # forbidden
    changed = tmp_path / "changed"
    shutil.copytree(DEFAULT_DIRECTORY, changed)
    same = run("--json", "--as", "Cora", "policy", "simulate", changed).document
    assert (same["widened"], same["narrowed"], same["differences"]) == (0, 0, [])
    assert same["decisions"] >= 2
    rules = changed / "40-governance.cedar"
    rules.write_text(
        rules.read_text().replace(
            '["manager", "vp", "compliance", "governance", "operations"]',
            '["manager", "vp", "compliance", "governance", "ae"]',
        )
    )
    found = run("--json", "--as", "Cora", "policy", "simulate", changed).document
    seen = {(one["action_kind"], one["was"], one["would_be"], one["widens"]) for one in found["differences"]}
    assert ("Halt", "permit", "forbid", False) in seen
    assert ("Halt", "forbid", "permit", True) in seen
    assert found["policy_hash"] != same["policy_hash"]
    # a rep sees, and so simulates, only what concerns them
    own = run("--json", "--as", "Charlie", "policy", "simulate", changed).document
    assert own["decisions"] < found["decisions"]


def test_a_reason_that_would_play_with_the_terminal_is_refused_by_field(run: Any) -> None:
    ended = run("--json", "--as", "Cora", "halt", "channel:email", "--reason", "fire\x1b[2Jdrill")
    assert ended.code == 1
    assert ended.document["error"]["code"] == "invalid"
    assert [each["field"] for each in ended.document["error"]["details"]["fields"]] == ["reason"]
