"""The whole simulation as batches of rows: pure, in any order of clients, the same bytes for the same seed and day."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from remit.demo import (
    activities,
    battle_cards,
    campaigns,
    cards,
    clients,
    coming,
    deals,
    dirt,
    facts,
    leads,
    ledger,
    own_facts,
    papers,
    pilot,
    rfps,
    use,
)
from remit.demo import parameters as p
from remit.demo.firm import Firm
from remit.demo.papers import Expected
from remit.demo.spade import Spot
from remit.demo.tables import TABLES, Answer, Document, Fact, copy_lines

BATCH: Final = 250  # clients whose rows are in memory at once

Rows = dict[type[tuple[object, ...]], list[tuple[object, ...]]]


@dataclass
class Summary:
    """What came out so far: rows per table, the digest over all of them in order, the dirt, who used AI when, what documents hold."""

    seed: int
    as_of: date
    scale: float
    counts: Counter[str] = field(default_factory=Counter)
    dirt: list[Spot] = field(default_factory=list)
    use: use.Weeks = field(default_factory=use.Weeks)
    expected: list[Expected] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of every row so far, table by table and batch by batch, in COPY's text format."""
        return self._digest.hexdigest()

    def take(self, table: str, rows: int, text: str) -> None:
        """Count and digest the rows of one table of one batch."""
        self.counts[table] += rows
        self._digest.update(f"{table}\n".encode())
        self._digest.update(text.encode())


def firm_of(seed: int, as_of: date, scale: float) -> Firm:
    """Northlake for a seed, the day after its history and a scale. Raises ValueError for a scale of nothing."""
    if not 0 < scale <= 1000:
        raise ValueError("the scale lies above 0 and at most at 1000")
    return Firm(seed, as_of, scale)


def account_count(scale: float) -> int:
    """How many clients a scale has."""
    return max(8, round(p.ACCOUNTS * scale))


def batches(firm: Firm, summary: Summary) -> Iterator[dict[str, str]]:
    """Text for COPY by table, a batch of clients at a time, tables in the order of foreign keys."""
    own: Rows = {kind: [] for kind in TABLES}
    own[Fact] += [*own_facts.own_facts(firm), *battle_cards.card_facts(firm, summary.dirt)]
    own[Document] += (published := cards.battle_cards(firm, summary.expected))
    summary.papers += published
    own[Answer] += rfps.answers(firm)
    yield _text(own, summary)
    total = account_count(firm.scale)
    for first in range(0, total, BATCH):
        rows: Rows = {kind: [] for kind in TABLES}
        for number in range(first, min(first + BATCH, total)):
            for row in client_rows(firm, number, summary):
                rows[type(row)].append(row)
        yield _text(rows, summary)


def client_rows(firm: Firm, number: int, summary: Summary) -> list[tuple[object, ...]]:
    """Every row of one client, dirt included (told to `summary`)."""
    one = clients.client(firm, number)
    born: list[tuple[float, str]] = []
    received = leads.lead_rows(firm, one, born)
    dealt = deals.deals(firm, one, born)
    place = {lead.id: spot for spot, lead in enumerate(received)}
    if any(deal.outcome == p.WON for deal in dealt):
        one.relation = "customer"
    found: list[tuple[object, ...]] = []
    for deal in dealt:
        opportunity, moves, snapshots, seats = ledger.rows(firm, one, deal, place, received)
        found += [opportunity, *moves, *snapshots, *seats]
    given, refused = clients.consents(firm, one)
    account = clients.account_row(firm, one)
    found = [account, *one.contacts, *received, *found]
    known = facts.facts(firm, one, dealt)
    found += [*activities.activities(firm, one, dealt), *known, *given, *refused]
    # made from what is true: the dirt of the books is not in what others wrote
    written = papers.papers(firm, one, known, summary.expected)
    summary.papers += written
    found = dirt.soil(firm, one, dealt, found, summary.dirt)
    used = [*use.use_rows(firm, one, found, account_count(firm.scale)), *pilot.pilot_rows(firm, one, found)]
    summary.use.take(used)
    return [
        *found,
        *used,
        *coming.meetings(firm, one, dealt),
        *written,
        *rfps.answered(firm, one),
        *campaigns.members(firm, one),
    ]


def _text(rows: Rows, summary: Summary) -> dict[str, str]:
    made = {}
    for kind, table in TABLES.items():
        if rows[kind]:
            made[table] = copy_lines(rows[kind])
            summary.take(table, len(rows[kind]), made[table])
    return made
