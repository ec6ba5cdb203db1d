"""What Northlake may say of itself: approved capabilities and published results, with page and wording.

Claims that were once made and are false stand here too, withdrawn: nobody may say them (the manifest lists them).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from remit.demo import parameters as p
from remit.demo.battle_cards import TOPICS
from remit.demo.firm import Firm
from remit.demo.tables import Fact

FIRM_NAME: Final = "Northlake Systems"  # signs every message
# third person, so that «Northlake OMS» + value is a sentence
CAPABILITIES: Final = {
    "oms": (
        "splits a block across prime brokers at order entry",
        "checks limits over all funds before an order leaves the desk",
        "keeps one audit trail from idea to fill",
        "carries orders to 140 brokers by FIX",
        "reconciles positions with the administrator every morning",
    ),
    "ems": (
        "routes baskets to several brokers from one screen",
        "compares the cost of each broker by strategy and size",
        "connects to 61 venues in 24 countries",
        "works with the client's own algorithms",
    ),
    "risk": (
        "recomputes exposure within 30 seconds of a fill",
        "runs 240 stress scenarios that a portfolio manager can change",
        "keeps a shadow book against the administrator",
        "shows profit and loss by fund, desk and strategy during the day",
    ),
    "data": (
        "normalises feeds from 38 exchanges",
        "holds tick history since 2009",
        "reports entitlements and usage by person",
    ),
    "clearing": (
        "clears listed derivatives on 11 exchanges",
        "shows the margin of a trade before it is sent",
        "calls margin by an intraday schedule that is known a day ahead",
    ),
    "prime": (
        "answers locate requests within 90 seconds on average",
        "reports positions over several prime brokers in one format",
        "finances long positions overnight and to term",
    ),
}
PROOFS: Final = (
    ("oms", "cut allocation breaks by 38% at a macro fund in {year}"),
    ("oms", "went live at a credit fund within 11 weeks in {year}"),
    ("ems", "lowered trading cost by 1.9 basis points at an equity fund in {year}"),
    ("risk", "replaced overnight reports at a multi-strategy fund in {year}"),
    ("risk", "cut month-end close from 6 days to 2 at a credit fund in {year}"),
    ("data", "saved 22% of data spend at a quantitative fund in {year}"),
    ("clearing", "reduced margin calls after noon by 70% at a prop firm in {year}"),
    ("prime", "onboarded a new fund in 19 days in {year}"),
)
ROADMAP: Final = (
    ("oms", "will support fixed-income list trading in the second half of next year"),
    ("risk", "will add climate scenarios next year"),
    ("prime", "plans a Tokyo desk"),
)
# what connects to what: product, component, verb phrase
INTEGRATIONS: Final = (
    ("oms", "OMS", "imports open orders and allocations from another OMS by file or FIX 4.4"),
    ("oms", "EMS", "sends orders to an EMS over FIX 4.2 or 4.4 and takes fills back as they happen"),
    ("ems", "OMS", "takes orders from an OMS over FIX 4.2, 4.4 or 5.0"),
    ("ems", "EMS", "shares an order book with another EMS by drop copy over FIX 4.4"),
    ("oms", "PMS", "reads start-of-day positions from a PMS by SFTP file or REST"),
    ("risk", "PMS", "exports its positions to a PMS by SFTP file every hour"),
    ("risk", "risk system", "exports positions and greeks to another risk system over REST"),
    ("data", "market data", "takes other vendors' feeds through its normaliser and republishes them"),
    ("oms", "custodian", "sends settlement instructions to a custodian as SWIFT MT54x or by SFTP"),
    (
        "oms",
        "prime broker",
        "sends allocations to a prime broker over FIX 4.4 and reads back the position file",
    ),
    ("prime", "prime broker", "reads other prime brokers' position files by SFTP before the open"),
    ("risk", "administrator", "reads the administrator's NAV and position files by SFTP"),
    ("clearing", "OMS", "gives cleared trades up to an OMS over FIX 4.4"),
)
PLATFORM: Final = "Northlake platform"
ASSURANCES: Final = (
    ("encryption", "encrypts data in transit with TLS 1.3 and at rest with AES-256"),
    ("access", "takes sign-on from the client's identity provider over SAML 2.0 or OIDC"),
    ("access logs", "keeps access logs for seven years in storage that cannot be rewritten"),
    ("continuity", "runs in two sites and tests the switch twice a year"),
    ("testing", "has an outside firm test it for intrusion once a year"),
    ("data location", "stores client data in the region that the contract names"),
    ("incidents", "tells clients of a security incident within 24 hours of confirming it"),
)
FALSE: Final = (  # withdrawn: never true, once said
    ("ems", "guarantees execution in under one microsecond"),
    ("oms", "is certified by every regulator in Europe"),
    ("risk", "predicts drawdowns with 99% accuracy"),
    ("prime", "never recalls a borrowed stock"),
)


def own_facts(firm: Firm) -> list[Fact]:
    """Firm-wide facts: no account, no access group, visible to all staff."""
    product = {each.key: each.name for each in p.PRODUCTS} | {"name": "name", "platform": PLATFORM}
    owner = next(person for person in firm.people if person.role == "enablement").id
    found: list[Fact] = []

    def add(
        kind: str, key: str, value: str, age: int, valid: int, source: str, locator: str, *,
        sayable: str = "public", state: str = "live", quote: str = "", topic: str = "",
    ) -> None:  # fmt: skip
        day = p.HISTORY_DAYS - age
        at = firm.instant(day)
        number = len(found)
        found.append(
            Fact(
                firm.ids.at(at, f"own-fact/{number}"), None, None, None, kind, product[key], value, None, None, None, None,
                source, locator, quote or f"{product[key]} {value}.", firm.on(day), firm.on(day + valid),
                "public" if sayable == "public" else "internal", sayable, state, None, owner, p.SOURCE,
                f"OWN-{number:03d}", at, topic,
            )
        )  # fmt: skip

    add("firm", "name", FIRM_NAME, 900, 3650, "Register of companies", "entry 1", quote=f"{FIRM_NAME}.")
    for key, values in CAPABILITIES.items():
        for number, value in enumerate(values):
            add("capability", key, value, 60 + 13 * number, 365, f"{product[key]} product sheet, edition 7",
                f"p. {2 + number}, section {number + 1}", topic=TOPICS[key][number])  # fmt: skip
    for number, (key, value) in enumerate(PROOFS):
        age = 90 + 40 * number
        add("proof", key, value.format(year=firm.on(p.HISTORY_DAYS - age - 60).year), age, 540,
            "Customer results, approved for use", f"case {number + 1}")  # fmt: skip
    for number, (key, value) in enumerate(ROADMAP):
        add("roadmap", key, value, 50, 300, "Product roadmap", f"line {number + 1}", sayable="internal_only")
    add("capability", "oms", "carries orders to 95 brokers by FIX", 800, 365, "Northlake OMS product sheet, edition 5", "p. 5",
        topic="brokers by FIX")  # fmt: skip
    for number, (key, value) in enumerate(FALSE):
        add(
            "capability",
            key,
            value,
            500,
            900,
            "Slide deck of a former partner",
            f"slide {number + 3}",
            state="withdrawn",
        )
    _connections(add)
    return found


def _connections(add: Callable[..., None]) -> None:
    """What connects to what, and what may be said of security."""
    for number, (key, topic, value) in enumerate(INTEGRATIONS):
        add("integration", key, value, 75, 365, f"{FIRM_NAME} interface list, edition 11", f"line {number + 1}", topic=topic)  # fmt: skip
    for number, (topic, value) in enumerate(ASSURANCES):
        add("assurance", "platform", value, 100, 365, "Security statements, approved for use", f"line {number + 1}", topic=topic)  # fmt: skip
