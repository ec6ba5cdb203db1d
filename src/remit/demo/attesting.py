"""The demo's monthly word of its reps on AI elsewhere: through the door, most of them, with what the simulation knows of each."""

from __future__ import annotations

from typing import Final, Literal
from uuid import UUID

from remit import identity
from remit.actions import perform
from remit.demo import parameters as p
from remit.demo.dice import Dice
from remit.demo.firm import Firm, Person
from remit.demo.use import Weeks
from remit.domains.adoption import rules
from remit.domains.adoption.attesting import AttestAiUse
from remit.kit import clock

TOOLS: Final = ("a chat assistant", "an assistant in the browser", "a note taker")


def reps_of(firm: Firm) -> list[Person]:
    """All reps, in the order of the firm."""
    return [rep for each in firm.reps.values() for rep in each]


def elsewhere(firm: Firm, rep: Person) -> int | None:
    """Pieces of work that a rep truly does elsewhere in a month; None for those who have not come to saying so."""
    dice = Dice(firm.seed, "elsewhere of", rep.name)
    if dice.chance(p.USE_UNATTESTED):
        return None
    return round(dice.lognormal(p.USE_ELSEWHERE, p.USE_ELSEWHERE_SIGMA))


def attest_all(firm: Firm) -> None:
    """Each rep's word on the month that counts now; what was said before stays as it is."""
    month_on = rules.counted_month(clock.today())
    for rep in reps_of(firm):
        count = elsewhere(firm, rep)
        if count is None:
            continue
        tools = (Dice(firm.seed, "tool of", rep.name).pick(TOOLS),) if count else ()
        act = AttestAiUse(month_on=month_on, other_count=count, tools=tools)
        perform(identity.for_person(UUID(rep.id), via="demo"), act, key=f"demo-attest:{month_on}:{rep.id}")


def expected(firm: Firm, use: Weeks) -> dict[str, object]:
    """What gate S1-G2 has to find on the day of loading."""
    month_on = rules.counted_month(firm.as_of)
    reps = reps_of(firm)
    counts = {"primary": 0, "other": 0, "unused": 0, "unknown": 0}
    for rep in reps:
        counts[_standing(use.months[month_on][rep.id], elsewhere(firm, rep))] += 1
    share = counts["primary"] / len(reps)
    return {
        "month": f"{month_on:%Y-%m}", "reps": len(reps), **counts, "value": share,
        "state": "insufficient" if len(reps) < 11 else "met" if share >= 0.75 else "not_met",
    }  # fmt: skip


def _standing(here: int, there: int | None) -> Literal["primary", "other", "unused", "unknown"]:
    if there is None:
        return "unknown"
    if not here + there:
        return "unused"
    return "primary" if here / (here + there) >= rules.PRIMARY else "other"
