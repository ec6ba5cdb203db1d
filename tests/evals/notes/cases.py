"""The gold sets of call notes: one sentence a line, the promises in it behind `=>`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from remit.knowledge.notes.model import Voices

DAY = date(2026, 11, 25)
VOICES = Voices(
    "Alice Ames", "Elena Voss", frozenset({"Alice Ames", "Bob Burns"}), frozenset({"Elena Voss", "Omar Aziz"})
)
PARTS = ("dev", "heldout", "blind", "blind_second")


@dataclass(frozen=True)
class Promised:
    """A promise as a person reads it."""

    side: str
    who: str
    due: str
    what: str


@dataclass(frozen=True)
class Case:
    """A sentence with its promises, none for a hard negative."""

    part: str
    text: str
    speaker: Literal["us", "them"] | None
    promises: tuple[Promised, ...]


def load(part: str | None = None) -> list[Case]:
    """The cases of a part, or of all."""
    return [case for name in PARTS if part in (None, name) for case in _read(name)]


def _read(part: str) -> list[Case]:
    lines = (Path(__file__).parent / f"commitments_{part}.txt").read_text("utf-8").splitlines()
    return [_case(part, line) for line in lines if line.strip() and not line.startswith("#")]


def _case(part: str, line: str) -> Case:
    text, _, told = line.partition("=>")
    text = text.strip()
    speaker: Literal["us", "them"] | None = None
    for side in ("us", "them"):
        if text.startswith(f"{side}: "):
            speaker, text = side, text.removeprefix(f"{side}: ")  # type: ignore[assignment]
    promises = tuple(
        Promised(*(field.strip() for field in one.split("|"))) for one in told.split(" ; ") if one.strip()
    )
    return Case(part, text, speaker, promises)
