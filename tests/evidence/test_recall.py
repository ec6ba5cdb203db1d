"""Which facts have fallen and what stands in their place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit.evidence.facts import Fact
from remit.evidence.recall import in_place_of, why_fallen
from tests.evidence.test_facts import DAY, fact

OLD = fact(kind="stack", subject="OMS", value="Vertex", state="withdrawn")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"state": "corrected"}, "corrected"),
        ({"valid_until_on": DAY}, ""),
        ({"valid_until_on": DAY - timedelta(days=1)}, "expired"),
    ],
)
def test_a_fact_falls_by_a_word_or_by_its_last_day(changes: dict[str, object], why: str) -> None:
    assert why_fallen(fact(**changes), DAY) == why


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ([fact(kind="stack", subject="oms", value="Quorum")], "Quorum"),
        ([fact(kind="stack", subject="EMS", value="Quorum")], None),
        ([fact(kind="stack", subject="OMS", value="Quorum", as_of_on=date(2020, 1, 1))], None),
        ([fact(kind="stack", subject="OMS", value=name) for name in ("Quorum", "Larkspur")], None),
        ([fact(kind="stack", subject="OMS", value="Quorum", state="withdrawn")], None),
    ],
)
def test_one_live_fact_of_the_same_kind_stands_in_its_place(others: list[Fact], found: str | None) -> None:
    now = in_place_of(OLD, others, DAY)
    assert (now.value if now else None) == found
