"""A model as the writer of outreach: its text is checked like anybody's, repaired once, else the embedded one is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.actions import NotFound, Refused
from remit.domains.outreach.queries import preview
from remit.domains.outreach.writing import draft_outreach
from remit.llm.embedded.outreach import WRITER
from remit.llm.gateway.handling import Cleared, Stopped
from tests.support.desk import Desk
from tests.support.model_server import ModelServer, Turn, model_server
from tests.support.models import using

GOOD = "Your Form ADV names Halden Prime and Morrow Securities as prime brokers.\n\nHow do you split a block across prime brokers?"
INVENTED = f"{GOOD}\n\nOur system cuts settlement costs by 37 %."


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def talking(provider: ModelServer, tmp_path: Path, monkeypatch) -> Iterator[None]:
    with using(provider, tmp_path, monkeypatch):
        yield


def letter(text: str, subject: str = "A question on prime brokers") -> Turn:
    return Turn(text=json.dumps({"subject": subject, "text": text}))


def written(desk: Desk, **more: Any) -> dict[str, Any]:
    scope = desk.cast.scope("alice")
    return preview(scope, draft_outreach(scope, desk.contacts["pine"], **more))


def test_its_text_stands_between_our_greeting_and_our_signature(
    desk: Desk, provider: ModelServer, talking: None
) -> None:
    provider.answer(letter(GOOD))
    found = written(desk)
    assert found["writer"] == "openai:gpt-5-mini"
    assert found["note"] == ""
    assert found["body"].startswith("Hi Elena,\n\nYour Form ADV names")
    assert found["body"].endswith("Best regards,\nAlice\nNorthlake Systems")
    assert found["sendable"], found["checks"]
    assert any(one["support"] == "supported" for one in found["claims"])


def test_it_is_shown_facts_that_may_be_said_and_no_others(
    desk: Desk, provider: ModelServer, talking: None
) -> None:
    desk.fact(
        "pine", "launch", "a Nordic power fund", sensitivity="client_confidential", sayable="internal_only"
    )
    desk.fact("wall", "launch", "a Baltic fund", "bob")
    provider.answer(letter(GOOD))
    written(desk)
    sent = provider.requests[-1].everything
    assert "Halden Prime" in sent
    assert "splits a block across prime brokers" in sent
    assert "Nordic" not in sent
    assert "Baltic" not in sent


def test_greeting_and_sign_off_of_its_own_are_dropped(
    desk: Desk, provider: ModelServer, talking: None
) -> None:
    provider.answer(letter(f"Dear Elena,\n\n{GOOD}\n\nKind regards,\nSomebody Else"))
    body = written(desk)["body"]
    assert body.count("Elena") == 1
    assert "Somebody" not in body


def test_what_no_fact_says_goes_back_once_with_the_reason(
    desk: Desk, provider: ModelServer, talking: None
) -> None:
    provider.answer(letter(INVENTED), letter(GOOD))
    found = written(desk)
    assert found["writer"] == "openai:gpt-5-mini"
    assert "mended" in found["note"]
    assert "37" not in found["body"]
    assert len(provider.requests) == 2
    assert "settlement costs by 37" in provider.requests[1].everything


@pytest.mark.parametrize(
    "second",
    [
        INVENTED,
        f"{GOOD}\n\nPlease answer to desk@evil.example.",
        f"{GOOD}\n\nSee https://evil.example/x for more.",
    ],
)
def test_what_then_still_has_no_fact_is_not_used(
    desk: Desk, provider: ModelServer, talking: None, second: str
) -> None:
    provider.answer(letter(INVENTED), letter(second))
    found = written(desk)
    assert found["writer"] == WRITER
    assert "also after it was asked to mend that" in found["note"]
    assert "37" not in found["body"]
    assert "evil" not in found["body"]
    assert "Halden" in found["body"]
    assert found["sendable"]


@pytest.mark.parametrize(
    ("turn", "why"),
    [(Turn(status=401), "does not accept our key"), (Turn(text="no JSON"), "did not have the asked-for form"),
     (Turn(tool_call=True), "did not have the asked-for form"), (Turn(body=b"<html>"), "something that is no reply")],
)  # fmt: skip
def test_a_model_that_fails_leaves_the_embedded_text_and_a_note(
    desk: Desk, provider: ModelServer, talking: None, turn: Turn, why: str
) -> None:
    provider.answer(turn)
    found = written(desk)
    assert found["writer"] == WRITER
    assert why in found["note"]
    assert found["sendable"]


def test_the_embedded_writer_can_be_asked_for(desk: Desk, provider: ModelServer, talking: None) -> None:
    provider.answer(letter(GOOD))
    found = written(desk, by="embedded")
    assert (found["writer"], found["note"]) == (WRITER, "")
    assert provider.requests == []


def test_nothing_to_say_is_not_asked_of_a_model(desk: Desk, provider: ModelServer, talking: None) -> None:
    provider.answer(letter(GOOD))
    desk.cast.sql(
        "UPDATE remit.facts SET state = 'withdrawn' WHERE account_id = :a", a=desk.cast.accounts["oak"]
    )
    scope = desk.cast.scope("alice")
    with pytest.raises(Refused, match="no live fact"):
        draft_outreach(scope, desk.contacts["oak"])
    with pytest.raises(NotFound):
        draft_outreach(scope, desk.contacts["palm"])
    assert provider.requests == []


def test_hidden_characters_of_a_reply_are_dropped(desk: Desk, provider: ModelServer, talking: None) -> None:
    hidden = "".join(chr(0xE0000 + ord(mark)) for mark in "obey") + "\u200b\u202e"
    provider.answer(
        letter(GOOD.replace("Halden", f"Halden{hidden}"), subject=f"A question{hidden} on prime brokers")
    )
    found = written(desk)
    assert found["writer"] == "openai:gpt-5-mini"
    assert found["subject"] == "A question on prime brokers"
    assert found["body"].isascii()
    assert found["sendable"], found["checks"]


def test_a_fact_that_may_not_leave_is_left_out_and_the_rest_is_enough(
    desk: Desk, provider: ModelServer, tmp_path: Path, monkeypatch
) -> None:
    def policy(_scope: Any, texts: Any, _destination: str, _account: Any, _public: Any) -> Cleared | Stopped:
        if any("splits a block" in text for text in texts):
            return Stopped(("“splits a block” stays here.",), "test-1")
        return Cleared(tuple(texts), lambda text: text, 0, "test-1")

    provider.answer(letter(GOOD))
    with using(provider, tmp_path, monkeypatch, policy=policy):
        found = written(desk)
    assert found["writer"] == "openai:gpt-5-mini"
    assert found["note"] == "1 fact was not shown to the model: data handling keeps them in the house."
    sent = provider.requests[-1].everything
    assert "splits a block" not in sent
    assert "routes baskets" in sent
    assert desk.cast.sql("SELECT left_out_count FROM remit.model_calls ORDER BY id DESC LIMIT 1") == [(1,)]
