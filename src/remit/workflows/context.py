"""What a workflow needs to know of the process that runs it: its name, its scope, what it is busy with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from remit.scope import Scope

EXPECTED_SECONDS: Final = 0.25  # a start that another worker got first is forgotten after so long


@dataclass
class WorkerContext:
    """`token` names this process in the rows that it holds; `delivery` and `system` are its scopes."""

    token: str
    delivery: Scope
    system: Scope
    mail: Scope
    _busy: set[UUID] = field(default_factory=set)
    _expected: dict[UUID, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def working_on(self, effect_id: UUID) -> Iterator[None]:
        """While this lasts the worker tells the others that it is at work on the effect."""
        with self._lock:
            self._expected.pop(effect_id, None)
            self._busy.add(effect_id)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(effect_id)

    def expect(self, effect_id: UUID) -> bool:
        """Note that a workflow for the effect was just started here. False when one is under way already."""
        now = time.monotonic()
        with self._lock:
            self._expected = {one: at for one, at in self._expected.items() if now - at < EXPECTED_SECONDS}
            if effect_id in self._busy or effect_id in self._expected:
                return False
            self._expected[effect_id] = now
            return True

    def count(self) -> int:
        """How many effects are at work, or about to be."""
        now = time.monotonic()
        with self._lock:
            return len(self._busy) + sum(now - at < EXPECTED_SECONDS for at in self._expected.values())

    def busy(self) -> list[UUID]:
        """The effects at work now."""
        with self._lock:
            return list(self._busy)


class NoWorker(RuntimeError):
    """A workflow step ran in a process that is no worker."""


_current: WorkerContext | None = None


def use(context: WorkerContext | None) -> None:
    """Set the context of this process; None when it stops being a worker."""
    global _current
    _current = context


def current() -> WorkerContext:
    """The context of this process. Raises NoWorker."""
    if _current is None:
        raise NoWorker("this process is no worker: remit.worker sets the context")
    return _current
