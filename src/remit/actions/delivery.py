"""What a channel must be able to do to deliver effects, and which channel delivers which kind.

Declared here, registered by connectors (`remit.worker` imports them): the door knows no vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from remit.db.sessions import ReadSession


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect in the hands of one worker. `worker` is that process's token; `phase` how far an attempt got."""

    id: UUID
    created_at: datetime
    action_id: UUID
    action_kind: str
    kind: str
    channel: str
    key: str
    payload: Mapping[str, Any]
    account_id: UUID | None
    access_id: int | None
    actor_id: UUID
    agent_id: UUID | None
    on_behalf_of: UUID | None
    attempt_count: int
    phase: str
    worker: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """It left, and this is the proof (plain JSON). `captured`: the whole message, for the capture outbox."""

    proof: Mapping[str, Any]
    captured: bytes | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """It certainly did not leave; another attempt may succeed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It certainly did not leave and will not. `outcome` names what came of it (`refused`, `bounced`)."""

    reason: str
    outcome: str = "refused"
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over and the answer never came. Nobody may send it again without proof or a person."""

    reason: str


Result = Delivered | Later | Failed | Unknown


class Undeliverable(Exception):
    """Raised by `prepare`: what was approved can no longer go out. `recalled` when we changed our mind, else failed."""

    code = "undeliverable"

    def __init__(self, reason: str, *, recalled: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.recalled = recalled


class Deliverer(Protocol):
    """One channel. The three calls happen in this order; only `transmit` and `look_for` use the network."""

    def prepare(self, session: ReadSession, effect: Claimed) -> Any:
        """Everything `transmit` needs, read and checked now. Raises Undeliverable."""

    def guard(self, session: ReadSession, effect: Claimed) -> str | None:
        """Asked in the transaction that precedes the handing over: a reason to recall the effect, or None."""

    def transmit(self, package: Any, committing: Callable[[], None]) -> Result:
        """Hand it over. Call `committing` right before the point of no return; if it raises, nothing may leave."""

    def look_for(self, effect: Claimed) -> Mapping[str, Any] | None:
        """Proof that an earlier attempt reached the other side, or None: none was found (it may have all the same)."""

    def can_look(self) -> bool:
        """Whether there is any place to look for proof."""


_deliverers: dict[str, Deliverer] = {}


def register(kind: str, deliverer: Deliverer) -> None:
    """Let `deliverer` deliver effects of `kind`; the last registration holds (a worker reads settings once)."""
    _deliverers[kind] = deliverer


def deliverer_of(kind: str) -> Deliverer | None:
    """The channel for `kind`; None when this worker has none."""
    return _deliverers.get(kind)
