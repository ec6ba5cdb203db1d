"""What the tests of sequences share: a sequence in use, and an hour at which it may write."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from remit.kit import clock
from tests.domains.sequences.test_runs import an_open_hour, live_plan
from tests.support.desk import Desk


@pytest.fixture(scope="module")
def plan(desk: Desk) -> UUID:
    return live_plan(desk)


@pytest.fixture
def day() -> Iterator[clock.Hands]:
    with an_open_hour() as hands:
        yield hands
