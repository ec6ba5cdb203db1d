"""What every maker of deliberate dirt works with: the client, its rows, and the list of what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import Deal
from remit.demo.firm import Firm
from remit.demo.tables import Activity

Row = tuple[object, ...]


class Spot(NamedTuple):
    """One piece of dirt: the row that carries it, whose territory it lies in, and what is true instead."""

    kind: str
    table: str
    id: str
    account_id: str
    territory: str
    truth: str


class Spade:
    """What the makers of dirt need: the client, its rows (changed in place) and where to report."""

    def __init__(
        self, firm: Firm, one: Client, dealt: list[Deal], rows: list[Row], spots: list[Spot]
    ) -> None:
        self.firm, self.one, self.dealt, self.rows, self.spots = firm, one, dealt, rows, spots
        self.made = 0

    def spot(self, kind: str, table: str, row_id: str, truth: str) -> None:
        """Report one piece."""
        self.spots.append(Spot(kind, table, row_id, self.one.id, p.TERRITORIES[self.one.territory], truth))

    def activity(self, day: float, kind: str, direction: str | None, subject: str, body: str) -> str:
        """A further activity with the first contact; returns its id."""
        one, at = self.one, self.firm.instant(day)
        self.made += 1
        key = f"{one.number}/dirt/{self.made}"
        made = self.firm.ids.at(at, f"activity/{key}")
        self.rows.append(
            Activity(made, at, one.id, one.access, kind, direction, subject, body, one.contacts[0].id, None, one.owner.id,
                     None, "received" if direction == "in" else None, None, None, p.SOURCE, f"T{key}", at, at)
        )  # fmt: skip
        return made

    def place(self, kind: type[Row], wanted: Callable[[Row], bool] = lambda _: True) -> int | None:
        """Place of the first row of a type that is wanted; None when there is none."""
        return next((spot for spot, row in enumerate(self.rows) if type(row) is kind and wanted(row)), None)
