"""A first message, by the commands: drafted from facts, waiting, approved, queued once; an invented claim goes nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from remit.db.location import Location
from remit.identity import DELIVERY_ID
from tests.support.cast import Cast, make_cast
from tests.support.command import Ended, remit
from tests.support.desk import Desk, make_desk


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.fixture(autouse=True)
def running(database: Location, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find this module's database already running, as beside `remit up`."""

    @contextmanager
    def opened() -> Iterator[Location]:
        yield database

    for name in ("draft", "send", "approve", "reject", "actions"):
        monkeypatch.setattr(f"remit.cli.{name}.database", opened)


def run(capsys: pytest.CaptureFixture[str], who: str, *words: str) -> Ended:
    return remit(capsys, "--as", f"{who}@northlake.example", "--json", *words)


def effects(cast: Cast) -> list[tuple]:
    return cast.sql(
        "SELECT payload ->> 'to', state, actor_id FROM remit.effects WHERE kind = 'email.send' ORDER BY created_at"
    )


def test_from_facts_to_an_effect_with_a_persons_yes(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    drafted = run(capsys, "alice", "draft", "outreach", "--account", "Pine Capital")
    assert drafted.code == 0
    document = drafted.document
    assert {
        "draft_id",
        "kind",
        "subject",
        "body",
        "writer",
        "claims",
        "checks",
        "sendable",
        "personalisation",
        "minutes_saved",
    } <= set(document)
    assert (document["kind"], document["writer"], document["sendable"]) == (
        "outreach",
        "embedded writer 1",
        True,
    )
    for claim in document["claims"]:
        assert {"text", "start", "end", "support", "citations"} <= set(claim)
        assert document["body"][claim["start"] : claim["end"]] == claim["text"]

    waiting = run(capsys, "alice", "send", document["draft_id"]).document
    assert waiting["state"] == "waiting"
    assert effects(desk.cast) == []
    suggestion, digest = waiting["suggestion"]["suggestion_id"], waiting["suggestion"]["payload_hash"]

    other = run(capsys, "bob", "approve", suggestion, "--hash", "0" * 64)
    assert (other.code, other.document["error"]["code"]) == (1, "payload_changed")
    outside = run(capsys, "charlie", "approve", suggestion, "--hash", digest)
    assert (outside.code, outside.document["error"]["code"]) == (3, "not_found")
    assert effects(desk.cast) == []

    approved = run(capsys, "bob", "approve", suggestion, "--hash", digest)
    assert approved.code == 0, approved.out
    assert len(approved.document["effects"]) == 1
    assert effects(desk.cast) == [("elena.voss@pine.example", "queued", desk.cast.people["alice"])]
    shown = run(capsys, "bob", "actions", "show", suggestion).document
    assert [stage["stage"] for stage in shown["stages"]][:3] == ["identity", "remit", "policy"]
    assert (shown["approver"], shown["effects"][0]["state"], shown["payload_hash"]) == (
        "Bob",
        "queued",
        digest,
    )
    again = run(capsys, "bob", "approve", suggestion, "--hash", digest)
    assert (again.code, again.document["error"]["code"]) == (1, "suggestion_not_waiting")
    assert len(effects(desk.cast)) == 1

    [(approver, actor)] = desk.cast.sql(
        "SELECT approver_id, actor_id FROM remit.actions WHERE kind = 'SendEmail'"
    )
    assert (approver, actor) == (desk.cast.people["bob"], desk.cast.people["alice"])
    records = desk.cast.sql(
        "SELECT DISTINCT kind FROM remit.audit WHERE action_id = :id",
        id=UUID(approved.document["id"]),
    )
    assert {kind for (kind,) in records} == {"decision", "change", "effect"}
    assert DELIVERY_ID not in (approver, actor)


def test_a_refused_draft_is_rejected_with_its_reason(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    document = run(capsys, "alice", "draft", "outreach", "--contact", "omar.aziz@oak.example").document
    waiting = run(capsys, "alice", "send", document["draft_id"]).document["suggestion"]
    listed = run(capsys, "mia", "actions", "list").document
    assert [one["id"] for one in listed["waiting"]] == [waiting["suggestion_id"]]
    assert run(capsys, "charlie", "actions", "list").document["waiting"] == []
    assert run(capsys, "charlie", "actions", "show", waiting["suggestion_id"]).code == 3
    rejected = run(capsys, "mia", "reject", waiting["suggestion_id"], "--reason", "too early for them")
    assert rejected.code == 0, rejected.out
    reason = desk.cast.sql(
        "SELECT state, decision_reason FROM remit.suggestions WHERE id = :id", id=waiting["suggestion_id"]
    )
    assert reason == [("rejected", "too early for them")]


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("draft", "sonnet", "--account", "Pine Capital"), 2, "kind_unknown"),
        (("draft", "outreach"), 2, "reader_needed"),
        (("draft", "outreach", "--account", "Nobody Capital"), 3, "not_found"),
        (("draft", "outreach", "--contact", "x' OR '1'='1"), 3, "not_found"),
        (("draft", "outreach", "--account", "Palm Capital"), 3, "not_found"),
        (("draft", "outreach", "--account", "Pine Capital", "--length", "epic"), 2, "length_unknown"),
        (("send", "00000000-0000-7000-8000-00000000dead"), 3, "not_found"),
    ],
)
def test_what_cannot_be_done_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, error: str
) -> None:
    ended = run(capsys, "alice", *words)
    assert (ended.code, ended.document["error"]["code"]) == (code, error)


def test_a_person_reads_the_mail_and_what_stands_behind_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = remit(capsys, "--as", "bob", "draft", "outreach", "--account", "Wall Capital")
    assert ended.code == 0
    assert "Subject: " in ended.out
    assert "[Form ADV, " in ended.out
    assert "can be sent" in ended.out
