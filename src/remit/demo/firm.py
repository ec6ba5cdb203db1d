"""Northlake Systems itself: its people, teams, territories, barrier, products, prices and competitors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from remit.demo import names
from remit.demo import parameters as p
from remit.demo.dice import Dice, Ids
from remit.demo.tables import At

DOMAIN: Final = "northlake.example"
DAY: Final = 86_400


class Person(NamedTuple):
    """One of Northlake's people or agents. `territories` are places in parameters.TERRITORIES."""

    id: str
    kind: str
    name: str
    email: str | None
    title: str
    role: str
    roles: tuple[str, ...]
    reach: str
    team: str
    territories: tuple[int, ...]
    admitted: bool  # behind the information barrier
    manager_id: str | None
    owner_id: str | None
    time_zone: str
    skill: float  # hidden: about −2 to 2


class Group(NamedTuple):
    """An access group: a territory, with or without the barrier."""

    territory: int
    barrier: bool


ACCESS: Final = (
    *(Group(place, False) for place in range(len(p.TERRITORIES))),
    Group(0, True),
    Group(2, True),
)
"""Access groups in the order in which rows refer to them, counted from 1."""

# name, role, title, territories, admitted; the cast of our tests works here: Alice owns, Bob helps, Charlie is outside
_REPS: Final = (
    ("Alice Hartwell", "ae", (0,), True), ("Bob Okafor", "se", (0,), True), ("Charlie Lindqvist", "ae", (2,), False),
    ("Marisol Vega", "ae", (0,), False), ("Devin Calloway", "ae", (0,), False), ("Priya Raman", "ae", (0,), False),
    ("Tomas Reinholt", "se", (0,), False), ("Janelle Pritchard", "sdr", (0,), False), ("Owen Laidlaw", "sdr", (0,), False),
    ("Nia Abara", "sdr", (0,), False), ("Imogen Fairweather", "ae", (1,), False), ("Callum Stirling", "ae", (1,), False),
    ("Harriet Grieve", "se", (1,), False), ("Rory Keane", "sdr", (1,), False), ("Saoirse Donnelly", "sdr", (1,), False),
    ("Elif Brandt", "ae", (2,), True), ("Matteo Locatelli", "se", (2,), False), ("Ingrid Haraldsen", "se", (2,), False),
    ("Lucie Delacroix", "sdr", (2,), False), ("Jonas Vogel", "sdr", (2,), False), ("Mei Lim", "ae", (3,), False),
    ("Kenji Hayashi", "ae", (3,), False), ("Anjali Mukherjee", "se", (3,), False), ("Grace Yeo", "sdr", (3,), False),
)  # fmt: skip
_TITLE: Final = {
    "sdr": "Sales Development Representative",
    "ae": "Account Executive",
    "se": "Solutions Engineer",
}
_MANAGERS: Final = (
    ("Rebecca Thorne", (0,), True, "Sales Manager, Americas"),
    ("Gareth Seymour", (1, 2), False, "Sales Manager, Europe"),
    ("Hiro Takeda", (3,), False, "Sales Manager, Asia-Pacific"),
)
_OTHERS: Final = (  # name, role, title, reach, admitted; the deal desk is revenue operations, as to what it may do
    ("Sylvia Marchetti", "vp", "VP Sales", "all", False),
    ("Nadia Forsyth", "compliance", "Chief Compliance Officer", "all", True),
    ("Peter Quigley", "compliance", "Compliance Officer", "all", False),
    ("Hannah Weller", "enablement", "Head of Sales Enablement", "all", False),
    ("Oscar Mendes", "operations", "Revenue Operations", "all", False),
    ("Dana Whitlock", "operations", "Deal Desk", "all", False),
    ("Ruth Holloway", "governance", "Revenue Governance Board", "all", False),
    ("Simon Castellano", "finance", "Finance Director", "all", False),
    ("Lydia Renshaw", "legal", "General Counsel", "all", True),
    ("Emeka Osei", "delivery", "Head of Client Delivery", "all", False),
    ("Yara Dietrich", "engineering", "Head of Engineering", "none", False),
    ("Adam Pereira", "admin", "IT Administrator", "none", False),
)
AGENTS: Final = (  # name, the person it works for
    ("Robo", "Alice Hartwell"), ("Robo for Charlie", "Charlie Lindqvist"), ("Robo for Marisol", "Marisol Vega"),
    ("Robo for Imogen", "Imogen Fairweather"), ("Robo for Mei", "Mei Lim"),
)  # fmt: skip
_ZONES: Final = ("America/New_York", "Europe/London", "Europe/Berlin", "Asia/Singapore")
TEAMS: Final = ("Americas", "Europe", "Asia-Pacific", "Head office")
_TEAM_OF: Final = (0, 1, 1, 2)


class Product(NamedTuple):
    id: str
    name: str
    family: str
    description: str


class Price(NamedTuple):
    id: str
    product_id: str
    unit: str
    price_minor: int
    price_currency: str
    valid_from_on: date
    valid_until_on: date | None
    generation: int


class Competitor(NamedTuple):
    id: str
    name: str
    name_key: str
    website: str
    notes: str


@dataclass(frozen=True)
class Firm:
    """Everything of Northlake that accounts refer to. The same for the same seed, day and scale."""

    seed: int
    as_of: date
    scale: float

    @cached_property
    def ids(self) -> Ids:
        """Ids of this simulation."""
        return Ids(self.seed, p.VERSION)

    @cached_property
    def epoch(self) -> int:
        """Unix seconds at midnight UTC of the first day of the history."""
        first = self.as_of - timedelta(days=p.HISTORY_DAYS)
        return (first.toordinal() - date(1970, 1, 1).toordinal()) * DAY

    def instant(self, day: float) -> At:
        """The instant `day` days after the history's beginning, cut to whole minutes."""
        return At(self.epoch + int(day * 1440) * 60)

    def on(self, day: float) -> date:
        """The date `day` days after the history's beginning."""
        return self.as_of + timedelta(days=int(day // 1) - p.HISTORY_DAYS)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Managers and head office first, then reps, then agents: nobody refers forward."""
        found = [self._manager(row, self._id("person", row[0])) for row in _MANAGERS]
        vp = self._id("person", "Sylvia Marchetti")
        found = [person._replace(manager_id=vp) for person in found]
        for name, role, title, reach, admitted in _OTHERS:
            found.append(
                self._person(
                    name, role, title, reach=reach, admitted=admitted, team=TEAMS[3],
                    manager_id=None if role in ("vp", "governance", "compliance") else vp,
                )
            )  # fmt: skip
        reps = [self._rep(name, role, places, admitted, found) for name, role, places, admitted in _REPS]
        reps += self._further_reps(len(reps), found)
        by_name = {person.name: person for person in reps}
        agents = [self._agent(name, by_name[owner]) for name, owner in AGENTS]
        return (*found, *reps, *agents)

    @cached_property
    def reps(self) -> dict[tuple[str, int], tuple[Person, ...]]:
        """Reps by (role, territory)."""
        found: dict[tuple[str, int], list[Person]] = {}
        for person in self.people:
            if person.role in ("sdr", "ae", "se") and person.kind == "person":
                found.setdefault((person.role, person.territories[0]), []).append(person)
        return {key: tuple(each) for key, each in found.items()}

    @cached_property
    def products(self) -> tuple[Product, ...]:
        """In the order of parameters.PRODUCTS."""
        return tuple(
            Product(self._id("product", each.key), each.name, each.family, each.description)
            for each in p.PRODUCTS
        )

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        """Three generations of each product's list price; the last has no end."""
        starts = [self.as_of + timedelta(days=days) for days in p.PRICE_STARTS]
        ends = [starts[1] - timedelta(days=1), starts[2] - timedelta(days=1), None]
        return tuple(
            Price(
                self._id("price", f"{each.key}:{generation}"), self._id("product", each.key), each.unit,
                self.list_price(number, generation) * 100, "USD", starts[generation - 1], ends[generation - 1], generation,
            )
            for number, each in enumerate(p.PRODUCTS)
            for generation in (1, 2, 3)
        )  # fmt: skip

    def list_price(self, product: int, generation: int) -> int:
        """Whole dollars a unit, to ten dollars."""
        return round(p.PRODUCTS[product].price * p.PRICE_FACTORS[generation - 1] / 10) * 10

    def generation_on(self, day: float) -> int:
        """Which price list was in force on a day of the history (1–3)."""
        ago = day - p.HISTORY_DAYS
        return 1 + (ago >= p.PRICE_STARTS[1]) + (ago >= p.PRICE_STARTS[2])

    @cached_property
    def competitors(self) -> tuple[Competitor, ...]:
        """The firms that Northlake meets in deals."""
        return tuple(
            Competitor(
                self._id("competitor", name), name, name.casefold(),
                f"https://{names.ascii_lower(name.replace(' ', '-'))}.example", notes,
            )
            for name, notes in names.COMPETITORS
        )  # fmt: skip

    def _id(self, kind: str, key: str) -> str:
        return self.ids.at(self.epoch, f"{kind}/{key}")

    def _person(
        self,
        name: str,
        role: str,
        title: str,
        *,
        reach: str = "own",
        admitted: bool = False,
        team: str,
        territories: tuple[int, ...] = (),
        manager_id: str | None,
    ) -> Person:
        skill = max(-1.6, min(1.6, Dice(self.seed, "skill of", name).normal()))
        email = f"{names.ascii_lower(name.replace(' ', '.'))}@{DOMAIN}"
        zone = _ZONES[territories[0]] if territories else _ZONES[0]
        return Person(
            self._id("person", name), "person", name, email, title, role, (role,), reach, team, territories,
            admitted, manager_id, None, zone, round(skill, 3),
        )  # fmt: skip

    def _manager(self, row: tuple[str, tuple[int, ...], bool, str], _: str) -> Person:
        name, places, admitted, title = row
        return self._person(
            name, "manager", title, admitted=admitted, team=TEAMS[_TEAM_OF[places[0]]], territories=places, manager_id=None
        )  # fmt: skip

    def _rep(
        self, name: str, role: str, places: tuple[int, ...], admitted: bool, above: list[Person]
    ) -> Person:
        manager = next(person for person in above if places[0] in person.territories)
        return self._person(
            name, role, _TITLE[role], admitted=admitted, team=TEAMS[_TEAM_OF[places[0]]], territories=places,
            manager_id=manager.id,
        )  # fmt: skip

    def _further_reps(self, there: int, above: list[Person]) -> list[Person]:
        wanted = round(p.REPS_AT_SCALE_1 * max(1.0, self.scale) ** 0.5)
        found = []
        for number in range(there, wanted):
            dice = Dice(self.seed, "rep", number)
            _, role, places, _ = _REPS[number % len(_REPS)]
            # a number in the name keeps it, and the address made from it, unlike all others
            name = f"{dice.pick(names.FIRST_NAMES)} {dice.pick(names.LAST_NAMES)} {number}"
            found.append(self._rep(name, role, places, False, above))
        return found

    def _agent(self, name: str, owner: Person) -> Person:
        return Person(
            self._id("agent", name), "agent", name, None, "Research and outreach agent", "agent", (), "own", owner.team,
            (), False, None, owner.id, owner.time_zone, 0.0,
        )  # fmt: skip
