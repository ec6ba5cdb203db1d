"""Warnings as a page or a terminal shows them: the words, and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.evidence.outside.warn import OutsideWarning, warnings_in, warnings_in_parts


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. `words`: what software would read there; `says`: how it was hidden, and why it is pointed out; `start`, `end`: its place."""

    words: str
    says: str
    start: int
    end: int


def warnings_shown(text: str, *, file: str = "", before: Sequence[str] = ()) -> list[Shown]:
    """What to warn of beside outside text. `file`: the name it came under, which may hold an order too; `before`: what the same sender wrote before."""
    found = [_shown(each) for each in warnings_in(text)]
    found += [_shown(each, "in the file's name") for each in warnings_in(file)] if file else []
    for count in range(1, len(before) + 1):
        # the nearest first: one further back that warns by itself must not hide an order split over the last two
        found = found or [_shown(each) for each in warnings_in_parts([*before[-count:], text])]
    return found


def _shown(each: OutsideWarning, place: str = "") -> Shown:
    where = ", ".join(part for part in (place, each.hidden) if part)
    return Shown(each.words, f"{where}: {each.why}" if where else each.why, each.start, each.end)
