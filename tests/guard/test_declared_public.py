"""One rep's tick “public” lets no position, fee or price of a client go to a model of an outside company."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, perform
from remit.db.sessions import read
from remit.domains.documents.actions import AddDocument
from remit.domains.facts.actions import CorrectFact, RecordFact
from remit.domains.facts.queries import load_fact
from remit.domains.outreach.modelled import _fact
from remit.llm.gateway.prompt import Prompt, template
from remit.llm.handling.prepare import Allowed, prepare
from tests.support.cast import Cast

SECRET = "holds 400,000 shares of ACME and pays us 3 bp, its financing spread is 45 bp"


def _leaves(cast: Cast, fact_id: str) -> bool:
    """Whether the fact goes to an outside provider as it is."""
    with read(cast.scope("alice")) as s:
        shown = Prompt(template("outreach"), [_fact(load_fact(s, UUID(fact_id)))], {"words": 100})
    pairs = zip(shown.texts(), shown.public(), strict=True)
    found = [prepare(text, "provider", ["Pine Capital"], public=public) for text, public in pairs]
    return all(isinstance(one, Allowed) for one in found) and any(
        SECRET in getattr(one, "text", "") for one in found
    )


def _recorded(cast: Cast, value: str) -> str:
    fact = RecordFact(
        account_id=cast.accounts["pine"], fact_kind="strategy", value=value, source_name="their website", as_of_on=date(2026, 1, 5),
        sensitivity="public", sayable="public",
    )  # fmt: skip
    done = perform(cast.scope("alice"), fact)
    assert isinstance(done, Performed)
    return str(done.result["fact_id"])


def test_a_rep_alone_does_not_declare_a_clients_positions_public(cast: Cast) -> None:
    try:
        fact_id = _recorded(cast, SECRET)
    except Refused:
        return
    assert not _leaves(cast, fact_id)


def test_a_correction_does_not_inherit_public_for_a_secret(cast: Cast) -> None:
    fact_id = _recorded(cast, "global macro")
    change = CorrectFact(
        fact_id=UUID(fact_id),
        expected_version=1,
        value=SECRET,
        source_name="call with their COO",
        as_of_on=date(2026, 1, 6),
    )
    try:
        done = perform(cast.scope("alice"), change)
    except Refused:
        return
    assert isinstance(done, Performed)
    assert not _leaves(cast, str(done.result["fact_id"]))


def test_a_published_document_or_compliance_makes_it_public(cast: Cast) -> None:
    pine = cast.accounts["pine"]
    kept = perform(
        cast.scope("alice"),
        AddDocument(account_id=pine, document_kind="13F", title="13F", source_name="EDGAR", text=f"Pine {SECRET}."),
    )  # fmt: skip
    note = perform(
        cast.scope("alice"),
        AddDocument(account_id=pine, document_kind="call_note", title="Call", source_name="me", text=f"Pine {SECRET}!"),
    )  # fmt: skip
    assert isinstance(kept, Performed)
    assert isinstance(note, Performed)
    fact = RecordFact(
        account_id=pine, fact_kind="reported", value=SECRET, quote=SECRET, source_name="13F", as_of_on=date(2026, 1, 5),
        sensitivity="public", sayable="public", document_id=kept.result["document_id"],
    )  # fmt: skip
    assert isinstance(perform(cast.scope("alice"), fact), Performed)
    with pytest.raises(Refused, match="not made public by a tick"):
        perform(
            cast.scope("alice"), fact.model_copy(update={"document_id": UUID(note.result["document_id"])})
        )


def test_a_clients_name_inside_public_words_is_still_masked() -> None:
    for text in (
        "Pine Capital holds 400,000 shares of ACME.",
        "Positions: 291. Pine Capital LLC positions were 291 names.",
    ):
        found = prepare(text, "provider", ["Pine Capital"], public=True)
        assert isinstance(found, Allowed)
        assert "Pine" not in found.text
