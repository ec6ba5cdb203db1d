"""Who may see which client, worked out from the simulation's truth in Python: the answer sheet for the database.

Nothing here is SQL. A test compares this with what row-level security shows each person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from remit.demo.firm import ACCESS, Firm, Person
from remit.demo.tables import Account, Seat


@dataclass
class Books:
    """The accounts and deal-team seats of a simulation: `groups` maps account to access group (counted from 1)."""

    groups: dict[str, int] = field(default_factory=dict)
    seats: dict[str, set[str]] = field(default_factory=dict)  # person → accounts

    def take(self, rows: Iterable[object]) -> None:
        """Note the rows of one client."""
        for row in rows:
            if isinstance(row, Account):
                self.groups[row.id] = row.access_id
            elif isinstance(row, Seat):
                self.seats.setdefault(row.person_id, set()).add(row.account_id)


def visible_accounts(person: Person, books: Books) -> set[str]:
    """Accounts that `person` may see: by territory or office, by a seat in a deal team; never through a barrier."""
    seated = books.seats.get(person.id, set())
    found = set()
    for account, number in books.groups.items():
        group = ACCESS[number - 1]
        if group.barrier and not person.admitted:
            continue
        by_office = person.reach == "all" or (person.reach == "own" and group.territory in person.territories)
        by_seat = person.reach != "none" and account in seated
        if by_office or by_seat:
            found.add(account)
    return found


def expected(firm: Firm, books: Books) -> dict[str, set[str]]:
    """Visible accounts by person id. An agent by itself sees nothing: it looks through its owner's eyes."""
    return {person.id: visible_accounts(person, books) for person in firm.people}
