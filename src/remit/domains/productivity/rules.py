"""What a case needs before it counts, and how its minutes are compared: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from remit.actions import Check
from remit.kit.intervals import Difference, difference

Side = Literal["before", "with_ai"]
LEAST: Final = 5
"""Observations of either side, as gate S0-G2 asks."""
LEAST_IN_STRATUM: Final = 2
SIDES: Final[Mapping[str, str]] = {"before": "without AI", "with_ai": "with AI"}


@dataclass(frozen=True, slots=True)
class Observation:
    """One piece of work that was timed. `stratum`: how hard it was, in the owner's words; like is compared with like."""

    side: Side
    minutes: float
    observed_on: date
    stratum: str = ""
    note: str = ""
    artefact_id: UUID | None = None
    artefact_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Strata:
    """Minutes (before, with AI) of every stratum that has two observations or more of either; `left_out`: all others."""

    pairs: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]
    left_out: int

    @property
    def before_count(self) -> int:
        """Comparable observations without AI."""
        return sum(len(before) for before, _ in self.pairs)

    @property
    def with_ai_count(self) -> int:
        """Comparable observations with AI."""
        return sum(len(after) for _, after in self.pairs)

    @property
    def enough(self) -> bool:
        """Whether either side has the least number of observations."""
        return min(self.before_count, self.with_ai_count) >= LEAST

    def compare(self) -> Difference | None:
        """Minutes with AI less minutes before; below zero beyond chance where `upper` is. None without a stratum.

        Loads scipy, which takes a second: the answer is kept with the case, pages read it there.
        """
        return difference(self.pairs)


def strata(observations: Sequence[Observation]) -> Strata:
    """Like beside like."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for one in observations:
        sides = found.setdefault(one.stratum.strip().casefold(), ([], []))
        sides[one.side == "with_ai"].append(one.minutes)
    kept = [pair for _, pair in sorted(found.items()) if min(map(len, pair)) >= LEAST_IN_STRATUM]
    count = sum(len(side) for pair in kept for side in pair)
    return Strata(tuple((tuple(before), tuple(after)) for before, after in kept), len(observations) - count)


def check_complete(observations: Sequence[Observation], used: Sequence[UUID]) -> list[Check]:
    """Whether a case may be submitted. `used`: artefacts that stand in other cases of that person or others."""
    counts: Counter[str] = Counter(one.side for one in observations)
    compared = strata(observations)
    evidence = [one.artefact_id for one in observations if one.side == "with_ai"]
    named = [one for one in evidence if one is not None]
    told = ", ".join(f"{counts[side]} {name}" for side, name in SIDES.items())
    return [
        Check.that(
            "case-observations", compared.enough,
            f"It needs {LEAST} timed pieces of work or more on either side, comparable in kind; there are {told}"
            + (f", of which {compared.left_out} have no counterpart of their stratum." if compared.left_out else "."),
            "Either side has enough observations.",
        ),
        Check.that(
            "case-evidence", len(named) == len(evidence) and bool(named),
            f"{len(evidence) - len(named)} of {len(evidence)} pieces with AI name no artefact: choose the message or summary that was made.",
            "Each piece with AI names what was made.",
        ),
        Check.that(
            "case-evidence-once", len(set(named)) == len(named) and not set(named) & set(used),
            "An artefact counts once: one of these stands twice, or in another case.",
            "No artefact is counted twice.",
        ),
    ]  # fmt: skip


def check_signer(owner_id: UUID, signer_id: UUID) -> Check:
    """Maker ≠ checker."""
    return Check.that(
        "case-not-own",
        owner_id != signer_id,
        "Nobody signs a case of their own; another manager or the VP has to.",
        "It is somebody else's case.",
    )
