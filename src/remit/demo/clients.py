"""One client firm: what it truly is (hidden), how it stands in the books, and who works there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from remit.demo import names
from remit.demo import parameters as p
from remit.demo.dice import Dice
from remit.demo.firm import ACCESS, Firm, Group, Person
from remit.demo.tables import Account, Consent, Contact, NoContact

_PERSONA_SHARE = tuple(each[2] for each in p.PERSONAS)
_SEGMENT_SHARE = tuple(each.share for each in p.SEGMENTS)


class Latent(NamedTuple):
    """The truth about a client. No table holds it; answers to sealed questions are computed from it."""

    fit: tuple[float, ...]  # per product, 0–1
    need: float  # 0–1
    budget: float  # 0–1
    champion: int  # place of the champion among the contacts; −1: there is none
    clock: int  # day of the year on which the contracts with today's vendors end
    trust: float  # 0–1
    price_sensitivity: float  # 0–1
    appetite: float  # how often it looks at new systems; mean 1


@dataclass
class Client:
    """One account under construction. Rows refer to `id` and `access` (counted from 1)."""

    number: int
    dice: Dice
    id: str
    segment: p.Segment
    territory: int
    access: int
    place: names.Place
    name: names.FirmName
    latent: Latent
    owner: Person
    sdr: Person
    se: Person
    staff: int
    aum: int  # whole dollars
    since: float  # day of the history on which the account was opened (may be before it: negative)
    relation: str
    key_account: bool
    contacts: list[Contact] = field(default_factory=list)
    incumbents: dict[str, str] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The domain of its web site and addresses."""
        return f"{self.name.slug}.example"

    @property
    def behind_barrier(self) -> bool:
        """True when an information barrier stands around it."""
        return ACCESS[self.access - 1].barrier


def client(firm: Firm, number: int) -> Client:
    """Client number `number` (from 0) with its contacts; independent of all other numbers."""
    dice = Dice(firm.seed, "client", number)
    segment = dice.weighted(p.SEGMENTS, _SEGMENT_SHARE)
    territory = dice.weighted(range(len(p.TERRITORIES)), p.TERRITORY_SHARE)
    barrier = dice.chance(p.BARRIER_SHARE) and Group(territory, True) in ACCESS
    access = ACCESS.index(Group(territory, barrier)) + 1
    name = names.firm_name(number, firm.seed * 7919, segment.key, p.TERRITORIES[territory], dice)
    latent = _latent(segment, dice)
    since = dice.between(-900, 500)
    relation = dice.weighted(
        ("customer", "former", "target"),
        (p.CUSTOMER_SHARE, p.FORMER_SHARE, 1 - p.CUSTOMER_SHARE - p.FORMER_SHARE),
    )
    staff = max(6, round(dice.lognormal(segment.staff_median, 0.7)))
    aum = rounded(dice.lognormal(segment.aum_median, segment.aum_sigma))
    owners = [person for person in firm.reps["ae", territory] if person.admitted or not barrier]
    helpers = [person for person in firm.reps["se", territory] if person.admitted or not barrier]
    made = Client(
        number, dice, firm.ids.at(int(firm.instant(max(since, 0))), f"account/{number}"), segment, territory, access,
        dice.pick(names.PLACES[p.TERRITORIES[territory]]), name, latent, dice.pick(owners),
        dice.pick(firm.reps["sdr", territory]), dice.pick(helpers or firm.reps["se", territory]), staff, aum,
        float(since), relation, dice.chance(p.KEY_ACCOUNT_SHARE),
    )  # fmt: skip
    made.incumbents = {kind: dice.pick(choice) for kind, choice in names.SYSTEMS.items()}
    made.contacts = _contacts(firm, made)
    if latent.champion >= len(made.contacts):
        made.latent = latent._replace(champion=-1)
    return made


def _latent(segment: p.Segment, dice: Dice) -> Latent:
    return Latent(
        fit=tuple(round(dice.share(mean, 0.16), 4) for mean in segment.fit),
        need=round(dice.share(segment.need, 0.18), 4),
        budget=round(dice.share(0.5, 0.2), 4),
        champion=dice.between(0, 2) if dice.chance(0.55) else -1,
        clock=dice.between(0, 364),
        trust=round(dice.share(0.5, 0.15), 4),
        price_sensitivity=round(dice.share(0.5, 0.2), 4),
        appetite=round(dice.lognormal(math.exp(-(p.APPETITE_SIGMA**2) / 2), p.APPETITE_SIGMA), 4),
    )


def rounded(amount: float) -> int:
    """Two to three figures, as firms state their assets."""
    step: int = 10 ** max(6, len(str(int(amount))) - 2)
    return max(step, round(amount / step) * step)


def _contacts(firm: Firm, one: Client) -> list[Contact]:
    dice, found, taken = one.dice, [], set()
    territory = p.TERRITORIES[one.territory]
    for number in range(max(2, dice.count(p.CONTACTS_MEAN))):
        first, last = dice.pick(names.FIRST_NAMES), dice.pick(names.LAST_NAMES)
        local = names.ascii_lower(f"{first}.{last}")
        if local in taken:
            continue
        taken.add(local)
        persona, title, _ = dice.weighted(p.PERSONAS, _PERSONA_SHARE)
        place = one.place if dice.chance(0.8) else dice.pick(names.PLACES[territory])
        day = max(0.0, one.since) + (0 if number < 2 else dice.between(0, 400))
        made_at = firm.instant(min(day, p.HISTORY_DAYS - 30) + 0.4)
        found.append(
            Contact(
                firm.ids.at(made_at, f"contact/{one.number}/{number}"), one.id, one.access, first, last, title,
                persona, f"{local}@{one.domain}", names.telephone(place, dice) if dice.chance(0.7) else None,
                place.country, place.time_zone, place.jurisdiction, one.owner.id, p.SOURCE,
                f"C{one.number:06d}-{number}", made_at, made_at,
            )
        )  # fmt: skip
    return found


def account_row(firm: Firm, one: Client) -> Account:
    """The client as it stands in the books today."""
    opened = firm.instant(max(one.since, 0) + 0.35)
    changed = firm.instant(p.HISTORY_DAYS - 1 - one.dice.exponential(60) % 300)
    return Account(
        one.id, one.access, one.name.short, one.name.short.casefold(), one.name.legal, one.segment.key,
        "buy side" if one.segment.key != "prop_firm" else "principal trading", one.relation, one.key_account,
        f"https://{one.domain}", one.place.country, p.TERRITORIES[one.territory], one.place.city,
        firm.on(-one.dice.between(700, 9000)), one.staff, one.aum * 100 if one.segment.key != "prop_firm" else None,
        "USD" if one.segment.key != "prop_firm" else None, one.owner.id, p.SOURCE, f"A{one.number:06d}", opened,
        max(opened, changed),
    )  # fmt: skip


def consents(firm: Firm, one: Client) -> tuple[list[Consent], list[NoContact]]:
    """Who may be written to, on which ground, and who asked not to be."""
    dice, given, refused = one.dice, [], []
    for number, contact in enumerate(one.contacts):
        if dice.chance(0.06):
            continue  # never asked: nothing on file
        strict = contact.jurisdiction in ("EU", "CH", "CA")
        state = dice.weighted(
            ("legitimate_interest", "granted", "withdrawn"),
            (0.55, 0.41, 0.04) if strict else (0.82, 0.14, 0.04),
        )
        day = dice.between(200, p.HISTORY_DAYS - 5)
        at = max(firm.instant(day + 0.5), contact.created_at)
        basis = {
            "legitimate_interest": "balancing test of the segment, reviewed by compliance",
            "granted": dice.pick(
                ("form on the web site", "business card at an event", "said so in a meeting")
            ),
            "withdrawn": "asked by e-mail not to be written to",
        }[state]
        until = firm.on(p.HISTORY_DAYS + dice.between(30, 700)) if state == "granted" else None
        key = f"{one.number}/{number}"
        given.append(
            Consent(firm.ids.at(at, f"consent/{key}"), one.id, one.access, contact.id, "email", state, basis, at, until,
                    p.SOURCE, f"K{key}")
        )  # fmt: skip
        if state == "withdrawn" and contact.email:
            refused.append(
                NoContact(firm.ids.at(at, f"no-contact/{key}"), one.id, one.access, "email", contact.email,
                          "asked not to be contacted", one.owner.id, p.SOURCE, f"N{key}")
            )  # fmt: skip
    return given, refused
