"""Who sees which call and which text, what is kept for how long, and the command that shows it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from remit import settings
from remit.actions import NotFound, Refused, perform
from remit.identity import for_service
from remit.kit import clock
from remit.kit.ids import new_id
from remit.llm.gateway import queries
from remit.llm.gateway.call import ask
from remit.llm.gateway.records import CallModel, ForgetModelContent, NoteModelReply, sha256
from tests.llm.gateway.test_call import Note, asked, letter
from tests.support.cast import Cast
from tests.support.command import remit
from tests.support.model_server import ModelServer, Turn
from tests.support.models import using


@pytest.fixture
def talking(provider: ModelServer, tmp_path: Path, monkeypatch):
    provider.answer(Turn(text=letter()))
    with using(provider, tmp_path, monkeypatch):
        yield


def made(cast: Cast, who: str = "alice", account: str | None = "pine") -> UUID:
    return ask(cast.scope(who), asked(cast, account), Note).call_id


def test_a_person_sees_their_own_calls_and_compliance_sees_all(cast: Cast, talking: None) -> None:
    own, other = made(cast), made(cast, "bob", None)
    assert {own} == {one.id for one in queries.list_calls(cast.scope("alice")).rows}
    with pytest.raises(NotFound):
        queries.get_call(cast.scope("alice"), other)
    for who in ("vera", "mia", "adam", "olga"):
        assert queries.list_calls(cast.scope(who)).rows == ()
    assert {own, other} <= {one.id for one in queries.list_calls(cast.scope("cora")).rows}
    assert {one.person for one in queries.list_usage(cast.scope("cora"))} == {"Alice", "Bob"}
    assert [(one.person, one.calls) for one in queries.list_usage(cast.scope("alice"))] == [("Alice", 1)]


def test_the_text_follows_the_account_and_looking_is_recorded(cast: Cast, talking: None) -> None:
    behind = made(cast, "bob", "wall")
    assert queries.review(cast.scope("bob"), behind)["reply"] == letter()
    assert queries.get_call(cast.scope("cora"), behind).outcome == "ok"
    with pytest.raises(NotFound):  # compliance is not admitted behind this barrier
        queries.review(cast.scope("cora"), behind)
    plain = made(cast, "bob", "pine")
    assert queries.review(cast.scope("cora"), plain)["reply"] == letter()
    looked = cast.sql(
        "SELECT actor_id, object_id FROM remit.audit WHERE event = 'model:content:review' ORDER BY at"
    )
    assert looked == [(cast.people["bob"], behind), (cast.people["cora"], plain)]
    with pytest.raises(NotFound):
        queries.review(cast.scope("alice"), plain)


def test_texts_go_when_their_time_is_over_and_records_stay(cast: Cast, talking: None) -> None:
    call_id = made(cast)
    system = for_service("upkeep", via="test")
    assert queries.count_old_contents(system) == 0
    with clock.stopped(clock.now() + timedelta(days=settings.load().model_content_days + 1)):
        assert queries.count_old_contents(system) >= 2
        done = perform(system, ForgetModelContent())
        assert queries.count_old_contents(system) == 0
    assert done.result["removed_count"] >= 2
    assert queries.get_call(cast.scope("alice"), call_id).outcome == "ok"
    with pytest.raises(NotFound):
        queries.review(cast.scope("alice"), call_id)
    with pytest.raises(Refused):
        perform(cast.scope("cora"), ForgetModelContent())


def test_what_came_of_a_call_is_noted_once_and_by_its_own_person(cast: Cast, talking: None) -> None:
    call_id = made(cast)
    note = NoteModelReply(
        call_id=call_id, outcome="ok", attempt_count=1, tokens_in=0, tokens_out=0, prices_on="2026-11-24", latency_ms=1,
        sealed_sha256=sha256(b""),
    )  # fmt: skip
    for who in ("alice", "bob", "cora"):
        with pytest.raises(Refused, match="no such call"):
            perform(cast.scope(who), note)


def test_a_record_without_its_text_is_refused(cast: Cast, talking: None) -> None:
    action = CallModel(
        call_id=new_id(), purpose="outreach", template="t", model="m", destination="provider", prompt_sha256="0" * 64,
        reserved_tokens=1, sealed_sha256=sha256(b"the text"),
    )  # fmt: skip
    with pytest.raises(Refused, match="not with it"):
        perform(cast.scope("alice"), action)
    assert "sealed" not in action.payload()


def test_the_command_shows_days_calls_and_one(cast: Cast, talking: None, capsys, monkeypatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr("remit.cli.usage.database", nullcontext)
    call_id = made(cast, "mia", "pine")
    days = remit(capsys, "--as", "mia", "usage", "--json")
    assert days.code == 0
    found = days.document
    assert [(one["person"], one["calls"], one["tokens_in"]) for one in found["days"]] == [("Mia", 1, 120)]
    assert float(found["days"][0]["cost_usd"]) > 0
    assert found["prices_as_of"] == "2026-11-24"
    assert "Mia" in remit(capsys, "--as", "mia", "usage").out
    assert remit(capsys, "--as", "mia", "usage", "--calls", "--json").document["calls"][0]["id"] == str(
        call_id
    )
    one = remit(capsys, "--as", "mia", "usage", "--call", str(call_id), "--json").document
    assert json.loads(one["reply"]) == {"subject": "A question", "text": "Hello."}
    assert "A question" in remit(capsys, "--as", "mia", "usage", "--call", str(call_id)).out
    assert remit(capsys, "--as", "charlie", "usage", "--call", str(call_id)).code == 3
    cast.sql("DELETE FROM remit.model_contents WHERE call_id = :id", id=call_id)
    bare = remit(capsys, "--as", "mia", "usage", "--call", str(call_id))
    assert (bare.code, "not kept" in bare.out) == (0, True)
    assert remit(capsys, "--as", "mia", "usage", "--call", "x").code == 3
    assert remit(capsys, "--as", "mia", "usage", "--calls", "--call", "x").code == 2
    assert remit(capsys, "usage").code == 2
