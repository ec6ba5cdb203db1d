"""What takes seconds to load, loaded before somebody waits for it: the model of data handling (the first paste or scan), the bounds of statistics (the first page that shows one)."""

from __future__ import annotations

import threading
from typing import Final

from remit.kit.intervals import interval

WAIT_SECONDS: Final = 3.0
"""From the first page on: whoever has just opened it is not slowed down while they sign in."""


def warm(wait_seconds: float = WAIT_SECONDS) -> threading.Timer:
    """Load them in a thread of this process and use each once; later finds and bounds take no loading."""
    timer = threading.Timer(wait_seconds, _load)
    timer.name, timer.daemon = "handling", True
    timer.start()
    return timer


def _load() -> None:
    from remit.llm.handling.classify import classify  # here: loading it is the work

    classify("Their fund holds 400,000 shares.", ())
    interval(3, 7)
