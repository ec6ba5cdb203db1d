"""Leads of one client, and of the stray firms beside it. Conversion follows channel, hidden fit and need, and skill."""

from __future__ import annotations

import json
import math

from remit.demo import names
from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END
from remit.demo.dice import Dice, sigmoid
from remit.demo.firm import Firm
from remit.demo.tables import Lead

_CHANNELS = tuple(each[0] for each in p.LEAD_CHANNELS)
_CHANNEL_SHARE = tuple(each[1] for each in p.LEAD_CHANNELS)
_CHANNEL_EFFECT = {each[0]: each[2] for each in p.LEAD_CHANNELS}


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
    first, last = dice.pick(names.FIRST_NAMES), dice.pick(names.LAST_NAMES)
    if not stray:
        return first, last, None, None, None
    name = names.firm_name(
        one.number * 31 + 7, dice.between(0, 4000), one.segment.key, p.TERRITORIES[one.territory], dice
    )
    title = dice.pick(("Analyst", "Consultant", "Operations Manager", "Trader", None))
    email = names.ascii_lower(f"{first}.{last}") + f"@{name.slug}.example" if dice.chance(0.9) else None
    return first, last, title, email, name.short
