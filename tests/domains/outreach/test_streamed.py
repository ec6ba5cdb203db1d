"""Outreach as a stream: what was shown on the way is no draft; only a text that holds is stored as the model's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.domains.outreach.queries import preview
from remit.domains.outreach.writing import stream_outreach
from remit.llm.embedded.outreach import WRITER
from remit.llm.gateway import call
from tests.domains.outreach.test_modelled import GOOD, INVENTED, letter
from tests.support.desk import Desk
from tests.support.model_server import ModelServer, Turn, model_server
from tests.support.models import using

SUBJECT = "A question on prime brokers"


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture(autouse=True)
def talking(provider: ModelServer, tmp_path: Path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(call, "_sleep", lambda _seconds: None)
    with using(provider, tmp_path, monkeypatch):
        yield


def streamed(desk: Desk) -> tuple[str, dict[str, Any]]:
    """The text as it was shown, and the draft that came of it."""
    scope, shown = desk.cast.scope("alice"), ""
    pieces = stream_outreach(scope, desk.contacts["pine"])
    while True:
        try:
            shown += next(pieces)
        except StopIteration as ended:
            return shown, preview(scope, ended.value)


def drafts(desk: Desk) -> int:
    return desk.cast.sql("SELECT count(*) FROM remit.drafts")[0][0]


def outcome(desk: Desk) -> str:
    return desk.cast.sql("SELECT outcome FROM remit.model_replies ORDER BY at DESC LIMIT 1")[0][0]


def test_a_text_that_holds_is_the_draft(desk: Desk, provider: ModelServer) -> None:
    provider.answer(Turn(text=f"Subject: {SUBJECT}\n\n{GOOD}"))
    shown, draft = streamed(desk)
    assert GOOD in shown
    assert (draft["writer"], draft["subject"]) == ("openai:gpt-5-mini", SUBJECT)
    assert draft["sendable"], draft["checks"]


def test_what_was_shown_and_is_invented_is_mended_or_not_used(desk: Desk, provider: ModelServer) -> None:
    provider.answer(Turn(text=f"{SUBJECT}\n\n{INVENTED}"), letter(GOOD))
    shown, draft = streamed(desk)
    assert "37 %" in shown
    assert "37" not in draft["body"]
    assert "mended" in draft["note"]
    provider.answer(Turn(text=f"{SUBJECT}\n\n{INVENTED}"), letter(INVENTED))
    _, draft = streamed(desk)
    assert draft["writer"] == WRITER
    assert "37" not in draft["body"]


@pytest.mark.parametrize(
    "turn",
    [
        Turn(status=429),
        Turn(status=500),
        Turn(text="only a subject"),
        Turn(text=f"{SUBJECT}\n\n{GOOD}", cut_after=3),
    ],
)
def test_a_fault_gives_the_embedded_text_with_the_reason(
    desk: Desk, provider: ModelServer, turn: Turn
) -> None:
    provider.answer(turn)
    _, draft = streamed(desk)
    assert draft["writer"] == WRITER
    assert draft["note"]


def test_who_stops_it_stores_nothing_but_the_record(desk: Desk, provider: ModelServer) -> None:
    provider.answer(Turn(endless=True))
    before = drafts(desk)
    pieces = stream_outreach(desk.cast.scope("alice"), desk.contacts["pine"])
    next(pieces)
    pieces.close()
    assert drafts(desk) == before
    assert outcome(desk) == "given_up"


def test_without_a_model_there_is_nothing_to_watch(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr(call, "configured", lambda _purpose: False)
    shown, draft = streamed(desk)
    assert (shown, draft["writer"]) == ("", WRITER)
