"""Ways for a person to write what only Remit itself may: what a model cost, who wrote a text, what a source brought."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

import remit.wiring  # noqa: F401
from remit.actions import Refused, registry
from remit.kit.ids import new_id
from remit.llm.gateway.records import sha256
from remit.web.api.routes import perform_action
from remit.web.api.schemas import Perform
from tests.support.cast import Cast

NOTHING = sha256(b"")
CALL = {
    "call_id": str(new_id()), "purpose": "summary", "template": "x", "model": "openai:gpt", "destination": "outside",
    "prompt_sha256": NOTHING, "reserved_tokens": 0, "sealed_sha256": NOTHING,
}  # fmt: skip
REPLY = {
    "call_id": str(new_id()), "outcome": "ok", "attempt_count": 1, "tokens_in": 0, "tokens_out": 0,
    "prices_on": "2026-11-01", "latency_ms": 1, "sealed_sha256": NOTHING,
}  # fmt: skip


def test_nobody_gives_themselves_money_by_a_negative_cost() -> None:
    for kind, payload in (
        ("CallModel", {**CALL, "reserved_usd": "-1000"}),
        ("NoteModelReply", {**REPLY, "cost_usd": "-1000"}),
    ):
        with pytest.raises(ValidationError):
            registry.rebuild(kind, payload)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("CallModel", CALL),
        ("NoteModelReply", REPLY),
        ("NoteSourceRead", {"source_id": str(new_id()), "outcome": "9 new.", "added_count": 9, "etag": "é"}),
        (
            "AddDocument",
            {
                "account_id": str(new_id()),
                "document_kind": "10-K",
                "title": "Annual report",
                "source_name": "EDGAR",
                "accession_number": "0000000000-26-000001",
                "text": "They grow.",
            },
        ),
        (
            "SaveSummary",
            {
                "document_id": str(new_id()),
                "writer": "anthropic:claude",
                "bullets": [{"text": "They leave their prime", "spans": [(0, 20)]}],
            },
        ),
    ],
)
def test_what_remit_did_itself_is_not_written_by_the_api(
    cast: Cast, kind: str, payload: dict[str, Any]
) -> None:
    """A forged reply with no tokens gives a day's budget back; a forged summary counts as AI work that was accepted;
    a forged accession number keeps the real filing out."""
    with pytest.raises(Refused, match="has its own way in"):
        perform_action(cast.scope("alice"), Perform(kind=kind, payload=payload))


@pytest.mark.parametrize("writer", ["embedded writer", "anthropic:claude", "by hand "])
def test_a_text_written_by_hand_does_not_pass_for_the_writers(cast: Cast, writer: str) -> None:
    payload = {"contact_id": str(_contact(cast)), "subject": "Hello", "body": "Hello Ann", "writer": writer}
    with pytest.raises(Refused, match="by hand"):
        perform_action(cast.scope("alice"), Perform(kind="WriteDraft", payload=payload))
    done = perform_action(
        cast.scope("alice"), Perform(kind="WriteDraft", payload={**payload, "writer": "by hand"})
    )
    assert done.status == "performed"


def _contact(cast: Cast) -> Any:
    contact = new_id()
    cast.sql(
        "INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, email) VALUES (:id, :a, 101, 'Ann', 'Lee', :at)",
        id=contact, a=cast.accounts["pine"], at=f"{contact}@pine.example",
    )  # fmt: skip
    return contact
