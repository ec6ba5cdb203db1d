"""Battle cards of Northlake: how to answer one competitor, dated; the card of last year is superseded by this year's."""

from __future__ import annotations

from typing import Final

from remit.demo import names
from remit.demo.deals import END
from remit.demo.firm import Firm
from remit.demo.papers import Expected, document
from remit.demo.tables import Document

_OLD: Final = (
    "connects to fewer than 20 brokers",
    "has no office in Asia",
    "publishes no price list",
    "charges for each report",
)
_NEW: Final = ("connects to 45 brokers since its release of spring", "has opened an office in Singapore", "publishes its price list", "includes twelve reports")  # fmt: skip


def battle_cards(firm: Firm, expected: list[Expected]) -> list[Document]:
    """Two cards a competitor, the older superseded; what the older alone says is expected to be said no more."""
    by = next(person for person in firm.people if person.role == "enablement").id
    found = []
    for place, (name, notes) in enumerate(names.COMPETITORS):
        old, new = _OLD[place % len(_OLD)], _NEW[place % len(_NEW)]
        before, now = (
            document(firm, f"card/{place}/{day}", "battle_card", f"Battle card: {name} ({firm.on(END - day).year})",
                     f"{name}\nAs of {firm.on(END - day).isoformat()}\n{notes}\n{name} {said}.\nAsk: how many brokers, which reports, which exchanges?\n",
                     END - day, "Enablement", by)
            for day, said in ((420 + place, old), (60 + place, new))
        )  # fmt: skip
        before = before._replace(state="superseded", replaced_by=now.id, closed_reason="a newer card")
        found += [now, before]
        line = f"{name} {old}."
        expected.append(
            Expected(
                "superseded", before.id, None, "", before.text.find(line), line, {"instead": f"{name} {new}."}
            )
        )
    return found
