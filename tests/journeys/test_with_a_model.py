"""The first message with a model configured, over HTTP, under the data-handling policy that is in force: it is drafted, checked,
approved and queued as ever; and a model that invents, is told too much, or fails changes nothing but who wrote the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.actions import Performed, Waiting, approve, perform
from remit.db.location import Location
from remit.domains.handling.actions import PublishHandlingPolicy
from remit.domains.handling.leaving import leaving
from remit.domains.library.using import write_from
from remit.domains.outreach.queries import preview
from remit.domains.outreach.writing import draft_outreach, send_draft
from remit.llm.embedded.outreach import WRITER
from remit.llm.gateway import call
from remit.llm.handling.policy import current
from tests.domains.library.test_life import live, named
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk
from tests.support.model_server import ModelServer, Turn, model_server
from tests.support.models import using

GOOD = "Your Form ADV names Halden Prime and Morrow Securities as prime brokers.\n\nHow do you split a block across prime brokers?"
INVENTED = f"{GOOD}\n\nOur system cuts settlement costs by 37 %."


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    """The desk, with the policy in force: Olga asked, Cora approved."""
    found = make_desk(make_cast(database))
    policy = current()
    act = PublishHandlingPolicy(version=policy.version, policy_hash=policy.hash)
    waiting = perform(found.cast.scope("olga"), act)
    assert isinstance(waiting, Waiting)
    approve(found.cast.scope("cora"), waiting.suggestion_id, waiting.payload_hash)
    return found


@pytest.fixture(scope="module")
def provider() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture(autouse=True)
def talking(provider: ModelServer, tmp_path: Path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(call, "_sleep", lambda _seconds: None)
    with using(provider, tmp_path, monkeypatch, policy=leaving):
        yield


def letter(text: str) -> Turn:
    return Turn(text=json.dumps({"subject": "A question on prime brokers", "text": text}))


def drafted(desk: Desk) -> dict[str, Any]:
    scope = desk.cast.scope("alice")
    draft_id = draft_outreach(scope, desk.contacts["pine"])
    return preview(scope, draft_id) | {"id": draft_id}


def queued(desk: Desk) -> list[tuple]:
    return desk.cast.sql(
        "SELECT payload ->> 'to', payload ->> 'body' FROM remit.effects WHERE kind = 'email.send'"
    )


def test_drafted_checked_approved_and_queued(desk: Desk, provider: ModelServer) -> None:
    # the provider sees Pine Capital and Elena Voss as placeholders, whatever they are called there
    provider.answer(letter(GOOD))
    draft = drafted(desk)
    assert draft["writer"] == "openai:gpt-5-mini", draft["note"]
    assert draft["sendable"], draft["checks"]
    waiting = send_draft(desk.cast.scope("alice"), draft["id"])
    assert isinstance(waiting, Waiting)
    assert queued(desk) == []
    assert isinstance(approve(desk.cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash), Performed)
    [(to, body)] = queued(desk)
    assert to == "elena.voss@pine.example"
    assert "Halden Prime" in body


def test_names_leave_as_placeholders_only(desk: Desk, provider: ModelServer) -> None:
    provider.answer(letter(GOOD))
    drafted(desk)
    sent = provider.requests[-1].everything
    for word in ("Elena", "Voss", "Pine Capital", "Alice"):
        assert word not in sent
    [(outcome, count)] = desk.cast.sql(
        "SELECT r.outcome, c.redaction_count FROM remit.model_calls c JOIN remit.model_replies r ON r.call_id = c.id ORDER BY c.at DESC LIMIT 1"
    )
    assert outcome == "ok"
    assert count > 0


def test_a_trade_that_somebody_means_does_not_leave_and_the_draft_says_so(
    desk: Desk, provider: ModelServer
) -> None:
    desk.fact(
        "pine", "need", "intends to buy 2 million shares of Adyen next week", source_name="Call note",
        sensitivity="internal", sayable="told_by_them",
    )  # fmt: skip
    provider.answer(letter(GOOD))
    draft = drafted(desk)
    assert "Adyen" not in provider.requests[-1].everything
    assert draft["writer"] == "openai:gpt-5-mini"
    assert "not shown to the model" in draft["note"]


def test_an_invented_claim_goes_nowhere(desk: Desk, provider: ModelServer) -> None:
    provider.answer(letter(INVENTED), letter(INVENTED))
    draft = drafted(desk)
    assert draft["writer"] == WRITER
    assert "37" not in draft["body"]
    assert "asked to mend that" in draft["note"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_fails_is_noted_and_the_embedded_writer_writes(
    desk: Desk, provider: ModelServer, status: int
) -> None:
    provider.answer(Turn(status=status))
    draft = drafted(desk)
    assert draft["writer"] == WRITER
    assert all(claim["support"] in ("supported", "not_a_claim") for claim in draft["claims"])
    assert draft["note"]


def test_a_template_gives_the_model_its_own_prompt_and_its_text_is_held_like_any(
    desk: Desk, provider: ModelServer
) -> None:
    live(desk.cast, named("modelled"))
    provider.answer(letter(GOOD), letter(INVENTED), letter(INVENTED))
    alice, contact = desk.cast.scope("alice"), desk.contacts["pine"]
    found = preview(alice, write_from(alice, "modelled", contact, {}))
    assert (
        found["writer"] != WRITER
        and "How do you split a block" in found["body"]
        and found["template_version_id"]
    )
    asked = provider.requests[0].everything
    assert "This letter:" in asked and "names several prime brokers" in asked
    # it invents twice: the template's own sentences are taken, with a note
    found = preview(alice, write_from(alice, "modelled", contact, {}))
    assert found["writer"].startswith(f"{WRITER}, modelled 1") and "37" not in found["body"] and found["note"]
