"""A circuit breaker for each provider address: after several failures in a row it is left alone for a while.

Kept in the memory of the process: after a restart the provider is simply tried again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 5
REST_SECONDS: Final = 30.0


class Breaker:
    """Closed (calls pass), open (none does), or trying (one call finds out). Thread-safe."""

    def __init__(
        self,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._rest, self._clock = failures, rest_seconds, clock
        self._count = 0
        self._until = 0.0
        self._trying = False
        self._lock = threading.Lock()

    def admits(self) -> bool:
        """Whether a call may go out now. After the rest one call is let through; the others wait for what it finds."""
        with self._lock:
            if self._count < self._most:
                return True
            if self._trying or self._clock() < self._until:
                return False
            self._trying = True
            return True

    def worked(self) -> None:
        """The provider answered."""
        with self._lock:
            self._count, self._trying = 0, False

    def failed(self, rest_seconds: float | None = None) -> None:
        """The provider could not be used; it asked to be left alone for `rest_seconds`, if it said so."""
        with self._lock:
            self._count += 1
            self._trying = False
            self._until = self._clock() + max(self._rest, rest_seconds or 0.0)

    def let_go(self) -> None:
        """The call ended without telling anything about the provider (refused by it, or given up by us)."""
        with self._lock:
            self._trying = False


_breakers: dict[str, Breaker] = {}
_lock = threading.Lock()


def breaker(address: str) -> Breaker:
    """The breaker of a provider's address."""
    with _lock:
        return _breakers.setdefault(address, Breaker())


def forget() -> None:
    """All providers are as if never tried (tests)."""
    with _lock:
        _breakers.clear()
