"""One rep's tick “public” lets no position, fee or price of a client go to a model of an outside company."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

import remit.wiring  # noqa: F401
from remit import identity
from remit.actions import Performed, Refused, approve, perform, perform_all, propose
from remit.db import engines
from remit.db.location import Role
from remit.db.sessions import read
from remit.domains.documents.actions import AddDocument
from remit.domains.documents.rules import DocumentKind
from remit.domains.facts import declared
from remit.domains.facts.actions import CorrectFact, RecordFact
from remit.domains.facts.queries import load_fact
from remit.domains.outreach.modelled import _fact
from remit.domains.pasted.taking import Confirmed, take_up
from remit.knowledge.pasted.model import Pasted
from remit.llm.gateway.prompt import Prompt, template
from remit.llm.handling.classify import classify
from remit.llm.handling.policy import HandlingPolicyInvalid
from remit.llm.handling.prepare import Allowed, prepare
from remit.llm.handling.spans import Found
from remit.scope import Scope
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


def _fact_of(cast: Cast, value: str) -> RecordFact:
    return RecordFact(
        account_id=cast.accounts["pine"], fact_kind="strategy", value=value, source_name="their website", as_of_on=date(2026, 1, 5),
        sensitivity="public", sayable="public",
    )  # fmt: skip


def _recorded(cast: Cast, value: str) -> str:
    done = perform(cast.scope("alice"), _fact_of(cast, value))
    assert isinstance(done, Performed)
    return str(done.result["fact_id"])


def test_a_rep_alone_does_not_declare_a_clients_positions_public(cast: Cast) -> None:
    with pytest.raises(Refused, match="not made public"):
        _recorded(cast, SECRET)


@pytest.mark.parametrize("who", ["alice", "cora"])
def test_a_correction_does_not_inherit_public_for_a_secret(cast: Cast, who: str) -> None:
    fact_id = _recorded(cast, "global macro")
    change = CorrectFact(
        fact_id=UUID(fact_id),
        expected_version=1,
        value=SECRET,
        source_name="call with their COO",
        as_of_on=date(2026, 1, 6),
    )
    with pytest.raises(Refused, match="not made public"):
        perform(cast.scope(who), change)


def _kept(cast: Cast, kind: DocumentKind, text: str, by: Scope) -> UUID:
    done = perform(
        by,
        AddDocument(account_id=cast.accounts["pine"], document_kind=kind, title="Paper", source_name="EDGAR", text=text, published_on=date(2026, 1, 5)),
    )  # fmt: skip
    assert isinstance(done, Performed)
    return UUID(done.result["document_id"])


def _from(cast: Cast, document: UUID, words: str) -> RecordFact:
    return RecordFact(
        account_id=cast.accounts["pine"], fact_kind="reported", value=words, quote=words, source_name="Paper",
        as_of_on=date(2026, 1, 5), sensitivity="public", sayable="public", document_id=document,
    )  # fmt: skip


def test_what_remit_fetched_is_public_and_what_a_rep_added_is_their_word(cast: Cast) -> None:
    alice = cast.scope("alice")
    fetched = _kept(cast, "13F", f"Pine {SECRET}.", identity.for_service("gathering", via="test"))
    assert isinstance(perform(alice, _from(cast, fetched, SECRET)), Performed)
    kinds: tuple[DocumentKind, ...] = ("13F", "10-K", "news", "call_note")
    for kind in kinds:  # whatever they call it
        own = _kept(cast, kind, f"As {kind}: Pine {SECRET}!", alice)
        with pytest.raises(Refused, match=r"not made public by a tick|not fetched from a feed"):
            perform(alice, _from(cast, own, SECRET))


def test_news_that_a_rep_added_makes_nothing_public_before_a_second_person(cast: Cast) -> None:
    words = "Pine opens an office in Oslo"
    own = _kept(cast, "news", f"{words}.", cast.scope("alice"))
    for who in ("alice", "bob"):  # another rep is no second person by the rule
        with pytest.raises(Refused, match=r"was added by .*, not fetched from a feed"):
            perform(cast.scope(who), _from(cast, own, words))
    assert isinstance(perform(cast.scope("mia"), _from(cast, own, words)), Performed)
    theirs = _kept(cast, "news", f"{words} soon.", cast.scope("mia"))
    with pytest.raises(Refused, match="not fetched from a feed"):
        perform(cast.scope("mia"), _from(cast, theirs, words))


def test_a_clients_name_inside_public_words_is_still_masked() -> None:
    for text in (
        "Pine Capital holds 400,000 shares of ACME.",
        "Positions: 291. Pine Capital LLC positions were 291 names.",
    ):
        found = prepare(text, "provider", ["Pine Capital"], public=True)
        assert isinstance(found, Allowed)
        assert "Pine" not in found.text


def test_a_filings_words_do_not_carry_a_secret_that_they_do_not_say(cast: Cast) -> None:
    text = (
        "Manager: Pine Capital\nTotal value: $5,000,000 in 3 rows; 3 positions\nAbove 45 bp nothing is due."
    )
    kept = _kept(cast, "13F", text, identity.for_service("gathering", via="test"))
    fact = RecordFact(
        account_id=cast.accounts["pine"], fact_kind="reported", value=SECRET, source_name="13F", as_of_on=date(2026, 1, 5),
        quote="Total value: $5,000,000 in 3 rows; 3 positions", sensitivity="public", sayable="public", document_id=kept,
    )  # fmt: skip
    with pytest.raises(Refused, match="not made public by a tick"):
        perform(cast.scope("alice"), fact)
    plain = fact.model_copy(update={"value": "holds 3 positions", "sensitivity": "public"})
    done = perform(cast.scope("alice"), plain)
    assert isinstance(done, Performed)
    change = CorrectFact(
        fact_id=UUID(str(done.result["fact_id"])), expected_version=1, value="pays us 45 bp for financing", source_name="13F",
        quote=fact.quote, as_of_on=date(2026, 1, 6), document_id=kept,
    )  # fmt: skip
    with pytest.raises(Refused, match="not made public by a tick"):
        perform(cast.scope("alice"), change)


def test_no_transaction_is_open_while_the_model_reads(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    read_count, open_counts = 0, set()

    def watched(text: str, names: tuple[str, ...]) -> list[Found]:
        nonlocal read_count
        read_count += 1
        open_counts.add(sum(engines.engine(role).pool.checkedout() for role in (Role.READER, Role.WRITER)))  # type: ignore[attr-defined]
        return classify(text, names)

    monkeypatch.setattr(declared, "classify", watched)
    scope = cast.scope("alice")
    fact = _fact_of(cast, "watches the tape")
    perform(scope, fact)
    perform_all(scope, [fact.model_copy(update={"value": f"watches {n} tapes"}) for n in ("two", "three")])
    waiting = propose(scope, fact.model_copy(update={"value": "watches no tape"}))
    declared._kept.clear()  # as in the process of whoever approves it
    approve(cast.scope("bob"), waiting.suggestion_id, waiting.payload_hash)
    paste = Pasted(text="Pine Capital is opening an office in Lisbon.")
    confirmed = Confirmed(0, 44, "office", "Lisbon", "", date(2026, 1, 5), "public", "public", "expected")
    take_up(scope, paste, "news", cast.accounts["pine"], None, [confirmed])
    assert (read_count, open_counts) == (6, {0})


@pytest.mark.parametrize("fault", [OSError("E050: no model"), HandlingPolicyInvalid(["classes are missing"])])
def test_what_cannot_be_read_is_a_check_that_failed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def broken(_text: str, _names: tuple[str, ...]) -> list[Found]:
        raise fault

    declared._kept.clear()
    fact = _fact_of(cast, "watches a broken tape")
    with monkeypatch.context() as patched:
        patched.setattr(declared, "classify", broken)
        with pytest.raises(Refused, match="cannot be said, so it is not made public") as refused:
            perform(cast.scope("alice"), fact)
    assert refused.value.code == "check_failed"
    assert isinstance(perform(cast.scope("alice"), fact), Performed)  # it is read again once that is mended
