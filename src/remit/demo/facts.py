"""What is known of a client: filings, press, what its people said; each with source, place, quote and dates.

Kinds and the shape of their values follow the vocabulary of the evidence module, so that the writer can say them.
"""

from __future__ import annotations

from datetime import date, timedelta

from remit.demo import names
from remit.demo import parameters as p
from remit.demo.clients import Client, rounded
from remit.demo.deals import END, Deal
from remit.demo.firm import Firm
from remit.demo.tables import Fact

STRATEGIES = {
    "macro": ("global macro", "discretionary macro", "emerging-market macro", "rates relative value"),
    "long_short_equity": (
        "long/short equity",
        "market-neutral equity",
        "event-driven equity",
        "technology long/short",
    ),
    "quantitative": (
        "statistical arbitrage",
        "systematic futures",
        "short-term systematic equity",
        "factor investing",
    ),
    "multi_strategy": ("multi-strategy", "relative value", "merger arbitrage", "convertible arbitrage"),
    "credit": ("long/short credit", "distressed debt", "structured credit", "high-yield credit"),
    "asset_manager": ("global equity", "multi-asset income", "investment-grade credit", "sustainable equity"),
    "prop_firm": ("market making", "index arbitrage", "options market making", "futures spread trading"),
}
INSTRUMENTS = {
    "macro": ("interest-rate swaps", "FX forwards", "listed futures", "sovereign bonds"),
    "long_short_equity": ("cash equities", "equity swaps", "single-stock options", "index futures"),
    "quantitative": ("cash equities", "listed futures", "FX forwards", "ETFs"),
    "multi_strategy": ("equity swaps", "listed options", "convertible bonds", "credit default swaps"),
    "credit": ("corporate bonds", "leveraged loans", "credit default swaps", "bond ETFs"),
    "asset_manager": ("cash equities", "corporate bonds", "FX forwards", "ETFs"),
    "prop_firm": ("listed options", "index futures", "ETFs", "listed futures"),
}
NEEDS = {  # product → (topic, what they say they need, what they said)
    "oms": (
        ("allocations", "allocations split across prime brokers at order entry", "We split blocks by hand after the close, every day."),
        ("pre-trade compliance", "pre-trade checks across all funds", "Our limits live in three places and none of them stops an order."),
        ("order audit trail", "one audit trail from idea to fill", "The auditors asked for the order trail and it took us nine days."),
    ),
    "ems": (
        ("baskets", "basket trading across brokers from one screen", "The desk retypes baskets into four broker screens."),
        ("transaction cost analysis", "cost analysis per broker and strategy", "We cannot show which broker is cheaper for small caps."),
    ),
    "risk": (
        ("intraday exposure", "exposure during the day instead of overnight", "Risk arrives at seven in the morning and is old by ten."),
        ("stress tests", "stress tests that a portfolio manager can run", "Every stress run is a ticket to two people."),
        ("shadow book", "a shadow book against the administrator", "We found a break from March in June."),
    ),
    "data": (
        ("entitlements", "entitlements and usage in one report", "We pay for forty seats and nobody knows who uses them."),
        ("historical ticks", "clean tick history for research", "Half of our research time is cleaning ticks."),
    ),
    "clearing": (
        ("intraday margin", "intraday margin that can be foreseen", "The margin call at two in the afternoon is always a surprise."),
    ),
    "prime": (
        ("locates", "faster locates for hard-to-borrow names", "By the time the locate comes back the trade is gone."),
        ("prime broker reporting", "one report over all prime brokers", "Month-end is four formats from four prime brokers."),
    ),
}  # fmt: skip
_PRESS = ("Buyside Ledger", "The Funds Bulletin", "Allocator Weekly", "Trading Desk Review")
_LAUNCHES = ("a Japan equity fund", "a systematic macro fund", "a European credit fund", "a second flagship fund",
             "an Asia long/short fund", "a UCITS fund", "an options volatility fund")  # fmt: skip
_ROLES = (
    "head of trading",
    "chief operating officer",
    "chief technology officer",
    "chief risk officer",
    "head of data",
)


class _Facts:
    """Collects the facts of one client."""

    def __init__(self, firm: Firm, one: Client) -> None:
        self.firm, self.one, self.found = firm, one, list[Fact]()

    def add(
        self, kind: str, value: str, day: float, *, subject: str = "", source: str, locator: str, quote: str,
        number: float | None = None, unit: str | None = None, dollars: int | None = None, valid_days: int | None = 400,
        sensitivity: str = "public", sayable: str = "public", contact: str | None = None, by: str | None = None,
    ) -> None:  # fmt: skip
        """One fact as of a day of the history; `valid_days` None = until replaced."""
        firm, one = self.firm, self.one
        at = firm.instant(max(0.0, min(day + 0.6, END - 0.2)))
        key = f"{one.number}/{len(self.found)}"
        self.found.append(
            Fact(
                firm.ids.at(at, f"fact/{key}"), one.id, one.access, contact, kind, subject, value,
                None if number is None else f"{number:g}", unit, None if dollars is None else dollars * 100,
                None if dollars is None else "USD", source, locator, quote, firm.on(day),
                None if valid_days is None else firm.on(day + valid_days), sensitivity, sayable, "live", None, by,
                p.SOURCE, f"F{key}", at,
            )
        )  # fmt: skip


def dollars_said(amount: int) -> str:
    """`$4.2bn`, `$350m`: as firms say it."""
    if amount >= 1_000_000_000:
        return f"${amount / 1e9:.1f}bn".replace(".0bn", "bn")
    return f"${amount / 1e6:.0f}m"


def facts(firm: Firm, one: Client, dealt: list[Deal]) -> list[Fact]:
    """Everything on file about one client, oldest kinds first."""
    made = _Facts(firm, one)
    _filing(made)
    _systems(made)
    _holdings(made)
    _news(made)
    _told(made, dealt)
    _internal(made, dealt)
    return made.found


def _filing(made: _Facts) -> None:
    one, dice, firm = made.one, made.one.dice, made.firm
    day = END - dice.between(40, 330)
    name = one.name.legal
    if one.segment.key != "prop_firm":
        before = rounded(one.aum * (0.7 + 0.5 * dice.roll()))
        for amount, when, valid in ((before, day - 365, 365), (one.aum, day, 460)):
            filed = firm.on(when)
            made.add(
                "aum", dollars_said(amount), when, source="Adviser filing", locator=f"{filed.year}, Item 5.F(2)(c)",
                quote=f"{name} reports regulatory assets under management of {dollars_said(amount)}.", dollars=amount,
                valid_days=valid,
            )  # fmt: skip
        for broker in dice.some(names.PRIME_BROKERS[:-1], dice.between(1, 4)):
            made.add("prime_broker", broker, day, source="Adviser filing", locator=f"{firm.on(day).year}, Schedule D, 7.B.(1)",
                     quote=f"Prime broker of the private fund: {broker}.", valid_days=460)  # fmt: skip
        for keeper in dice.some(names.CUSTODIANS, dice.between(1, 2)):
            made.add("custodian", keeper, day, source="Adviser filing", locator=f"{firm.on(day).year}, Schedule D, 7.B.(1)",
                     quote=f"Custodian of the private fund: {keeper}.", valid_days=460)  # fmt: skip
        keeper = dice.pick(names.ADMINISTRATORS)
        made.add("administrator", keeper, day, source="Adviser filing", locator=f"{firm.on(day).year}, Schedule D, 7.B.(1)",
                 quote=f"Administrator: {keeper}.", valid_days=460)  # fmt: skip
    traders = max(2, round(one.staff * 0.22))
    made.add("headcount", str(one.staff), day, source="Adviser filing", locator=f"{firm.on(day).year}, Item 5.A",
             quote=f"{one.staff} employees.", number=one.staff, unit="people", valid_days=460)  # fmt: skip
    if dice.chance(0.5):
        made.add("headcount", str(traders), day, subject="traders", source=f"{one.name.short} web site", locator="/team",
                 quote=f"A desk of {traders} traders.", number=traders, unit="people", valid_days=300)  # fmt: skip
    for strategy in dice.some(STRATEGIES[one.segment.key], dice.between(1, 2)):
        made.add("strategy", strategy, day, source=f"{one.name.short} web site", locator="/strategies",
                 quote=f"We run {strategy}.", valid_days=730)  # fmt: skip
    for instrument in dice.some(INSTRUMENTS[one.segment.key], dice.between(1, 3)):
        made.add("instrument", instrument, day, source=f"{one.name.short} web site", locator="/strategies",
                 quote=f"We trade {instrument}.", valid_days=730)  # fmt: skip


def _systems(made: _Facts) -> None:
    one, dice = made.one, made.one.dice
    for kind in dice.some(tuple(one.incumbents), dice.between(2, 4)):
        system, day = one.incumbents[kind], END - dice.between(10, 600)
        if dice.chance(0.55):
            contact = dice.pick(one.contacts)
            made.add("stack", system, day, subject=kind, source=f"Call with {contact.first_name} {contact.last_name}",
                     locator=f"call note of {made.firm.on(day)}", quote=f"For {kind} we run {system} today.",
                     sensitivity="internal", sayable="told_by_them", contact=contact.id, by=one.owner.id,
                     valid_days=540)  # fmt: skip
        else:
            made.add("stack", system, day, subject=kind, source=f"{one.name.short} careers page", locator="/careers",
                     quote=f"You will work with {system} every day.", valid_days=365)  # fmt: skip


def _holdings(made: _Facts) -> None:
    one, dice = made.one, made.one.dice
    if one.segment.key in ("prop_firm", "credit") or dice.chance(0.25):
        return
    positions = max(18, round(dice.lognormal(180, 0.8)))
    for quarter in _quarter_ends(made.firm.as_of - timedelta(days=48)):
        now = max(15, round(positions * (0.72 + 0.6 * dice.roll())))
        if abs(now - positions) / positions < 0.06:
            continue  # nobody writes about that
        verb = "rose" if now > positions else "fell"
        filed = END - (made.firm.as_of - quarter).days + dice.between(30, 45)
        made.add("holdings_change", f"{verb} from {positions} to {now}", filed, subject="reported positions",
                 source="Quarterly holdings report", locator=f"summary page, period to {quarter.isoformat()}",
                 quote=f"Number of positions: {now}; previous report: {positions}.", number=now - positions,
                 unit="positions", valid_days=135)  # fmt: skip
        positions = now


def _quarter_ends(last: date) -> list[date]:
    """The three quarter ends up to `last`, oldest first."""
    begin = date(last.year, (last.month - 1) // 3 * 3 + 1, 1)  # of the quarter under way
    found = []
    for _ in range(3):
        end = begin - timedelta(days=1)
        found.append(end)
        begin = date(end.year, end.month - 2, 1)
    return found[::-1]


def _news(made: _Facts) -> None:
    """Trigger events: a launch, a hire, a new office. Need is higher in the months after one."""
    one, dice = made.one, made.one.dice
    for _ in range(dice.count(0.5 + 1.2 * one.latent.need)):
        day, paper = END - 2 - dice.exponential(140) % 700, dice.pick(_PRESS)
        page = f"p. {dice.between(2, 28)}"
        kind = dice.weighted(("launch", "hire", "office"), (0.42, 0.36, 0.22))
        if kind == "launch":
            what = dice.pick(_LAUNCHES)
            made.add("launch", what, day, source=paper, locator=page,
                     quote=f"{one.name.short} is launching {what}.", valid_days=270)  # fmt: skip
        elif kind == "hire":
            role = dice.pick(_ROLES)
            who = f"{dice.pick(names.FIRST_NAMES)} {dice.pick(names.LAST_NAMES)}"
            made.add("hire", who, day, subject=role, source=paper, locator=page,
                     quote=f"{one.name.short} has named {who} {role}.", valid_days=270)  # fmt: skip
        else:
            city = dice.pick([each.city for places in names.PLACES.values() for each in places])
            made.add("office", city, day, source=paper, locator=page,
                     quote=f"{one.name.short} opens an office in {city}.", valid_days=365)  # fmt: skip


def _told(made: _Facts, dealt: list[Deal]) -> None:
    """What people of the client said in meetings on a deal: sayable to them, to nobody else."""
    one, dice = made.one, made.one.dice
    for deal in dealt:
        if len(deal.steps) < 2 or not dice.chance(0.6):
            continue
        topic, need, quote = dice.pick(NEEDS[p.PRODUCTS[deal.product].key])
        contact, day = one.contacts[deal.contact], deal.steps[1].begin
        made.add("need", need, day, subject=topic, source=f"Meeting with {contact.first_name} {contact.last_name}",
                 locator=f"meeting note of {made.firm.on(day)}", quote=quote, sensitivity="internal",
                 sayable="told_by_them", contact=contact.id, by=deal.owner.id, valid_days=540)  # fmt: skip


def _internal(made: _Facts, dealt: list[Deal]) -> None:
    """What Northlake keeps to itself: budgets heard in confidence, renewal dates, judgements."""
    one, dice = made.one, made.one.dice
    for deal in dealt:
        if len(deal.steps) < 3 or not dice.chance(0.35):
            continue
        day, ceiling = deal.steps[2].begin, int(round(deal.list_amount * (0.7 + 0.4 * one.latent.budget), -3))
        made.add("budget", dollars_said(ceiling) if ceiling >= 1_000_000 else f"${ceiling:,}", day,
                 subject=p.PRODUCTS[deal.product].name, source="Note of the account executive",
                 locator=f"deal note of {made.firm.on(day)}", quote=f"Budget for the year is about ${ceiling:,}, in confidence.",
                 dollars=ceiling, sensitivity="client_confidential", sayable="internal_only", by=deal.owner.id)  # fmt: skip
    if dice.chance(0.3):
        ends = made.firm.on(END + (one.latent.clock - made.firm.as_of.timetuple().tm_yday) % 365)
        made.add("contract_end", ends.isoformat(), END - dice.between(20, 200), subject="current OMS vendor",
                 source="Note of the account executive", locator="account note", quote=f"Contract ends on {ends}.",
                 sensitivity="internal", sayable="internal_only", by=one.owner.id, valid_days=365)  # fmt: skip
