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
MOTIONS: Final[Mapping[str, str]] = {
    "outreach": "First message",
    "answer": "Answer to a buyer",
    "follow_up": "Follow-up after a call",
    "summary": "Summary of a document or call",
    "brief": "Preparing a meeting",
    "comparison": "Comparing with a competitor",
    "proposal": "Proposal or questionnaire",
}
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
class Compared:
    """The minutes of a case. Counts are of the observations compared; `left_out` those without a counterpart."""

    before_count: int
    with_ai_count: int
    left_out: int
    found: Difference | None

    @property
    def enough(self) -> bool:
        """Whether either side has the least number of observations."""
        return min(self.before_count, self.with_ai_count) >= LEAST

    @property
    def better(self) -> bool:
        """Whether it takes less time with AI, beyond chance: enough observations, upper bound below zero."""
        return self.enough and self.found is not None and self.found.upper < 0


def compare(observations: Sequence[Observation]) -> Compared:
    """Minutes with AI less minutes before, within strata that have two observations or more of either side."""
    strata: dict[str, tuple[list[float], list[float]]] = {}
    for one in observations:
        sides = strata.setdefault(one.stratum.strip().casefold(), ([], []))
        sides[one.side == "with_ai"].append(one.minutes)
    kept = [pair for _, pair in sorted(strata.items()) if min(map(len, pair)) >= LEAST_IN_STRATUM]
    before, after = sum(len(pair[0]) for pair in kept), sum(len(pair[1]) for pair in kept)
    return Compared(before, after, len(observations) - before - after, difference(kept))


def check_complete(observations: Sequence[Observation], used: Sequence[UUID]) -> list[Check]:
    """Whether a case may be submitted. `used`: artefacts that stand in other cases of that person or others."""
    counts: Counter[str] = Counter(one.side for one in observations)
    compared = compare(observations)
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
