"""How much a message may know about its reader as a person."""

from __future__ import annotations

from uuid import UUID

import pytest

from remit.domains.facts.queries import get_fact
from remit.domains.outreach.rules import check_personal
from remit.evidence.support import Sentence, Support
from tests.evidence.test_facts import fact
from tests.support.desk import Desk


def saying(*ids: UUID) -> list[Sentence]:
    return [Sentence("Said.", 0, 5, "claim", Support("supported", "", (one,))) for one in ids]


@pytest.mark.parametrize(("most", "passed"), [(0, False), (1, False), (2, True)])
def test_personal_facts_are_counted_once_each(most: int, passed: bool) -> None:
    facts = [
        fact(expectability="personal"),
        fact(expectability="personal"),
        fact(),
        fact(expectability="unusual"),
    ]
    check = check_personal(saying(*(one.id for one in facts), facts[0].id), facts, most)
    assert (check.id, check.passed) == ("personal-facts", passed)
    assert "2" in check.reason


def test_an_unusual_fact_passes_with_a_word_of_care() -> None:
    odd = fact(expectability="unusual")
    check = check_personal(saying(odd.id), [odd], 1)
    assert check.passed
    assert "name the source" in check.reason


def test_what_a_source_says_about_one_contact_is_personal_unless_somebody_classified_it(desk: Desk) -> None:
    contact = desk.contacts["pine"]
    given = [
        desk.fact("pine", "career", "ran operations at Corvid", contact_id=contact),
        desk.fact(
            "pine",
            "need",
            "faster locates",
            contact_id=contact,
            sayable="told_by_them",
            sensitivity="internal",
        ),
        desk.fact(
            "pine", "career", "speaks at the operations forum", contact_id=contact, expectability="unusual"
        ),
        desk.fact("pine", "office", "Singapore"),
    ]
    found = [get_fact(desk.cast.scope("alice"), one).expectability for one in given]
    assert found == ["personal", "expected", "unusual", "expected"]
