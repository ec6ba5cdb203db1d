"""When a quote stands in a document: the words at the places named, nothing cut out of a sentence."""

from __future__ import annotations

import pytest

from remit.domains.documents import rules

TEXT = "We do not guarantee any returns. Revenue was $4 million.\nFirst quarter 2026\nIt rose by 12% on the year."


def places(*words: str) -> list[tuple[int, int]]:
    return [(TEXT.index(word), TEXT.index(word) + len(word)) for word in words]


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("We do not guarantee any returns.", True),
        ("$4 million. First quarter 2026", True),
        ("We … guarantee … returns", False),
        ("Revenue was $4 million. … It rose by 12% on the year.", False),
        ("First quarter 2026 … It rose by 12% on the year.", True),
        ("It rose by 12% on the year. … First quarter 2026", False),
        ("", False),
        (" … ", False),
    ],
)
def test_without_places_a_quote_stands_in_one_piece(quote: str, stands: bool) -> None:
    assert rules.stands_in(quote, TEXT) is stands


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        (["We do not guarantee any returns."], True),
        (["Revenue was $4 million.", "First quarter 2026"], True),
        (["We", "guarantee", "returns"], False),
        (["First quarter 2026", "Revenue was $4 million."], False),
    ],
)
def test_pieces_stand_at_their_places_in_order_with_the_end_of_a_sentence_between(
    words: list[str], stands: bool
) -> None:
    spans = places(*words)
    place = rules.locator(spans, "0001234567-26-000012")
    assert rules.spans_of(place) == tuple(spans)
    assert rules.stands_in(rules.quoted(TEXT, spans), TEXT, place) is stands
    assert not rules.stands_in("It rose by 12% on the year.", TEXT, place)
    whole = rules.joined(TEXT, spans)
    assert rules.stands_in(rules.quoted(TEXT, whole), TEXT, rules.locator(whole)), "what we quote stands"


def test_a_place_outside_of_the_text_holds_no_quote() -> None:
    assert not rules.stands_in("It rose", TEXT, "characters 900–907")
    assert rules.spans_of("Item 5.F") == ()
