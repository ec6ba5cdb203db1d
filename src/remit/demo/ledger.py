"""A deal as the books hold it: the opportunity, its moves between stages, the state at any time, who sits in its team."""

from __future__ import annotations

import json

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END, Deal
from remit.demo.firm import Firm
from remit.demo.tables import At, Lead, Opportunity, Seat, Snapshot, StageMove

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
