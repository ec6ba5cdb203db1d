"""Facts through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from remit.actions import Conflict, NotFound, Performed, Refused, perform
from remit.domains.documents.actions import AddDocument
from remit.domains.facts.actions import CorrectFact, RecordFact, WithdrawFact
from remit.domains.facts.queries import get_fact, list_facts
from remit.kit import clock
from tests.support.desk import Desk


def test_a_fact_keeps_its_source_and_is_one_clean_line(desk: Desk) -> None:
    made = desk.fact(
        "pine",
        "aum",
        "$4.2bn\r\nBcc: x\u200b",
        value_minor=420_000_000_000,
        value_currency="USD",
        locator="Item 5.F",
    )
    found = get_fact(desk.cast.scope("alice"), made)
    assert found.value == "$4.2bn Bcc: x"
    assert (found.source_name, found.locator, found.value_minor) == ("Form ADV", "Item 5.F", 420_000_000_000)
    assert (found.state, found.version) == ("live", 1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"source_name": " "}, "Name the source"),
        ({"value": "\u200b"}, "Say what the fact is"),
        ({"kind": "Prime Broker"}, "no kind of fact"),
        ({"as_of_on": clock.today() + timedelta(days=2)}, "in the future"),
        ({"valid_until_on": clock.today() - timedelta(days=400)}, "before it was so"),
        ({"sensitivity": "client_confidential"}, "internal use only"),
        ({"kind": "capability", "subject": "Northlake OMS", "value": "does everything"}, "is about us"),
    ],
)
def test_an_unfit_fact_is_refused_with_what_mends_it(desk: Desk, changes: dict[str, Any], says: str) -> None:
    given = {"kind": "prime_broker", "value": "Castellan"} | changes
    with pytest.raises(Refused) as refused:
        desk.fact("pine", **given)
    assert refused.value.code == "check_failed"
    assert says in refused.value.message


def test_a_rep_cannot_approve_what_we_say_of_ourselves(desk: Desk) -> None:
    with pytest.raises(Refused, match="enablement or compliance"):
        desk.fact(None, "capability", "guarantees execution", subject="Northlake EMS")


def test_facts_are_invisible_to_who_may_not_see_the_account(desk: Desk) -> None:
    made = desk.fact("wall", "launch", "a quiet fund", "bob")
    for name in ("alice", "charlie", "mia"):
        with pytest.raises(NotFound):
            get_fact(desk.cast.scope(name), made)
        assert list_facts(desk.cast.scope(name), desk.cast.accounts["wall"]) == []
        with pytest.raises((NotFound, Refused)):
            desk.fact("wall", "launch", "another fund", name)


def test_a_correction_closes_the_old_value_and_points_to_the_new(desk: Desk) -> None:
    scope, old = desk.cast.scope("alice"), desk.fact("pine", "stack", "Vertex OMS", subject="OMS")
    better = CorrectFact(
        fact_id=old, expected_version=1, value="Quorum OMS", source_name="Call note", as_of_on=clock.today()
    )
    done = perform(scope, better)
    assert isinstance(done, Performed)
    fresh = get_fact(scope, UUID(done.result["fact_id"]))
    assert (fresh.value, fresh.subject, fresh.kind, fresh.state) == ("Quorum OMS", "OMS", "stack", "live")
    assert get_fact(scope, old).state == "corrected"
    assert desk.cast.sql("SELECT replaced_by FROM remit.facts WHERE id = :id", id=old) == [(fresh.id,)]
    with pytest.raises(Conflict):
        perform(scope, better)


def test_a_withdrawn_fact_stays_on_record(desk: Desk) -> None:
    scope, made = desk.cast.scope("alice"), desk.fact("pine", "custodian", "Bellwether Trust")
    perform(scope, WithdrawFact(fact_id=made, expected_version=1, reason="wrong firm"))
    assert get_fact(scope, made).state == "withdrawn"
    with pytest.raises(Conflict):
        perform(scope, WithdrawFact(fact_id=made, expected_version=1, reason="again"))


def test_a_contact_of_another_account_cannot_be_named(desk: Desk) -> None:
    with pytest.raises(NotFound):
        perform(
            desk.cast.scope("alice"),
            RecordFact(
                account_id=desk.cast.accounts["pine"], contact_id=desk.contacts["oak"], fact_kind="need", value="locates",
                source_name="Call", as_of_on=clock.today(),
            ),
        )  # fmt: skip


def test_a_correction_keeps_the_document_that_it_was_read_from_and_must_stand_there(desk: Desk) -> None:
    scope, pine = desk.cast.scope("alice"), desk.cast.accounts["pine"]

    def added(account: UUID, text: str) -> UUID:
        document = AddDocument(
            account_id=account,
            document_kind="10-K",
            title="N",
            source_name="n",
            text=text,
            published_on=clock.today(),
        )
        done = perform(scope, document)
        assert isinstance(done, Performed)
        return UUID(done.result["document_id"])

    document = added(pine, "Pine runs $4.2bn. Pine runs $4.4bn now.")
    old = desk.fact("pine", "aum", "$4.2bn", quote="Pine runs $4.2bn.", document_id=document)
    given = {
        "fact_id": old, "expected_version": 1, "value": "$4.4bn", "source_name": "N", "as_of_on": clock.today(),
        "document_id": document,
    }  # fmt: skip
    with pytest.raises(Refused, match="does not stand in the document"):
        perform(scope, CorrectFact(**given, quote="Pine runs $9bn."))
    with pytest.raises(NotFound):
        other = added(desk.cast.accounts["oak"], "Pine runs $4.4bn now.")
        perform(scope, CorrectFact(**given | {"document_id": other}, quote="Pine runs $4.4bn now."))
    done = perform(scope, CorrectFact(**given, quote="Pine runs $4.4bn now."))
    assert isinstance(done, Performed)
    fresh = UUID(done.result["fact_id"])
    assert desk.cast.sql("SELECT document_id FROM remit.facts WHERE id = :id", id=fresh) == [(document,)]
