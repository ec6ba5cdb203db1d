"""How far an import has come, in the log (which is stderr): a large file takes minutes, and silence looks like a hang."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog

EVERY_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Telling:
    """Tells of the rows of one file, at most every `EVERY_SECONDS`: a small file is read without a word."""

    def __init__(self, file: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._began = self._told = clock()

    def rows(self, count: int) -> None:
        """`count` rows have been read so far."""
        now = self._clock()
        if now - self._told >= EVERY_SECONDS:
            self._told = now
            log.info(
                "reading", file=self._file, rows=count, rows_per_second=round(count / (now - self._began))
            )

    def step(self, what: str, count: int) -> None:
        """All rows have been read; what follows is one long statement. Says so only where reading was long, too."""
        if self._told > self._began:
            log.info(what, file=self._file, rows=count, seconds=round(self._clock() - self._began, 1))
