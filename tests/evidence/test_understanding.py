"""What the claim check reads beyond the words: numerals, arithmetic, belonging, structure. One line a rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from remit.evidence import quantities
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.numerals import in_digits
from remit.evidence.support import Support, check
from tests.evidence.test_facts import ALDER, DAY, fact

CONTEXT = Context(DAY, ALDER, "Alder Point Capital", "Northlake Systems")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("two hundred and ninety-one", "291"),
        ("four point two billion euros", "4.2 billion EUR"),
        ("half a billion dollars", "0.5 billion USD"),
        ("an hour and a half", "1.5 hours"),
        ("every quarter of an hour", "every 0.25 hour"),
        ("two thirds of it", "2/3 share of it"),
        ("half past six", "6:30"),
        ("in the third quarter of 2026", "in Q3 2026"),
        ("in the first six months of 2026", "in H1 2026"),
        ("last quarter", "Q3 2026"),
        ("last month", "October 2026"),
        ("in October", "in October 2026"),
        ("in December", "in December 2025"),
        ("due in December", "due in December 2026"),
        ("next March", "March 2027"),
        ("1.25% a quarter", "1.25% perquarter"),
        ("within a year", "within one year"),
        ("from 90 minutes to 20", "from 90 minutes to 20 minutes"),
        ("FY2025", "2025"),
        ("one fund", "one fund"),
    ],
)
def test_numbers_in_words_and_relative_dates_become_digits(text: str, digits: str) -> None:
    assert in_digits(text, DAY) == digits


@pytest.mark.parametrize(
    ("said", "known", "answer"),
    [
        ("0.25 ms", "250 microseconds", True),
        ("250 ms", "250 microseconds", False),
        ("6:30", "18:30", True),
        ("6:30 am", "18:30", False),
        ("125 bps", "1.25%", True),
        ("3.4 times", "340%", True),
        ("H1 2026", "31 March 2026", True),
        ("H2 2026", "31 March 2026", False),
        ("spring 2026", "18 March 2026", True),
        ("spring 2026", "18 June 2026", False),
        ("$4.2bn", "4.2bn", False),
    ],
)
def test_one_measure_in_another_unit(said: str, known: str, answer: bool) -> None:
    (one,) = quantities.find(said)
    assert quantities.states(quantities.find(known), one) is answer


POSITIONS = fact(
    kind="holdings_change",
    subject="reported positions",
    value="rose from 212 to 291",
    as_of_on=date(2026, 9, 30),
)
ASSETS = fact(kind="aum", value="$1.8bn", value_minor=180_000_000_000, value_currency="USD")
BEFORE = fact(kind="assets_previous", value="$1.2bn", as_of_on=date(2025, 3, 31))


def found(text: str, *facts: Fact) -> Support:
    return check(text, facts, CONTEXT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Your reported positions rose by 79.", "291 against 212: +79"),
        ("Your reported positions rose by about 37%.", "291 against 212: +37.3 %"),
        ("Your assets grew by half.", "1.8bn against 1.2bn: +50 %"),
        ("You added about $600m in assets.", "1.8bn against 1.2bn: +600m"),
    ],
)
def test_a_number_that_follows_is_supported_and_its_arithmetic_shown(text: str, shown: str) -> None:
    support = found(text, POSITIONS, ASSETS, BEFORE)
    assert (support.state, support.derived) == ("supported", (shown,))
    assert shown in support.reason


@pytest.mark.parametrize(
    "text",
    [
        "Your reported positions fell by 79.",
        "Your reported positions rose by 97.",
        "Your reported positions more than doubled.",
        "Your reported positions are 79.",  # a difference without a word of change
        "Your assets grew from $1.8bn to $1.2bn.",
    ],
)
def test_a_number_that_does_not_follow_is_refused(text: str) -> None:
    assert found(text, POSITIONS, ASSETS, BEFORE).state == "unsupported"


@pytest.mark.parametrize(
    ("near", "accepted"),
    [
        ("about 300", True), ("nearly 300", True), ("over 300", False), ("more than 280", True), ("more than 100", False),
        ("about 250", False), ("just under 300", True), ("just over 290", True), ("fewer than 300", True),
    ],
)  # fmt: skip
def test_about_is_near_and_over_is_over(near: str, accepted: bool) -> None:
    assert (found(f"You have {near} reported positions.", POSITIONS).state == "supported") is accepted


def test_what_a_number_counts_belongs_to_it() -> None:
    assert (
        "291"
        in found(
            "You have 291 traders.", POSITIONS, fact(kind="headcount", subject="traders", value="18")
        ).missing
    )


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Your custodian is Castellan and your prime broker Halden.", True),
        ("Halden is prime broker and Castellan custodian.", True),
        ("Your custodian is Halden and your prime broker Castellan.", False),
        ("Halden is custodian and Castellan prime broker.", False),
    ],
)
def test_names_belong_to_the_role_beside_them(text: str, accepted: bool) -> None:
    facts = (fact(value="Halden Prime"), fact(kind="custodian", value="Castellan Trust"))
    assert (found(text, *facts).state == "supported") is accepted


@pytest.mark.parametrize(
    ("value", "text", "reason"),
    [
        ("moved from Vertex to Larkspur", "You moved from Larkspur to Vertex.", "other way round"),
        ("moved from Vertex to Larkspur", "Vertex replaced Larkspur.", "other way round"),
        ("plans to retire Vertex", "You retired Vertex.", "planned"),
        ("appointed Wexley & Rowe as auditor", "Wexley & Rowe appointed you as auditor.", "other way round"),
        ("won $500m from the Teviot scheme", "You awarded the Teviot scheme $500m.", "received"),
        ("does not lend out Teviot shares", "You lend out Teviot shares.", "leaves out"),
        ("lends Teviot shares", "You do not lend Teviot shares.", "“not”"),
    ],
)
def test_the_same_words_in_another_structure_are_refused(value: str, text: str, reason: str) -> None:
    support = found(text, fact(kind="event", value=value))
    assert support.state == "unsupported"
    assert reason in support.reason


OURS = {"account_id": None, "subject": "Northlake OMS"}


@pytest.mark.parametrize(
    ("kind", "value", "text", "reason"),
    [
        (
            "proof",
            "cut breaks by 38% at a macro fund in 2025",
            "Northlake OMS will cut your breaks by 38%.",
            "promise",
        ),
        (
            "proof",
            "cut breaks by 38% at a macro fund in 2025",
            "Northlake OMS cuts breaks by 38%.",
            "in general",
        ),
        (
            "capability",
            "nets margin at the same exchange",
            "Northlake OMS nets margin at an exchange.",
            "claims more",
        ),
        (
            "capability",
            "checks limits before an order leaves",
            "Northlake OMS checks limits after an order leaves.",
            "“before”",
        ),
    ],
)
def test_what_we_say_of_ourselves_is_not_widened(kind: str, value: str, text: str, reason: str) -> None:
    support = found(text, fact(kind=kind, value=value, **OURS))
    assert support.state == "unsupported"
    assert reason in support.reason


def test_bare_numbers_keep_their_size() -> None:
    (one,) = quantities.find(in_digits("two and a half million", DAY))
    assert one.value == Decimal("2500000")


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("You have 18 traders and opened an office in Zurich.", True),
        ("You manage $1.8bn, and have 18 traders.", True),
        ("Your Zurich office has 18 traders.", False),
        ("Your 18 traders manage $1.8bn.", False),
    ],
)
def test_two_facts_are_not_run_together(text: str, accepted: bool) -> None:
    support = found(
        text,
        fact(kind="office", value="Zurich"),
        fact(kind="headcount", subject="traders", value="18"),
        ASSETS,
    )
    assert (support.state == "supported") is accepted
    assert accepted or "runs two facts together" in support.reason


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Northlake OMS sends baskets to 30 brokers from one screen.", True),
        ("Northlake OMS routes baskets to 30 screens from one broker.", False),
        ("Northlake OMS routes baskets to 30 brokers.", False),  # a fifth may be left out, not a quarter
        ("Northlake OMS has baskets of 30 brokers on one screen.", False),
    ],
)
def test_an_approved_statement_is_said_whole(text: str, accepted: bool) -> None:
    capability = fact(kind="capability", value="routes baskets to 30 brokers from one screen", **OURS)
    assert (found(text, capability).state == "supported") is accepted


def test_what_they_need_is_no_word_of_what_we_do() -> None:
    need = fact(
        kind="need", value="faster end-of-day reconciliation", sayable="told_by_them", source_name="Call note"
    )
    for text in (
        "We will make your end-of-day reconciliation faster.",
        "We’ll make your end-of-day reconciliation faster.",
        "We can give you faster end-of-day reconciliation.",
    ):
        assert check(text, [need], CONTEXT).state == "unsupported", text
    assert check("You need faster end-of-day reconciliation.", [need], CONTEXT).state == "supported"
    assert (
        check("We saw that you need faster end-of-day reconciliation.", [need], CONTEXT).state == "supported"
    )
