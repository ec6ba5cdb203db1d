"""Ids sort by the time they were made, and the clock can be stopped."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from remit.kit import clock, ids


def test_ids_increase_and_are_version_7() -> None:
    made = [ids.new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {each.version for each in made} == {7} and {each.variant for each in made} == {
        "specified in RFC 4122"
    }


def test_id_carries_its_time() -> None:
    before = time.time_ns() // 1_000_000
    assert before <= ids.new_id().int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_increase_when_the_clock_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)
    assert ids.new_id() > first


def test_stopped_clock_moves_only_when_told() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    with clock.stopped(at) as hands:
        assert clock.now() == at
        hands.move(timedelta(hours=-2))
        assert clock.now() == at - timedelta(hours=2)
    assert clock.now() - datetime.now(UTC) < timedelta(seconds=5)


def test_a_clock_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.stopped(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
