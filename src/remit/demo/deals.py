"""Opportunities of one client: hazards move them from stage to stage, and end them.

In each stage three clocks run against each other: moving on, being lost, falling asleep. Their rates follow the
client's hidden truth, the seller's skill and the date (contracts that end, quarters that close); parameters.py holds
every coefficient. What is in the books (close dates, categories) is what the seller believes, not the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.dice import Dice
from remit.demo.firm import Firm, Person

END = float(p.HISTORY_DAYS)
_REASONS = tuple(each[0] for each in p.LOSS_REASONS)
_REASON_SHARE = tuple(each[1] for each in p.LOSS_REASONS)


class Step(NamedTuple):
    """One stage of a deal: from day `begin` to day `end` of the history (END: still there)."""

    stage: str
    begin: float
    end: float


@dataclass
class Deal:
    """One opportunity with its truth; `steps` are the stages passed through, without the final one."""

    number: int
    id: str
    product: int
    opened: float
    steps: list[Step]
    outcome: str | None
    closed: float | None
    asleep_since: float | None
    amount: int  # whole dollars a year, as believed at the end
    list_amount: int
    discount: float
    competitor: int | None
    contact: int
    owner: Person
    lead: str | None = None
    loss_reason: str | None = None
    pushes: list[tuple[float, float]] = field(default_factory=list)  # (day, close date believed from then on)

    @property
    def stage(self) -> str:
        """The stage today."""
        return self.outcome or self.steps[-1].stage

    @property
    def last_day(self) -> float:
        """The day on which it ended, or the end of the history."""
        return END if self.closed is None else self.closed


def deals(firm: Firm, one: Client, born: list[tuple[float, str]]) -> list[Deal]:
    """All deals of one client, from converted leads (`born`) and from the seller's own work."""
    dice = one.dice
    begin = max(one.since, 0)
    years = (END - begin) / 365
    own = dice.count(
        max(0.0, p.OPENED_A_YEAR * years * (0.5 + one.latent.need) * one.latent.appetite - len(born))
    )
    starts: list[tuple[float, str | None]] = [*born]
    starts += [(begin + dice.roll() * (END - 3 - begin), None) for _ in range(own)]
    starts.sort(key=lambda start: (start[0], start[1] or ""))
    return [_deal(firm, one, number, day, lead) for number, (day, lead) in enumerate(starts)]


def _deal(firm: Firm, one: Client, number: int, opened: float, lead: str | None) -> Deal:
    dice, latent = one.dice, one.latent
    owner = one.owner
    weights = [fit * fit for fit in latent.fit]
    product = dice.weighted(range(len(weights)), [weight / sum(weights) for weight in weights])
    competitor = dice.between(0, 7) if dice.chance(p.COMPETED) else None
    champion = latent.champion >= 0
    pull = (
        p.BETA["fit"] * (latent.fit[product] - 0.5) + p.BETA["need"] * (latent.need - 0.5)
        + p.BETA["budget"] * (latent.budget - 0.5) + p.BETA["champion"] * (champion - 0.55)
        + p.BETA["skill"] * owner.skill
    )  # fmt: skip
    steps, day, outcome, closed, asleep = [], opened, None, None, None
    for place, stage in enumerate(p.STAGES):
        near = math.cos((firm.on(day).timetuple().tm_yday - latent.clock + 60) / 365 * 2 * math.pi)
        rate = math.exp(pull + p.BETA["clock"] * 0.5 * near)
        on = dice.exponential(7 / (p.ADVANCE[place] * rate))
        lost = dice.exponential(
            7 * rate**0.5 / (p.LOSE[place] * (p.COMPETED_LOSE if competitor is not None else 1.0))
        )
        sleep = dice.exponential(7 / p.STALL[place])
        if sleep < min(on, lost):
            lost, asleep = sleep + p.ASLEEP_LOST_AFTER_DAYS * (0.5 + dice.roll()), day + sleep
            on = lost + 1
        end = day + min(on, lost)
        steps.append(Step(stage, day, min(end, END)))
        if end >= END:
            asleep = asleep if asleep is not None and asleep < END else None
            break
        if lost < on or stage == p.STAGES[-1]:
            outcome, closed = (p.LOST if lost < on else p.WON), end
            break
        day = end
    amount, list_amount, discount = _priced(firm, one, product, competitor, steps)
    made = Deal(
        number, firm.ids.at(int(firm.instant(opened)), f"deal/{one.number}/{number}"), product, opened, steps, outcome,
        closed, asleep, amount, list_amount, discount, competitor,
        latent.champion if champion and dice.chance(0.6) else dice.between(0, len(one.contacts) - 1), owner, lead,
    )  # fmt: skip
    if outcome == p.LOST:
        made.loss_reason = "no decision" if asleep else dice.weighted(_REASONS, _REASON_SHARE)
        if competitor is None and made.loss_reason == "lost to a competitor":
            made.loss_reason = "no decision"
    made.pushes = _pushes(made, dice)
    return made


def _priced(
    firm: Firm, one: Client, product: int, competitor: int | None, steps: list[Step]
) -> tuple[int, int, float]:
    """Yearly amount after discount, list amount (whole dollars) and the discount (0–1)."""
    dice, each = one.dice, p.PRODUCTS[product]
    price = firm.list_price(product, firm.generation_on(steps[-1].begin))
    units = (
        max(3, round(one.staff * each.units_a_head * (0.6 + 0.8 * dice.roll()))) if each.units_a_head else 1
    )
    if not each.units_a_head:
        price = round(price * (0.5 + (one.aum / one.segment.aum_median) ** 0.25 * 0.8), -3)
    discount = (
        p.DISCOUNT_BASE + p.DISCOUNT_SIGMA * dice.normal() + 0.06 * (one.latent.price_sensitivity - 0.5)
    )
    discount += p.DISCOUNT_COMPETED if competitor is not None else 0.0
    discount += p.DISCOUNT_QUARTER_END if firm.on(steps[-1].end).month % 3 == 0 else 0.0
    discount = round(min(p.DISCOUNT_MOST, max(0.0, discount)), 3)
    if len(steps) < 4:  # before the proposal nobody has spoken of discounts
        discount = 0.0
    listed = round(units * price / 100) * 100
    return round(listed * (1 - discount) / 100) * 100, listed, discount


def _pushes(deal: Deal, dice: Dice) -> list[tuple[float, float]]:
    """(day, believed close date) from the opening on: each passed date is put off until the deal ends."""
    mean = sum(7 / rate for rate in p.ADVANCE) * 1.25
    belief = deal.opened + mean * p.OPTIMISM * (0.6 + 0.8 * dice.roll())
    found = [(deal.opened, belief)]
    awake = min(deal.last_day, deal.asleep_since or END)
    while belief + 1 < awake and len(found) < 12:
        moved = belief + 1
        belief = moved + dice.between(*p.PUSH_DAYS)
        found.append((moved, belief))
    return found
