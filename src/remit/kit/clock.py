"""The one place that asks what time it is, so that tests and the demo can set it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta

_source: ContextVar[Callable[[], datetime] | None] = ContextVar("remit_clock", default=None)


def now() -> datetime:
    """The current instant, in UTC with microseconds."""
    source = _source.get()
    return source() if source else datetime.now(UTC)


def today() -> date:
    """The current date in UTC."""
    return now().date()


class Hands:
    """A clock that stands still until moved. Made by `stopped`."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def move(self, by: timedelta) -> datetime:
        """Move the clock (also backwards) and return the new instant."""
        self.at += by
        return self.at


@contextmanager
def stopped(at: datetime) -> Iterator[Hands]:
    """Make `now()` return `at` in this context (and tasks started from it) until moved.

    Raises ValueError for a naive datetime.
    """
    if at.tzinfo is None:
        raise ValueError("the clock needs a time zone")
    hands = Hands(at.astimezone(UTC))
    token = _source.set(lambda: hands.at)
    try:
        yield hands
    finally:
        _source.reset(token)
