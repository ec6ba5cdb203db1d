"""Documents about clients, written from the truth: adviser filings, holdings, annual reports, calls, notes, news, pastes.

Each says what the facts on file say, so that what Remit reads out of it can be compared (`demo/judge.py`). Which client
gets which kind is fixed by its number; only the first CAP clients have any, at whatever scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from remit.demo import hostile_papers
from remit.demo import parameters as p
from remit.demo.clients import Client
from remit.demo.deals import END
from remit.demo.dice import Dice
from remit.demo.facts import NEEDS, dollars_said
from remit.demo.firm import Firm
from remit.demo.tables import Document, Fact, day_said
from remit.domains.documents.holdings import as_text
from remit.knowledge.filings.model import Cover, Holding, Report

CAP: Final = 420
ISSUERS: Final = (
    "Quillon Robotics", "Brasswell Foods", "Tarn Semiconductors", "Oldmere Rail", "Veyra Biologics", "Coppice Energy", "Lantern Payments",
    "Harrow Aerospace", "Mistral Shipping", "Sablewood Retail", "Ninefold Software", "Pell Chemicals", "Arkwright Tools", "Dune Solar",
    "Fenwick Insurance", "Gantry Logistics", "Ironbrook Steel", "Juniper Vale Hotels", "Kelvane Pharma", "Larkspur Media", "Moorgate Homes",
    "Norrland Timber", "Orrin Networks", "Piermont Water", "Redfern Motors", "Silverbeck Gold", "Tolland Glass", "Umbria Fashion",
)  # fmt: skip


class Expected(NamedTuple):
    """What a reader of one document should find. `text` stands in it at `start` (−1: in its title); `outcome` says what should come of it.

    `kind`: figure · commitment · confidential · order · false_capability · superseded.
    """

    kind: str
    document_id: str
    account_id: str | None
    territory: str
    start: int
    text: str
    outcome: dict[str, str]


class Desk:
    """Where the makers put their documents: the client, chance of their own, and the list of what is to be found."""

    def __init__(self, firm: Firm, one: Client, facts: Sequence[Fact], expected: list[Expected]) -> None:
        self.firm, self.one, self.facts, self.expected = firm, one, facts, expected
        # a stream of their own: documents change no other row
        self.dice = Dice(firm.seed, "papers", one.number)
        self.made: list[Document] = []

    def put(
        self,
        kind: str,
        title: str,
        text: str,
        day: float,
        *,
        source: str,
        accession: str | None = None,
        ended: float | None = None,
    ) -> str:
        """One document as of a day of the history; returns its id."""
        made = document(
            self.firm,
            f"{self.one.number}/{len(self.made)}",
            kind,
            title,
            text,
            day,
            source,
            self.one.owner.id,
            accession,
            ended,
        )
        self.made.append(made._replace(account_id=self.one.id, access_id=self.one.access))
        return made.id

    def expect(self, kind: str, text: str, **outcome: str) -> None:
        """Something to be found in the document put last."""
        last = self.made[-1]
        start = last.text.find(text)
        if start < 0 and text != last.title:
            raise ValueError(f"{text!r} does not stand in {last.title!r}")
        self.expected.append(
            Expected(kind, last.id, self.one.id, p.TERRITORIES[self.one.territory], start, text, outcome)
        )


def document(
    firm: Firm, key: str, kind: str, title: str, text: str, day: float, source: str, by: str, accession: str | None = None, ended: float | None = None,
) -> Document:  # fmt: skip
    """A row of the documents, about nobody yet."""
    at = firm.instant(max(0.0, min(day + 0.7, END - 0.1)))
    return Document(
        firm.ids.at(at, f"document/{key}"), None, None, kind, title, source, accession, firm.on(day), None if ended is None else firm.on(ended),
        text, sha256(text.encode()).hexdigest(), "live", None, "", by, at,
    )  # fmt: skip


def papers(firm: Firm, one: Client, facts: Sequence[Fact], expected: list[Expected]) -> list[Document]:
    """The documents of one client; what is to be found in them goes to `expected`."""
    if one.number >= CAP:
        return []
    desk = Desk(firm, one, facts, expected)
    for every, offset, make in _MAKERS:
        if (one.number + offset) % every == 0:
            make(desk)
    return desk.made


def _accession(desk: Desk, year: int) -> str:
    return f"{9_000_000_000 + desk.one.number:010d}-{year % 100:02d}-{desk.dice.between(1, 999_999):06d}"


def _adviser(desk: Desk) -> None:
    one, firm = desk.one, desk.firm
    filed = [fact for fact in desk.facts if fact.source_name == "Adviser filing"]
    newest = max((fact.as_of_on for fact in filed), default=None)
    said = [fact for fact in filed if fact.as_of_on == newest and fact.quote]
    if newest is None or not any(fact.kind == "aum" for fact in said):
        return
    lines = [
        f"Form ADV, Part 1A (in extracts). {one.name.legal}, {one.place.city}. Filed {newest.isoformat()}.",
        "",
    ]
    lines += [f"{fact.locator.split(', ', 1)[1]}. {fact.quote}" for fact in said]
    day = END - (firm.as_of - newest).days
    desk.put(
        "ADV",
        f"Form ADV {newest.year}: {one.name.short}",
        "\n".join(lines),
        day,
        source="Adviser filing",
        accession=_accession(desk, newest.year),
    )
    for fact in said:
        if fact.kind in ("aum", "headcount"):
            desk.expect("figure", fact.value, of=fact.kind, read_by="facts")


def _holdings(desk: Desk) -> None:
    """Two reports of following quarters: some positions new, some closed, most changed."""
    if desk.one.segment.key in ("prop_firm", "credit"):
        return
    dice, firm = desk.dice, desk.firm
    held = {name: dice.between(10, 900) * 1_000 for name in dice.some(ISSUERS, dice.between(8, 16))}
    quarter = firm.as_of - timedelta(days=48)
    ends = [quarter.replace(day=1, month=(quarter.month - 1) // 3 * 3 + 1) - timedelta(days=1)]
    ends.insert(0, ends[0].replace(day=1, month=ends[0].month - 2) - timedelta(days=1))
    before: set[str] = set()
    for end in ends:
        if before:
            closed = dice.some(sorted(before), dice.between(1, 3))
            fresh = dice.some([name for name in ISSUERS if name not in before], dice.between(1, 3))
            held = {
                name: max(1_000, int(count * (0.6 + 0.8 * dice.roll())))
                for name, count in held.items()
                if name not in closed
            }
            held |= {name: dice.between(10, 400) * 1_000 for name in fresh}
        _report(desk, end, held)
        if before:
            desk.expect(
                "figure",
                "positions",
                of="holdings",
                new=str(len(fresh)),
                closed=str(len(closed)),
                read_by="holdings",
            )
        before = set(held)


def _report(desk: Desk, end: date, held: dict[str, int]) -> None:
    firm, one = desk.firm, desk.one
    filed = end + timedelta(days=desk.dice.between(30, 44))
    accession = _accession(desk, filed.year)
    rows = tuple(
        Holding(name, "COM", f"9Z{ISSUERS.index(name):05d}10", count * (20 + ISSUERS.index(name) * 7), count, "SH", "")
        for name, count in sorted(held.items())
    )  # fmt: skip
    cover = Cover(manager=one.name.legal, cik=str(9_000_000_000 + one.number), accession=accession, form="13F-HR", period=end, filed=filed,
                  amendment="", other_managers=())  # fmt: skip
    day = END - (firm.as_of - filed).days
    desk.put("13F", f"13F-HR · {one.name.legal} · {end.isoformat()}", as_text(Report(cover, rows, "dollars")), day, source="Quarterly holdings report",
             accession=accession, ended=END - (firm.as_of - end).days)  # fmt: skip


def _figures(desk: Desk) -> tuple[int, int, int, int]:
    """Revenue of this year and of the one before, net income, in $m; dividend in cents."""
    revenue = max(40, desk.one.aum // 130_000_000)
    return (
        revenue,
        max(30, int(revenue * (0.84 + 0.25 * desk.dice.roll()))),
        max(4, int(revenue * (0.12 + 0.2 * desk.dice.roll()))),
        desk.dice.between(8, 60),
    )


def _annual(desk: Desk) -> None:
    """An annual report as a listed asset manager files it, in its usual order."""
    if desk.one.segment.key != "asset_manager":
        return
    now, before, income, _ = _figures(desk)
    year = desk.firm.as_of.year - 1
    verb = "increased" if now > before else "decreased"
    text = (
        f"FORM 10-K\n{desk.one.name.legal}\nFor the fiscal year ended December 31, {year}\n\nItem 1. Business\n"
        f"{desk.one.name.legal} manages assets for institutions from {desk.one.place.city}. We manage {dollars_said(desk.one.aum)} in {len(desk.one.contacts) + 3} strategies.\n\n"
        "Item 1A. Risk Factors\nOur revenue depends on the value of the assets that we manage.\nA fall of markets lowers our fees.\n"
        "We depend on a small number of distributors.\nThe loss of one of them could reduce our assets.\n\n"
        "Item 7. Management's Discussion and Analysis\n"
        f"Total revenue {verb} to ${now} million in {year}, compared with ${before} million in {year - 1}.\n"
        f"Net income was ${income} million in {year}.\n"
        f"We employed {desk.one.staff} people at the end of the year.\n"
    )  # fmt: skip
    desk.put("10-K", f"Annual report {year}: {desk.one.name.short}", text, END - desk.dice.between(200, 280), source="Annual report",
             accession=_accession(desk, year + 1), ended=END - (desk.firm.as_of.timetuple().tm_yday))  # fmt: skip
    desk.expect("figure", f"${now} million", of="revenue", read_by="summary")
    desk.expect("figure", f"${income} million", of="net income", read_by="summary")


def _call(desk: Desk) -> None:
    """An earnings call."""
    if desk.one.segment.key != "asset_manager":
        return
    now, before, income, cents = _figures(desk)
    share = abs(now - before) * 100 // before
    moved = "up" if now > before else "down"
    text = (
        "Operator: Good morning and welcome.\n"
        f"Thank you all for joining us.\nTotal revenue was ${now} million, {moved} {share}% from a year ago.\n"
        f"Net income was ${income} million.\nWe ended the quarter with assets under management of {dollars_said(desk.one.aum)}.\n"
        f"The board declared a dividend of ${cents / 100:.2f} per share.\nWe are grateful to our clients for their trust.\n"
        "We went live with new screens for our traders and were glad to hear how well they were received.\nWith that I hand back to the operator.\n"
    )  # fmt: skip
    desk.put(
        "call_transcript",
        f"Earnings call: {desk.one.name.short}",
        text,
        END - desk.dice.between(20, 110),
        source="Call transcript",
    )
    desk.expect("figure", f"${now} million", of="revenue", read_by="summary")
    desk.expect("figure", f"${income} million", of="net income", read_by="summary")


_OURS: Final = (
    ("send the FIX specification", "Friday"), ("send two references from {segment} funds", "Tuesday"), ("share the cost comparison for one broker", "Wednesday"),
    ("set up a session with our engineers", "Thursday"), ("confirm the price of forty seats", "Monday"),
)  # fmt: skip
_THEIRS: Final = (
    ("send the list of brokers", "Thursday"), ("introduce us to the head of operations", "Monday"), ("check the date with compliance", "Friday"),
)  # fmt: skip
_MIGHT: Final = (
    "They might look at market data next year, nothing is planned.", "Last spring they promised a pilot and dropped it.",
    "If the budget were there, they would want stress tests too.",
)  # fmt: skip


def _note(desk: Desk) -> None:
    """A call note with commitments of ours and of theirs, and sentences that sound like some and are none."""
    one, dice = desk.one, desk.dice
    contact = dice.pick(one.contacts)
    topic, need, quote = dice.pick(NEEDS[dice.pick(tuple(NEEDS))])
    first, ours_by = dice.pick(_OURS)
    second, theirs_by = dice.pick(_THEIRS)
    day = END - dice.between(3, 60)
    ours = f"I will {first.format(segment=one.segment.key.replace('_', ' '))} by {ours_by}."
    theirs = f"{contact.first_name} will {second} by {theirs_by}."
    text = (
        f"Call with {contact.first_name} {contact.last_name}, {contact.title}, on {day_said(desk.firm.on(day))}. "
        f"Topic: {topic}.\n“{quote}” They asked for {need}.\n{dice.pick(_MIGHT)}\n{ours}\n{theirs}\nOpen: who signs off on their side?\n"
    )  # fmt: skip
    desk.put(
        "call_note",
        f"Call note: {one.name.short}, {topic}",
        text,
        day,
        source=f"Call note of {one.owner.name}",
    )
    desk.expect("commitment", ours, owner="us", due=ours_by)
    desk.expect("commitment", theirs, owner="them", due=theirs_by)


def _news(desk: Desk) -> None:
    told = {each.quote: each for each in desk.facts if each.kind in ("launch", "hire", "office")}
    for fact in list(told.values())[:2]:  # one article for each event, however often a paper brought it
        text = (
            f"{fact.quote} The firm, based in {desk.one.place.city}, manages {dollars_said(desk.one.aum)}.\n"
            f"A person at the firm said that the decision had been prepared for months. Competitors were not available for comment.\n"
        )
        day = END - (desk.firm.as_of - fact.as_of_on).days
        desk.put("news", fact.quote.rstrip("."), text, day, source=f"{fact.source_name}, {fact.locator}")
        desk.expect("figure", dollars_said(desk.one.aum), of="assets", read_by="summary")


def _prospect(desk: Desk) -> None:
    """What a rep copies from a web page: menu words and all."""
    one = desk.one
    contact = desk.dice.pick(one.contacts)
    text = (
        f"Home  Team  Strategies  Careers\n{one.name.short}\n{one.place.city}\n\n{contact.first_name} {contact.last_name}\n{contact.title}\n\n"
        f"{one.name.short} manages {dollars_said(one.aum)} with {one.staff} people. Our systems: {one.incumbents['OMS']}, {one.incumbents['market data']}.\n"
        "We use cookies. Accept all\n© All rights reserved\n"
    )  # fmt: skip
    desk.put(
        "pasted",
        f"Web page of {one.name.short}",
        text,
        END - desk.dice.between(2, 40),
        source=f"pasted by {one.owner.name}",
    )
    desk.expect("figure", dollars_said(one.aum), of="assets", read_by="facts")


_MAKERS: Final[tuple[tuple[int, int, Callable[[Desk], None]], ...]] = (  # every so many clients, beginning so far in
    (4, 0, _adviser), (7, 1, _holdings), (3, 2, _annual), (4, 1, _call), (6, 3, _note), (6, 1, _news), (14, 5, _prospect),
    *hostile_papers.MAKERS,
)  # fmt: skip
