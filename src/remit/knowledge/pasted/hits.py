"""What a reader finds in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A statement in a sentence. `start` to `end`: the words of its value there."""

    kind: str
    value: str
    start: int
    end: int
    subject: str = ""


Reader = Callable[[str], Iterator[Hit]]


def within(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Whether `span` begins inside one of `others`."""
    return any(start <= span[0] < end for start, end in others)
