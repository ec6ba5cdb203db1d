"""Meetings that are agreed for the next days: what a rep prepares for. The rest of the demo lies in the past."""

from __future__ import annotations

from typing import Final

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END, Deal
from remit.demo.dice import Dice
from remit.demo.firm import DAY, Firm
from remit.demo.tables import Activity, At

SHARE: Final = 0.35
"""Of open deals that are past the first stage and not asleep."""
DAYS: Final = 12
_ABOUT: Final = {
    "discovery": "Workshop with {firm}",
    "evaluation": "Trial review with {firm}",
    "proposal": "Proposal, {firm}",
    "negotiation": "Contract talk with {firm}",
}


def meetings(firm: Firm, one: Client, dealt: list[Deal]) -> list[Activity]:
    """Agreed meetings of one client, from a stream of their own: nothing else in the simulation moves with them."""
    found = []
    for deal in dealt:
        dice = Dice(firm.seed, "coming", one.number, deal.number)
        if (
            deal.outcome is not None
            or deal.asleep_since is not None
            or deal.stage not in _ABOUT
            or not dice.chance(SHARE)
        ):
            continue
        agreed = firm.instant(END - 1 - 6 * dice.roll())
        at = _working_hour(firm, one, dice)
        contact = one.contacts[deal.contact]
        found.append(
            Activity(
                firm.ids.at(agreed, f"coming/{one.number}/{deal.number}"), at, one.id, one.access, "meeting", None,
                _ABOUT[deal.stage].format(firm=one.name.short), "", contact.id, deal.id, deal.owner.id, dice.pick((30, 45, 60)), None,
                None, None, p.SOURCE, f"M{one.number}/{deal.number}", agreed, agreed,
            )
        )  # fmt: skip
    return found


def _working_hour(firm: Firm, one: Client, dice: Dice) -> At:
    """A full hour within the client's working day, never on a Saturday or Sunday."""
    day = int(END) + int(dice.roll() * DAYS)
    while firm.on(day).weekday() > 4:
        day += 1
    hour = int(one.place.hour + 1 + 6 * dice.roll()) % 24
    return At(firm.epoch + day * DAY + hour * 3600)
