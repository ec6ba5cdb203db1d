"""The model of data handling loaded before somebody waits for it: the first paste or scan would otherwise take seconds."""

from __future__ import annotations

import threading
from typing import Final

WAIT_SECONDS: Final = 3.0
"""From the first page on: whoever has just opened it is not slowed down while they sign in."""


def warm(wait_seconds: float = WAIT_SECONDS) -> threading.Timer:
    """Load it in a thread of this process and read one sentence with it; later finds take no loading."""
    timer = threading.Timer(wait_seconds, _load)
    timer.name, timer.daemon = "handling", True
    timer.start()
    return timer


def _load() -> None:
    from remit.llm.handling.classify import classify  # here: loading it is the work

    classify("Their fund holds 400,000 shares.", ())
