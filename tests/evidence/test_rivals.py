"""What is said of a competitor stands on that competitor's facts, and what is said of us on ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.support import check
from remit.kit.ids import new_id
from remit.llm.embedded import slots
from remit.llm.embedded.correction import compose_correction
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

DAY = date(2026, 11, 23)
CONTEXT = Context(DAY, new_id(), "Pine Capital", "Northlake Systems", frozenset({"Alice"}))


def fact(kind: str, subject: str, value: str, **more: object) -> Fact:
    given = {
        "source_name": "Product page",
        "as_of_on": date(2026, 8, 12),
        "quote": f"{subject} {value}.",
    } | more
    return Fact(new_id(), kind, value, subject=subject, **given)  # type: ignore[arg-type]


FACTS = [
    fact("capability", "Northlake OMS", "splits a block across prime brokers at order entry"),
    fact("capability", "Northlake OMS", "carries orders to 140 brokers by FIX"),
    fact("competitor", "Veldmark", "allocates each block to one prime broker"),
    fact("competitor", "Veldmark", "carries orders to 60 brokers by FIX"),
    fact("competitor", "Tradewell Axis", "keeps its cost reports in a separate module"),
]


@pytest.mark.parametrize(
    "sentence",
    [
        "Northlake OMS carries orders to 140 brokers by FIX.",
        "Northlake OMS splits a block across prime brokers at order entry.",
        "Veldmark carries orders to 60 brokers by FIX.",
        "Veldmark allocates each block to one prime broker.",
        "Tradewell Axis keeps its cost reports in a separate module.",
    ],
)
def test_each_may_be_said_of_its_own(sentence: str) -> None:
    found = check(sentence, FACTS, CONTEXT)
    assert found.state == "supported", found


@pytest.mark.parametrize(
    "sentence",
    [
        "Northlake OMS carries orders to 60 brokers by FIX.",
        "Veldmark carries orders to 140 brokers by FIX.",
        "Northlake OMS allocates each block to one prime broker.",
        "We allocate each block to one prime broker.",
        "Veldmark splits a block across prime brokers at order entry.",
        "Tradewell Axis allocates each block to one prime broker.",
        "Tradewell Axis carries orders to 60 brokers by FIX.",
        "Northlake and Veldmark allocate each block to one prime broker.",
        "Veldmark does not allocate each block to one prime broker.",
        "Veldmark carries orders to brokers.",
        "Northlake OMS is faster than Veldmark.",
        "Veldmark never carries orders to 60 brokers by FIX.",
    ],
)
def test_nothing_crosses_over(sentence: str) -> None:
    found = check(sentence, FACTS, CONTEXT)
    assert found.state == "unsupported", (sentence, found)


def test_no_message_brings_a_competitor_up_and_a_correction_puts_right_what_was_said() -> None:
    fallen, right = FACTS[3], replace(FACTS[3], id=new_id(), value="carries orders to 85 brokers by FIX")
    assert not any(slots.speakable(one) for one in FACTS if one.kind == "competitor")
    reader, writer = (
        Reader("Elena", "Voss", "operations", "Pine Capital", "macro"),
        Writer("Alice", "AE", "Northlake Systems"),
    )
    context = replace(CONTEXT, names=frozenset({"Alice", "Elena", "AE"}), signature=writer.signature())
    body = compose_correction(reader, writer, fallen, right, [right, *FACTS[:3]], context)
    assert "disregard what I wrote about another product" in body
    assert "Veldmark carries orders to 85 brokers by FIX." in body and "60" not in body


def test_what_ran_out_or_is_for_us_alone_is_not_said() -> None:
    old = replace(FACTS[2], valid_until_on=date(2026, 9, 1))
    assert check("Veldmark allocates each block to one prime broker.", [old], CONTEXT).state == "expired"
    inside = replace(FACTS[2], sayable="internal_only")
    assert (
        check("Veldmark allocates each block to one prime broker.", [inside], CONTEXT).state == "not_sayable"
    )
