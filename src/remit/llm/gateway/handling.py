"""Where data handling joins in: nothing leaves for a model before the firm's policy has looked at it.

`remit.wiring` registers the policy's function. While none is registered, nothing leaves (default deny).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from remit.llm.gateway.config import Destination
from remit.scope import Scope

Restore = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cleared:
    """May leave, in this form. `restore` puts the masked words back into a reply; `masked_count`: how many were masked."""

    texts: tuple[str, ...]
    restore: Restore
    masked_count: int = 0
    policy_version: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """May not leave. Each reason is a sentence for the person: which words, why, how to say it otherwise."""

    reasons: tuple[str, ...]
    policy_version: str = ""


class Handling(Protocol):
    """The firm's data-handling policy. `texts` belong together: the same name gets the same mask in all of them.

    `public`: for each text whether our records declare it public; empty = none is.
    """

    def __call__(
        self,
        scope: Scope,
        texts: Sequence[str],
        destination: Destination,
        account_id: UUID | None,
        public: Sequence[bool] = (),
    ) -> Cleared | Stopped:
        """What may leave for `destination`. A policy that cannot be used answers Stopped: then nothing leaves."""
        ...


NOBODY: Final = Stopped(
    (
        "No data-handling policy is in force, so nothing leaves for a model; the embedded writer does the work.",
    )
)
_registered: list[Handling] = []


def register(handling: Handling | None) -> None:
    """Put the policy in force for this process; None takes it out again."""
    _registered[:] = [] if handling is None else [handling]


def handle(
    scope: Scope,
    texts: Sequence[str],
    destination: Destination,
    account_id: UUID | None,
    public: Sequence[bool] = (),
) -> Cleared | Stopped:
    """What the policy in force says. As many texts come back as went in, or nothing leaves."""
    if not _registered:
        return NOBODY
    found = _registered[0](scope, texts, destination, account_id, public)
    if isinstance(found, Cleared) and len(found.texts) != len(texts):
        return Stopped(("Data handling gave back other texts than it was given; nothing leaves.",))
    return found


# where a piece of a stream may be cut: no mask reaches over a line's or a sentence's end
_END: Final = re.compile(r"[\n]|[.!?][)\"'”’]*\s")


def restored(pieces: Iterator[str], cleared: Cleared) -> Iterator[str]:
    """A stream with masked words put back. With masks it comes sentence by sentence, so that none is cut in two."""
    if not cleared.masked_count:
        yield from pieces
        return
    held = ""
    for piece in pieces:
        held += piece
        ends = [found.end() for found in _END.finditer(held)]
        if ends:
            yield cleared.restore(held[: ends[-1]])
            held = held[ends[-1] :]
    if held:
        yield cleared.restore(held)
