"""A model as the writer of a follow-up: shown what was noted and nothing else; what was not noted sends it back, then the embedded text is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.domains.followups.reading import look_at_text
from remit.domains.followups.taking import kept_as_proposed, take_up
from remit.domains.outreach.queries import preview
from remit.llm.embedded.outreach import WRITER
from tests.support.desk import Desk
from tests.support.model_server import ModelServer, Turn, model_server
from tests.support.models import using

NOTE = "They run Enfusion today. I'll send the FIX specification."
GOOD = "You said that you run Enfusion today.\n\nI will send the FIX specification.\n\nPlease tell me if I have missed anything."
NOT_NOTED = "Your Form ADV lists Halden Prime and Morrow Securities as prime brokers."


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


def test_its_text_stands_on_the_note_or_the_embedded_one_is_taken(
    desk: Desk, provider: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = desk.cast.scope("alice")
    minutes = look_at_text(scope, NOTE, desk.contacts["pine"])
    kept = [kept_as_proposed(line) for line in minutes.lines]
    with using(provider, tmp_path, monkeypatch):
        provider.answer(Turn(text=json.dumps({"subject": "Next steps", "text": GOOD})))
        found = preview(scope, take_up(scope, minutes, kept).draft_id)
        assert found["writer"] == "openai:gpt-5-mini" and "FIX specification" in found["body"]
        shown = str(provider.requests[-1].body)
        assert "Enfusion" in shown and "Halden" not in shown and "splits a block" not in shown
        bad = Turn(text=json.dumps({"subject": "Next steps", "text": f"{GOOD}\n\n{NOT_NOTED}"}))
        provider.answer(bad, bad)
        found = preview(scope, take_up(scope, minutes, kept).draft_id)
        assert found["writer"] == WRITER and "not said in the note" in found["note"]
        assert "Halden" not in found["body"]
