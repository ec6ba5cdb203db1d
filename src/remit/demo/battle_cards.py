"""Battle cards: what Northlake knows of its competitors, line by line, with source, date and end; all of it invented.

Topics are those of Northlake's own capabilities, so that both stand side by side, and a few of the competitors' own. Some
lines have run out, some are for Northlake's eyes only, some are withdrawn: a note may say none of these (the manifest lists them).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from remit.demo import parameters as p
from remit.demo.firm import Firm
from remit.demo.spade import Spot
from remit.demo.tables import Fact

TOPICS: Final = {  # of Northlake's own capabilities, in the order of own_facts.CAPABILITIES
    "oms": ("allocation", "limit checks", "audit trail", "brokers by FIX", "reconciliation"),
    "ems": ("baskets", "cost analysis", "venues", "algorithms"),
    "risk": ("intraday exposure", "stress tests", "shadow book", "profit and loss"),
    "data": ("exchange feeds", "tick history", "entitlements"),
    "clearing": ("exchanges cleared", "margin before the trade", "margin calls"),
    "prime": ("locates", "reporting over prime brokers", "financing"),
}


class CardLine(NamedTuple):
    """One line. `age` and `valid` in days; `state` and `sayable` as in remit.facts."""

    competitor: str
    topic: str
    value: str
    source: str
    locator: str
    age: int
    valid: int = 365
    sayable: str = "public"
    state: str = "live"


_PAGE, _NOTES, _TALK = "product page", "release notes", "Win-loss talks, enablement summary"

LINES: Final = (
    CardLine("Veldmark", "allocation", "allocates each block to one prime broker", _PAGE, "/order-management", 64),
    CardLine("Veldmark", "limit checks", "checks limits per fund after the order is staged", _PAGE, "/compliance", 64),
    CardLine("Veldmark", "brokers by FIX", "carries orders to 85 brokers by FIX", _NOTES, "release 12.1, p. 3", 120),
    CardLine("Veldmark", "brokers by FIX", "carries orders to 60 brokers by FIX", _NOTES, "release 10.4, p. 2", 700),
    CardLine("Veldmark", "reconciliation", "reconciles positions with the administrator once a week", _PAGE, "/operations", 410, 300),
    CardLine("Veldmark", "upgrades", "installs upgrades twice a year", _NOTES, "release 12.1, p. 1", 120),
    CardLine("Veldmark", "delivery", "missed the delivery date at two of its clients", _TALK, "line 4", 80, 365, "internal_only"),
    CardLine("Veldmark", "audit trail", "loses order records when it restarts", "Slide deck of a former partner", "slide 7", 500, 900, "public", "withdrawn"),
    CardLine("Tradewell Axis", "baskets", "routes baskets to one broker at a time", _PAGE, "/execution", 91),
    CardLine("Tradewell Axis", "cost analysis", "sells its cost reports as a separate module", _PAGE, "/prices", 91),
    CardLine("Tradewell Axis", "venues", "connects to 44 venues in 12 countries", _NOTES, "version 8, p. 5", 150),
    CardLine("Tradewell Axis", "price", "undercuts our list price by a fifth", _TALK, "line 9", 70, 365, "internal_only"),
    CardLine("Corvid Systems", "intraday exposure", "recomputes exposure every 15 minutes", _PAGE, "/risk-engine", 58),
    CardLine("Corvid Systems", "stress tests", "runs 400 stress scenarios overnight", _PAGE, "/risk-engine", 58),
    CardLine("Corvid Systems", "order management", "offers no order management of its own", _PAGE, "/products", 58),
    CardLine("Corvid Systems", "shadow book", "builds a shadow book on request", _NOTES, "2.9, p. 4", 520, 365),
    CardLine("Ostrava Markets", "exchange feeds", "normalises feeds from 51 exchanges", _PAGE, "/coverage", 45),
    CardLine("Ostrava Markets", "tick history", "holds tick history since 2019", _PAGE, "/history", 45),
    CardLine("Ostrava Markets", "entitlements", "exports entitlements as a spreadsheet", _PAGE, "/administration", 200),
    CardLine("Pallas Prime", "locates", "answers locate requests within 10 minutes", _PAGE, "/stock-loan", 77),
    CardLine("Pallas Prime", "financing", "finances long positions overnight", _PAGE, "/financing", 77),
    CardLine("Pallas Prime", "minimum revenue", "asks small funds for a minimum revenue", _TALK, "line 2", 140, 365, "internal_only"),
    CardLine("Halcyon One", "allocation", "allocates by fixed shares per fund", _PAGE, "/allocations", 99),
    CardLine("Halcyon One", "size", "is built for up to 30 users", _PAGE, "/plans", 99),
    CardLine("Halcyon One", "audit trail", "keeps its order history for 90 days", _PAGE, "/plans", 99),
    CardLine("Meridian Clearing Group", "exchanges cleared", "clears listed derivatives on 24 exchanges", _PAGE, "/membership", 110),
    CardLine("Meridian Clearing Group", "margin calls", "calls margin once a day", "rule book, edition 4", "rule 6.2", 230),
)  # fmt: skip


def card_facts(firm: Firm, spots: list[Spot]) -> list[Fact]:
    """The lines as facts of the firm, recorded by enablement; those that a note may not say are told to `spots`."""
    owner = next(person for person in firm.people if person.role == "enablement").id
    found = []
    for number, line in enumerate(LINES):
        day = p.HISTORY_DAYS - line.age
        at = firm.instant(day)
        source = line.source if line.source[0].isupper() else f"{line.competitor} {line.source}"
        made = Fact(
            firm.ids.at(at, f"card/{number}"), None, None, None, "competitor", line.competitor, line.value, None, None, None, None,
            source, line.locator, f"{line.competitor} {line.value}.", firm.on(day), firm.on(day + line.valid),
            "public" if line.sayable == "public" else "internal", line.sayable, line.state, None, owner, p.SOURCE,
            f"CARD-{number:03d}", at, line.topic,
        )  # fmt: skip
        found.append(made)
        if why := _silent(line):
            spots.append(
                Spot(
                    "card_line_not_to_say",
                    "facts",
                    made.id,
                    "",
                    "",
                    f"{line.competitor}, {line.topic}: {why}",
                )
            )
    return found


def _silent(line: CardLine) -> str:
    if line.state != "live":
        return "withdrawn"
    if line.sayable != "public":
        return "for our eyes only"
    return "run out" if line.age > line.valid else ""
