"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

_LOCK = threading.Lock()
_last_tick = 0


def new_id() -> UUID:
    """A new UUIDv7. Ids made in one process strictly increase, also when the clock steps back.

    48 bits of Unix milliseconds, 12 bits of sub-millisecond time (used as a counter), 62 random bits.
    """
    global _last_tick
    nanoseconds = time.time_ns()
    # A tick is 1/4096 of a millisecond, so the 12 bits after the version are the fraction.
    tick = (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 * 4096 // 1_000_000)
    with _LOCK:
        tick = max(tick, _last_tick + 1)
        _last_tick = tick
    random = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    return UUID(int=(tick >> 12) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | random)


def id_at(at: datetime) -> UUID:
    """A UUIDv7 that says that it was made at `at`; of two with one instant either may come first."""
    microseconds = int(at.timestamp() * 1_000_000)
    random = int.from_bytes(os.urandom(10), "big")
    fraction = (microseconds % 1000 * 4096 // 1000) | (random >> 64 & 3)
    return UUID(
        int=(microseconds // 1000) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random & (2**62 - 1)
    )


IMPORTED: Final = UUID("6f1d3a52-8d0e-5c61-9b1e-2f5f6b0f9a77")


def imported_id(entity: str, source: str, external_id: str) -> UUID:
    """The id of a row that came from another system: the same in every import, whatever the order of files."""
    return uuid5(IMPORTED, f"{entity}\x1f{source}\x1f{external_id}")
