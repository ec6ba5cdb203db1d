"""Open: one rep's tick “public” lets a client's positions, fees and our price go to a model of an outside company."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, Refused, perform
from remit.db.sessions import read
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


@pytest.mark.xfail(
    strict=True, reason="domains/facts/rules.check_use asks nothing of whoever declares a fact public"
)
def test_a_rep_alone_does_not_declare_a_clients_positions_public(cast: Cast) -> None:
    try:
        fact_id = _recorded(cast, SECRET)
    except Refused:
        return
    assert not _leaves(cast, fact_id)


@pytest.mark.xfail(
    strict=True, reason="CorrectFact keeps “public” for whatever the new value is, and does not ask"
)
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
