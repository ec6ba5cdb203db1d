"""Handing heads to someone outside, so that even the holder of database and key cannot rewrite what was seen.

A witness is a file (on a disk or share that the database's administrator cannot write) or a web address. It gets
the newest head every minute while there is a new one. `remit audit verify --witness FILE` and
`verify.py FILE --witness FILE` compare the heads given out with today's tree.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import structlog

from remit.audit.heads import Head

EVERY_SECONDS: Final = 60.0
TIMEOUT_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


class WitnessUnavailable(RuntimeError):
    """The head could not be handed out; sealing goes on and the next head is tried."""

    code = "witness_unavailable"


class Witness(Protocol):
    """Keeps heads. `give` raises WitnessUnavailable."""

    def give(self, head: Head) -> None:
        """Keep `head`."""


@dataclass(frozen=True, slots=True)
class FileWitness:
    """Appends each head as a JSON line; the format that `--witness` reads."""

    path: Path

    def give(self, head: Head) -> None:
        """Append and force to disk."""
        try:
            with self.path.open("a", encoding="ascii") as lines:
                lines.write(json.dumps(head.exported(), sort_keys=True) + "\n")
                lines.flush()
                os.fsync(lines.fileno())
        except OSError as error:
            raise WitnessUnavailable(f"{self.path}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class WebhookWitness:
    """Posts each head as JSON; any 2xx answer counts as kept."""

    url: str

    def give(self, head: Head) -> None:
        """POST once; no redirects are followed."""
        import httpx

        try:
            answer = httpx.post(
                self.url, json=head.exported(), timeout=TIMEOUT_SECONDS, follow_redirects=False
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise WitnessUnavailable(f"{type(error).__name__}: {error}") from error
        if not answer.is_success:
            raise WitnessUnavailable(f"the witness answered {answer.status_code}")


def configured(file: Path | None, url: str | None) -> list[Witness]:
    """The witnesses that the settings name."""
    found: list[Witness] = []
    if file:
        found.append(FileWitness(file))
    if url:
        found.append(WebhookWitness(url))
    return found


class Messenger:
    """Gives the newest head to each witness from its own thread: a slow witness never holds up sealing."""

    def __init__(self, witnesses: Sequence[Witness], every_seconds: float = EVERY_SECONDS) -> None:
        self._witnesses, self._every = list(witnesses), every_seconds
        self._newest: Head | None = None

    def offer(self, head: Head) -> None:
        """Note `head` as the newest (called by the sealer; returns at once)."""
        self._newest = head

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then give the last head once more if it is new."""
        given: int | None = None
        while True:
            stopping = stop.is_set()
            head = self._newest
            if head and head.id != given and self._give(head):
                given = head.id
            if stopping:
                return
            stop.wait(self._every)

    def _give(self, head: Head) -> bool:
        kept = True
        for witness in self._witnesses:
            try:
                witness.give(head)
            except WitnessUnavailable as reason:
                kept = False
                log.warning("audit_witness_unavailable", reason=str(reason), head=head.id)
        return kept
