"""The order of Today and the reasons it gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.domains.planning.ranking import Candidate, rank, value_points
from remit.domains.planning.weights import BASE_POINTS, VALUE_POINTS_MOST
from remit.kit.money import Money

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def candidate(number: int, kind: str, **values: object) -> Candidate:
    given_values = {"at": NOW, "title": kind, "reason": "", **values}
    return Candidate(kind=kind, id=UUID(int=number), **given_values)  # type: ignore[arg-type]


def order(*candidates: Candidate) -> list[int]:
    return [one.candidate.id.int for one in rank(candidates, NOW)]


def test_a_reply_comes_before_a_stalled_deal_and_that_before_dirty_data() -> None:
    assert order(candidate(1, "quality"), candidate(2, "stalled"), candidate(3, "reply")) == [3, 2, 1]


def test_more_at_stake_comes_first_among_equals() -> None:
    small, large = Money(10_000_00, "USD"), Money(1_000_000_00, "USD")
    assert order(candidate(1, "stalled", value=small), candidate(2, "stalled", value=large)) == [2, 1]


def test_an_overdue_task_passes_one_for_tomorrow_and_old_news_sinks() -> None:
    tomorrow, late = NOW + timedelta(hours=30), NOW - timedelta(days=3)
    assert order(candidate(1, "task", due_at=tomorrow), candidate(2, "task", due_at=late)) == [2, 1]
    assert order(candidate(1, "trigger", at=NOW - timedelta(days=9)), candidate(2, "trigger")) == [2, 1]


def test_the_longer_they_wait_the_higher_up_to_a_bound() -> None:
    waits = [
        rank([candidate(1, "reply", at=NOW - timedelta(days=days))], NOW)[0].points for days in (0, 2, 6, 60)
    ]
    assert waits[0] < waits[1] < waits[2] == waits[3]


def test_the_score_is_urgency_times_value_times_fit_and_each_says_why() -> None:
    one = candidate(
        1, "approval", value=Money(50_000_00, "EUR"), key_account=True, relation="customer", open_deal=True,
        due_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    ranked = rank([one], NOW)[0]
    assert ranked.score == pytest.approx(
        ranked.factor("urgency") * ranked.factor("value") * ranked.factor("fit")
    )
    assert [(part.factor, part.name) for part in ranked.parts] == [
        ("urgency", "To approve"),
        ("urgency", "within two hours"),
        ("value", "value at stake"),
        ("fit", "key account"),
        ("fit", "customer"),
        ("fit", "open deal"),
    ]
    bare = rank([candidate(2, "approval")], NOW)[0]
    assert (bare.factor("value"), bare.factor("fit")) == (1.0, 1.0)


def test_a_better_fit_comes_first_among_equals() -> None:
    assert order(candidate(1, "reply", relation="former"), candidate(2, "reply", relation="customer")) == [
        2,
        1,
    ]


@given(
    st.lists(st.tuples(st.sampled_from(sorted(BASE_POINTS)), st.integers(0, 10**13)), max_size=12),
    st.randoms(),
)
def test_the_order_does_not_depend_on_the_order_of_arrival(
    found: list[tuple[str, int]], chance: object
) -> None:
    every = [candidate(n, kind, value=Money(minor, "USD")) for n, (kind, minor) in enumerate(found)]
    shuffled = list(every)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(*every) == order(*shuffled)


def test_a_huge_amount_cannot_drown_everything() -> None:
    assert value_points(Money(10**16, "USD")) == VALUE_POINTS_MOST
    assert value_points(Money(500_00, "USD")) == 0
