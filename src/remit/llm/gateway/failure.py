"""What can go wrong with a call, and whether and when it is worth trying again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Kind = Literal[
    "rate_limited", "unavailable", "timed_out", "cut_off", "rejected", "unauthorised", "unusable", "too_large", "bad_reply"
]  # fmt: skip

AGAIN: Final[frozenset[str]] = frozenset({"rate_limited", "unavailable", "timed_out", "cut_off"})
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 20.0
SENTENCES: Final[dict[str, str]] = {
    "rate_limited": "the model's provider allows no more calls right now",
    "unavailable": "the model's provider has a fault or cannot be reached",
    "timed_out": "the model took too long",
    "cut_off": "the connection to the model broke off",
    "rejected": "the model's provider refused the request",
    "unauthorised": "the model's provider does not accept our key",
    "unusable": "the model's provider answered with something that is no reply",
    "too_large": "the reply of the model was larger than is read",
    "bad_reply": "the model's reply did not have the asked-for form",
}


class CallFailed(Exception):
    """A call gave no usable reply. `retry_after`: seconds the provider asked to wait. Holds no text of the call."""

    code = "model_call_failed"

    def __init__(self, kind: Kind, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(SENTENCES[kind])
        self.kind: Kind = kind
        self.status = status
        self.retry_after = retry_after

    @property
    def billed(self) -> bool:
        """Whether the provider probably worked on the request, and charges for it, although nothing usable came back."""
        return self.kind in ("timed_out", "cut_off", "too_large", "bad_reply", "unusable")

    @property
    def of_provider(self) -> bool:
        """Whether it speaks against the provider (and so counts for its circuit breaker)."""
        return self.kind in AGAIN or self.kind == "unusable"


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds until the next attempt."""

    seconds: float


def next_wait(
    failure: CallFailed, attempt: int, most: int, left_seconds: float, chance: Random
) -> Wait | None:
    """How long to wait before attempt `attempt + 1` of at most `most`; None when it is not worth it.

    What the provider asked for counts (and is never shortened); when that does not fit into `left_seconds`, we give up
    at once instead of keeping the reader waiting. Without it the wait doubles each time, less up to half by chance.
    A reply in the wrong form is asked for once more, at once.
    """
    if failure.kind == "bad_reply" and attempt == 1 and most > 1:
        return Wait(0.0)
    if failure.kind not in AGAIN or attempt >= most:
        return None
    if failure.retry_after is not None:
        seconds = max(0.0, failure.retry_after)
        if seconds > LONGEST_WAIT_SECONDS:
            return None
    else:
        longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (attempt - 1))
        seconds = longest * (0.5 + chance.random() / 2)
    return Wait(seconds) if seconds < left_seconds else None
