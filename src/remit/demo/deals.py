"""Leads and opportunities of one client: hazards move them from stage to stage, and end them.

In each stage three clocks run against each other: moving on, being lost, falling asleep. Their rates follow the
client's hidden truth, the seller's skill and the date (contracts that end, quarters that close); parameters.py holds
every coefficient. What is in the books (close dates, categories) is what the seller believes, not the truth.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import NamedTuple

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.dice import Dice, sigmoid
from remit.demo.firm import Firm, Person
from remit.demo.tables import At, Lead, Opportunity, Seat, Snapshot, StageMove

END = float(p.HISTORY_DAYS)
_CHANNELS = tuple(each[0] for each in p.LEAD_CHANNELS)
_CHANNEL_SHARE = tuple(each[1] for each in p.LEAD_CHANNELS)
_CHANNEL_EFFECT = {each[0]: each[2] for each in p.LEAD_CHANNELS}
_REASONS = tuple(each[0] for each in p.LOSS_REASONS)
_REASON_SHARE = tuple(each[1] for each in p.LOSS_REASONS)
_NEXT_STEPS = {
    "qualification": (
        "Call with the head of trading",
        "Send the workflow questionnaire",
        "Find out who signs",
    ),
    "discovery": ("Agree success criteria", "Meet the head of operations", "Confirm budget with the COO"),
    "evaluation": (
        "Run the trial with live orders",
        "Review trial findings",
        "Security questionnaire back to them",
    ),
    "proposal": ("Walk through the proposal", "Send the revised quote", "Reference call with a customer"),
    "negotiation": (
        "Legal call on liability",
        "Deal desk on payment terms",
        "Get the order form countersigned",
    ),
}
_CATEGORY = ("pipeline", "pipeline", "best_case", "best_case", "commit")


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


def lead_rows(firm: Firm, one: Client, born: list[tuple[float, str]]) -> list[Lead]:
    """Leads of one client and of the stray firms beside it. Appends (day, lead id) of the converted ones to `born`."""
    dice = one.dice
    years = (END - max(one.since, 0)) / 365
    count = dice.count(p.LEADS_A_YEAR * years * (0.6 + 0.8 * one.latent.need) * one.latent.appetite)
    stray = dice.count(
        p.LEADS_WITHOUT_ACCOUNT / (1 - p.LEADS_WITHOUT_ACCOUNT) * p.LEADS_A_YEAR * p.HISTORY_DAYS / 365 * 0.9
    )
    return [_lead(firm, one, number, number >= count, born) for number in range(count + stray)]


def _lead(firm: Firm, one: Client, number: int, stray: bool, born: list[tuple[float, str]]) -> Lead:
    dice = one.dice
    day = (0 if stray else max(one.since, 0)) + dice.roll() * (END - 1 - (0 if stray else max(one.since, 0)))
    at = firm.instant(int(day) + (one.place.hour + 8 * dice.roll()) / 24)
    channel = dice.weighted(_CHANNELS, _CHANNEL_SHARE)
    lead_id = firm.ids.at(at, f"lead/{one.number}/{number}")
    fit = max(one.latent.fit) if not stray else 0.25 * dice.roll()
    odds = math.log(p.LEAD_CONVERTS / (1 - p.LEAD_CONVERTS)) + _CHANNEL_EFFECT[channel]
    odds += (
        p.CONVERT_FIT * (fit - 0.72)
        + p.CONVERT_NEED * (one.latent.need - 0.5)
        + p.CONVERT_SKILL * one.sdr.skill
    )
    converts = not stray and dice.chance(sigmoid(odds))
    interest = fit * 0.5 + one.latent.need * 0.3 + 0.4 * dice.roll()
    seen = {
        "pages": dice.count(1 + 7 * interest),
        "downloads": dice.count(interest),
        "minutes": dice.count(2 + 9 * interest),
    }
    worked = int(day) + 1.05 + dice.exponential(4 if one.sdr.skill > 0 else 7)
    ends = worked + dice.exponential(9)
    state, reason, converted_at = "new", None, None
    if converts and ends < END - 1:
        state, converted_at = "converted", firm.instant(ends)
        born.append((ends, lead_id))
    elif ends < END:
        state = "disqualified"
        reason = dice.pick(
            ("no need now", "no answer", "too small", "wrong person", "has a vendor under contract")
        )
    elif worked < END:
        state = dice.pick(("working", "working", "qualified"))
    contact = dice.pick(one.contacts) if not stray else None
    first, last, title, email, firm_name = _who(one, dice, stray)
    if contact is not None:
        first, last, title, email, firm_name = (
            contact.first_name, contact.last_name, contact.title, contact.email, one.name.short,
        )  # fmt: skip
    return Lead(
        lead_id, None if stray else one.id, one.access if not stray else one.territory + 1,
        contact.id if contact else None, first, last, firm_name, title, email, one.place.country, channel,
        f"{channel} {firm.on(day).year} Q{(firm.on(day).month + 2) // 3}",
        dice.pick(("/pricing", "/oms", "/risk", "/events", "/prime", "/resources")) if channel == "website" else None,
        state, reason, one.sdr.id, at, converted_at, None, p.SOURCE, f"L{one.number:06d}-{number}", json.dumps(seen), at,
        converted_at or at,
    )  # fmt: skip


def _who(one: Client, dice: Dice, stray: bool) -> tuple[str, str, str | None, str | None, str | None]:
    """A person and firm that is in no account; drawn for every lead, so that streams stay in step."""
    from remit.demo import names

    first, last = dice.pick(names.FIRST_NAMES), dice.pick(names.LAST_NAMES)
    if not stray:
        return first, last, None, None, None
    name = names.firm_name(
        one.number * 31 + 7, dice.between(0, 4000), one.segment.key, p.TERRITORIES[one.territory], dice
    )
    title = dice.pick(("Analyst", "Consultant", "Operations Manager", "Trader", None))
    email = names.ascii_lower(f"{first}.{last}") + f"@{name.slug}.example" if dice.chance(0.9) else None
    return first, last, title, email, name.short


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


def rows(
    firm: Firm, one: Client, deal: Deal, leads: dict[str, int], lead_list: list[Lead]
) -> tuple[Opportunity, list[StageMove], list[Snapshot], list[Seat]]:
    """One deal as the tables hold it; marks its lead (place in `lead_list` by id in `leads`) with its id."""
    if deal.lead is not None:
        place = leads[deal.lead]
        lead_list[place] = lead_list[place]._replace(opportunity_id=deal.id)
    moves = _moves(firm, one, deal)
    snapshots = _snapshots(firm, one, deal)
    seats = [Seat(deal.id, deal.owner.id, one.id, one.access, "owner")]
    if len(deal.steps) >= 3:
        seats.append(Seat(deal.id, one.se.id, one.id, one.access, "solutions engineer"))
        if one.dice.chance(p.SPECIALIST_SHARE):
            far = firm.reps["se", (one.territory + 1 + one.number % 3) % len(p.TERRITORIES)]
            seats.append(Seat(deal.id, one.dice.pick(far).id, one.id, one.access, "specialist"))
    return _opportunity(firm, one, deal, snapshots[-1]), moves, snapshots, seats


def _opportunity(firm: Firm, one: Client, deal: Deal, last: Snapshot) -> Opportunity:
    product = p.PRODUCTS[deal.product]
    quoted = len(deal.steps) >= 4
    extra = {}
    if quoted:
        extra["quote"] = {
            "number": f"Q-{one.number:06d}-{deal.number}", "generation": firm.generation_on(deal.steps[3].begin),
            "issued_on": firm.on(deal.steps[3].begin).isoformat(), "term_months": 36 if deal.amount > 400_000 else 24,
        }  # fmt: skip
    begun = firm.instant(deal.opened)
    since = firm.instant(deal.closed if deal.closed is not None else deal.steps[-1].begin)
    step, due = None, None
    if deal.outcome is None:
        step = one.dice.pick(_NEXT_STEPS[deal.stage])
        due = firm.on((deal.asleep_since or END) + one.dice.between(-3, 12))
    return Opportunity(
        deal.id, one.id, one.access, f"{one.name.short}: {product.name}", firm.products[deal.product].id, deal.lead,
        deal.stage, last.forecast_category, deal.amount * 100, "USD",
        deal.list_amount * 100 if quoted else None, "USD" if quoted else None, deal.discount if quoted else None,
        firm.on(deal.opened), last.close_on, since, since if deal.closed is not None else None, deal.outcome,
        deal.loss_reason, firm.competitors[deal.competitor].id if deal.competitor is not None else None,
        one.contacts[deal.contact].id, deal.owner.id, step, due, p.SOURCE, f"O{one.number:06d}-{deal.number}",
        json.dumps(extra), begun, max(begun, since),
    )  # fmt: skip


def _moves(firm: Firm, one: Client, deal: Deal) -> list[StageMove]:
    found: list[StageMove] = []
    before: str | None = None
    ends = [(step.stage, step.begin) for step in deal.steps]
    if deal.outcome is not None and deal.closed is not None:
        ends.append((deal.outcome, deal.closed))
    for place, (stage, day) in enumerate(ends):
        at, key = firm.instant(day), f"{one.number}/{deal.number}/{place}"
        found.append(
            StageMove(firm.ids.at(at, f"move/{key}"), deal.id, one.id, one.access, before, stage, at, deal.owner.id,
                      _amount_at(deal, place) * 100, "USD", p.SOURCE, f"S{key}")
        )  # fmt: skip
        before = stage
    return found


def _amount_at(deal: Deal, place: int) -> int:
    """What the books said on entering stage number `place`: list price until a quote was made."""
    return deal.amount if place >= 3 else deal.list_amount


def _snapshots(firm: Firm, one: Client, deal: Deal) -> list[Snapshot]:
    """The state from each change until the next: stages and put-off close dates in one line of time."""
    changes: dict[At, tuple[int | None, float | None]] = {}
    for place, step in enumerate(deal.steps):
        changes[firm.instant(step.begin)] = (place, None)
    for day, belief in deal.pushes:
        at = firm.instant(day)
        if deal.closed is None or day < deal.closed:
            changes[at] = (changes.get(at, (None, None))[0], belief)
    place, belief, found = 0, deal.opened, []
    instants = sorted(changes)
    for number, at in enumerate(instants):
        new_place, new_belief = changes[at]
        place = place if new_place is None else new_place
        belief = belief if new_belief is None else new_belief
        until = instants[number + 1] if number + 1 < len(instants) else None
        found.append(_snapshot(firm, one, deal, at, until, p.STAGES[place], _CATEGORY[place], place, belief))
    if deal.outcome is not None and deal.closed is not None:
        end = firm.instant(deal.closed)
        if end <= found[-1].from_at:  # opened and ended within the same minute of the books
            end = At(found[-1].from_at + 60)
        found[-1] = found[-1]._replace(until_at=end)
        category = "closed" if deal.outcome == p.WON else "omitted"
        found.append(_snapshot(firm, one, deal, end, None, deal.outcome, category, 5, deal.closed))
    return found


def _snapshot(
    firm: Firm,
    one: Client,
    deal: Deal,
    at: At,
    until: At | None,
    stage: str,
    category: str,
    place: int,
    belief: float,
) -> Snapshot:
    return Snapshot(
        deal.id, at, until, one.id, one.access, stage, category, _amount_at(deal, place) * 100, "USD", firm.on(belief),
        deal.owner.id,
    )  # fmt: skip
