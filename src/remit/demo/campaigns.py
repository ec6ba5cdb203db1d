"""The firm's events and letters, and who was there: a forum each quarter, a webinar between, a letter. From streams of their own."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END
from remit.demo.dice import Dice
from remit.demo.firm import Firm
from remit.demo.tables import At, CampaignMember

# name, kind, days before the day after the history, share of the people who are asked
_PLANNED: Final = (
    ("Northlake Buyside Forum, winter", "Event", 320, 0.10),
    ("Webinar: T+1 and allocations", "Webinar", 275, 0.08),
    ("Northlake Buyside Forum, spring", "Event", 228, 0.10),
    ("Webinar: locates in a squeeze", "Webinar", 180, 0.08),
    ("Northlake Buyside Forum, summer", "Event", 135, 0.10),
    ("Quarterly letter", "Email", 75, 0.15),
    ("Webinar: margin before the trade", "Webinar", 41, 0.08),
    ("Northlake Buyside Forum, autumn", "Event", 12, 0.12),
)
_EVENT: Final = (("attended", 0.5), ("registered", 0.2), ("no_show", 0.2), ("cancelled", 0.1))
_LETTER: Final = (("sent", 0.8), ("responded", 0.2))


class Campaign(NamedTuple):
    """One event or letter."""

    id: str
    name: str
    kind: str
    at: At
    share: float


def planned(firm: Firm) -> list[Campaign]:
    """What the firm held, oldest first."""
    found = []
    for number, (name, kind, before, share) in enumerate(_PLANNED):
        at = firm.instant(int(END) - before + 17 / 24)
        found.append(Campaign(firm.ids.at(at, f"campaign/{number}"), name, kind, at, share))
    return found


def campaign_rows(firm: Firm) -> list[dict[str, Any]]:
    """Their rows."""
    return [
        {
            "id": one.id, "name": one.name, "kind": one.kind, "state": "Completed", "starts_on": one.at.text()[:10], "ends_on": one.at.text()[:10],
            "active": False, "source": p.SOURCE, "external_id": f"C{number}",
        }
        for number, one in enumerate(planned(firm))
    ]  # fmt: skip


def members(firm: Firm, one: Client) -> list[CampaignMember]:
    """What the people of one client did about each."""
    found = []
    for number, held in enumerate(planned(firm)):
        dice = Dice(firm.seed, "campaign", number, one.number)
        for place, person in enumerate(one.contacts):
            if not dice.chance(held.share) or person.created_at > held.at:
                continue
            states = _LETTER if held.kind == "Email" else _EVENT
            state = dice.weighted(tuple(s for s, _ in states), tuple(share for _, share in states))
            responded = state in ("attended", "registered", "responded")
            found.append(
                CampaignMember(
                    firm.ids.at(held.at, f"member/{number}/{one.number}/{place}"), held.id, one.id, one.access, person.id, state, responded,
                    firm.on(int(END) - _PLANNED[number][2]) if responded else None, held.at, p.SOURCE, f"C{number}/{one.number}/{place}", held.at, held.at,
                )
            )  # fmt: skip
    return found
