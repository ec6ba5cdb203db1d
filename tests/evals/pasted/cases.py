"""The gold sets of pasted texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

DAY: Final = date(2026, 11, 28)
PARTS: Final = ("dev", "heldout", "blind", "blind_second")


@dataclass(frozen=True)
class Gold:
    """A fact that a person finds. `doubted`: when it is found it must not be ticked; not finding it is fine."""

    kind: str
    subject: str
    value: str
    doubted: bool


@dataclass(frozen=True)
class Case:
    """A text with its facts."""

    part: str
    source: str
    text: str
    facts: tuple[Gold, ...]


def load(part: str | None = None) -> list[Case]:
    """The texts of a part, or of all."""
    return [case for name in PARTS if part in (None, name) for case in _read(name)]


def _read(part: str) -> list[Case]:
    body = (Path(__file__).parent / f"{part}.txt").read_text("utf-8")
    return [_case(part, block) for block in body.split("=== ")[1:]]


def _case(part: str, block: str) -> Case:
    source, _, rest = block.partition("\n")
    lines = rest.strip().splitlines()
    facts = [_gold(line.removeprefix("=> ")) for line in lines if line.startswith("=> ")]
    return Case(
        part, source.strip(), "\n".join(line for line in lines if not line.startswith("=> ")), tuple(facts)
    )


def _gold(line: str) -> Gold:
    kind, subject, value = (field.strip() for field in line.split("|"))
    return Gold(kind.removeprefix("!"), subject, value, kind.startswith("!"))
