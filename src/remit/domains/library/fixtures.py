"""The standard firm on which templates try themselves: one invented account with a fact of every kind, and our registry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

from remit.domains.library import markdown
from remit.domains.library.entered import CannotRender
from remit.domains.library.model import Template, Trial
from remit.domains.library.rendering import Rendered, render
from remit.domains.library.steps import walk
from remit.evidence.claims import Context
from remit.evidence.facts import Fact, Sayable
from remit.evidence.lexicon import words
from remit.llm.embedded.angles import persona_of
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

ACCOUNT_ID: Final = UUID("00000000-0000-7000-9000-000000000001")
ACCOUNT: Final = "Larch Hill Capital"
OUR_FIRM: Final = "Northlake Systems"
WRITER: Final = Writer("Alex Moore", "Account Executive", OUR_FIRM)
# kind, subject, value, source, days ago, who may hear it
_THEIRS: Final = (
    ("prime_broker", "", "Halden Prime", "Adviser filing", 60, "public"),
    ("prime_broker", "", "Morrow Securities", "Adviser filing", 60, "public"),
    ("custodian", "", "Northgate Trust", "Adviser filing", 60, "public"),
    ("administrator", "", "Quay Fund Services", "Adviser filing", 60, "public"),
    ("aum", "", "$4.2bn", "Adviser filing", 60, "public"),
    ("launch", "", "a Japan equity fund", "Buyside Ledger", 25, "public"),
    ("hire", "head of trading", "Marta Ellison", "Allocator Weekly", 30, "public"),
    ("office", "", "Singapore", "Buyside Ledger", 20, "public"),
    ("stack", "OMS", "Vertex Order", "Careers page", 80, "public"),
    ("stack", "EMS", "Quillon", "Careers page", 80, "public"),
    ("stack", "PMS", "Stratum Book", "Careers page", 80, "public"),
    ("stack", "risk system", "Corvid Engine", "Careers page", 80, "public"),
    ("stack", "market data", "Ostrava Feed", "Careers page", 80, "public"),
    ("strategy", "", "global macro", "Adviser filing", 60, "public"),
    ("instrument", "", "listed futures", "Adviser filing", 60, "public"),
    ("holdings_change", "reported positions", "rose from 212 to 291", "13F filing", 40, "public"),
    ("need", "allocations", "allocations split across prime brokers at order entry", "Call note", 35, "told_by_them"),
    ("attendance", "attended", "Northlake Buyside Forum", "Salesforce", 12, "told_by_them"),
)  # fmt: skip
# kind, subject, topic, value: as the demo firm's registry words them, so that both try the same plans
_OURS: Final = (
    ("capability", "Northlake OMS", "allocation", "splits a block across prime brokers at order entry"),
    ("capability", "Northlake OMS", "limit checks", "checks limits over all funds before an order leaves the desk"),
    ("capability", "Northlake OMS", "audit trail", "keeps one audit trail from idea to fill"),
    ("capability", "Northlake OMS", "brokers by FIX", "carries orders to 140 brokers by FIX"),
    ("capability", "Northlake OMS", "reconciliation", "reconciles positions with the administrator every morning"),
    ("capability", "Northlake EMS", "baskets", "routes baskets to several brokers from one screen"),
    ("capability", "Northlake EMS", "cost analysis", "compares the cost of each broker by strategy and size"),
    ("capability", "Northlake EMS", "venues", "connects to 61 venues in 24 countries"),
    ("capability", "Northlake EMS", "algorithms", "works with the client's own algorithms"),
    ("capability", "Northlake Portfolio and Risk", "intraday exposure", "recomputes exposure within 30 seconds of a fill"),
    ("capability", "Northlake Portfolio and Risk", "stress tests", "runs 240 stress scenarios that a portfolio manager can change"),
    ("capability", "Northlake Portfolio and Risk", "shadow book", "keeps a shadow book against the administrator"),
    ("capability", "Northlake Portfolio and Risk", "profit and loss", "shows profit and loss by fund, desk and strategy during the day"),
    ("capability", "Northlake Market Data", "exchange feeds", "normalises feeds from 38 exchanges"),
    ("capability", "Northlake Market Data", "tick history", "holds tick history since 2009"),
    ("capability", "Northlake Market Data", "entitlements", "reports entitlements and usage by person"),
    ("capability", "Northlake Clearing", "exchanges cleared", "clears listed derivatives on 11 exchanges"),
    ("capability", "Northlake Clearing", "margin before the trade", "shows the margin of a trade before it is sent"),
    ("capability", "Northlake Clearing", "margin calls", "calls margin by an intraday schedule that is known a day ahead"),
    ("capability", "Northlake Prime", "locates", "answers locate requests within 90 seconds on average"),
    ("capability", "Northlake Prime", "reporting over prime brokers", "reports positions over several prime brokers in one format"),
    ("capability", "Northlake Prime", "financing", "finances long positions overnight and to term"),
    ("proof", "Northlake OMS", "", "cut allocation breaks by 38% at a macro fund in 2025"),
    ("proof", "Northlake EMS", "", "lowered trading cost by 1.9 basis points at an equity fund in 2025"),
    ("competitor", "Veldmark", "allocation", "allocates each block to one prime broker"),
    ("competitor", "Veldmark", "brokers by FIX", "carries orders to 85 brokers by FIX"),
    ("integration", "Northlake OMS", "OMS", "imports open orders and allocations from another OMS by file or FIX 4.4"),
    ("integration", "Northlake OMS", "EMS", "sends orders to an EMS over FIX 4.2 or 4.4 and takes fills back as they happen"),
    ("integration", "Northlake OMS", "PMS", "reads start-of-day positions from a PMS by SFTP file or REST"),
    ("integration", "Northlake Portfolio and Risk", "risk system", "exports positions and greeks to another risk system over REST"),
    ("integration", "Northlake Market Data", "market data", "takes other vendors' feeds through its normaliser and republishes them"),
    ("integration", "Northlake OMS", "custodian", "sends settlement instructions to a custodian as SWIFT MT54x or by SFTP"),
    ("integration", "Northlake OMS", "prime broker", "sends allocations to a prime broker over FIX 4.4 and reads back the position file"),
    ("integration", "Northlake Portfolio and Risk", "administrator", "reads the administrator's NAV and position files by SFTP"),
    ("assurance", "Northlake platform", "encryption", "encrypts data in transit with TLS 1.3 and at rest with AES-256"),
    ("assurance", "Northlake platform", "access", "takes sign-on from the client's identity provider over SAML 2.0 or OIDC"),
    ("assurance", "Northlake platform", "access logs", "keeps access logs for seven years in storage that cannot be rewritten"),
    ("assurance", "Northlake platform", "continuity", "runs in two sites and tests the switch twice a year"),
    ("assurance", "Northlake platform", "testing", "has an outside firm test it for intrusion once a year"),
    ("assurance", "Northlake platform", "data location", "stores client data in the region that the contract names"),
    ("assurance", "Northlake platform", "incidents", "tells clients of a security incident within 24 hours of confirming it"),
    ("price", "Northlake OMS", "", "lists at $14,400 per user and year"),
    ("firm", "name", "", OUR_FIRM),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test of a template ended; `why` is empty when it passed."""

    name: str
    passed: bool
    why: str
    words: int = 0


def standard_facts(day: date, without: Iterable[str] = ()) -> list[Fact]:
    """The facts of the standard firm as of `day`, less the kinds named."""
    gone = set(without)
    return [
        one
        for one in _all(day)
        if one.kind not in gone and f"{one.kind}:{one.topic or one.subject}" not in gone
    ]


def _all(day: date) -> Iterator[Fact]:
    until = day + timedelta(days=300)
    for number, (kind, subject, value, source, age, sayable) in enumerate(_THEIRS):
        who: Sayable = "told_by_them" if sayable == "told_by_them" else "public"
        yield Fact(
            uuid5(ACCOUNT_ID, f"theirs-{number}"), kind, value, source, day - timedelta(days=age), subject=subject, quote=value,
            valid_until_on=until, sayable=who, account_id=ACCOUNT_ID,
        )  # fmt: skip
    for number, (kind, subject, topic, value) in enumerate(_OURS):
        yield Fact(
            uuid5(ACCOUNT_ID, f"ours-{number}"), kind, value, "Product registry", day - timedelta(days=90), subject=subject,
            topic=topic, quote=f"{subject} {value}.", valid_until_on=until,
        )  # fmt: skip


def reader_for(template: Template) -> Reader:
    """Somebody whom the template is for, at the standard firm."""
    persona = next((one for one in template.personas if one != "any"), "operations")
    segment = next((one for one in template.segments if one != "any"), "macro")
    known = {"cio": "portfolio", "coo": "operations", "cto": "technology", "prop_desk": "trading"}.get(
        persona, persona
    )
    return Reader("Elena", "Voss", known if known else persona_of(""), ACCOUNT, segment)


def context_on(day: date) -> Context:
    """Who writes to whom in a test."""
    names = frozenset(words("Elena Voss Alex Moore Account Executive"))
    return Context(day, ACCOUNT_ID, ACCOUNT, OUR_FIRM, names, WRITER.signature())


def try_out(template: Template, trial: Trial, day: date) -> Outcome:
    """One test of the template."""
    if template.is_sequence:
        return _walked(template, trial)
    expect = trial.expect
    try:
        found = render(
            template,
            standard_facts(day, trial.without),
            context_on(day),
            reader_for(template),
            WRITER,
            trial.values,
        )
    except CannotRender as error:
        right = expect.refused == error.code
        return Outcome(trial.name, right, "" if right else f"refused ({error.code}): {error.message}")
    if expect.refused:
        return Outcome(
            trial.name, False, f"it was rendered; it should be refused with {expect.refused}", found.words
        )
    why = next(_faults(trial, found, template), "")
    return Outcome(trial.name, not why, why, found.words)


def _walked(template: Template, trial: Trial) -> Outcome:
    """One test of a sequence: the way of a contact from whom these events come back."""
    names = {one.name for one in template.steps}
    if unknown := [one for one in trial.events if one not in names]:
        return Outcome(trial.name, False, f"it has no step {unknown[0]}")
    way, ended = walk(template.steps, trial.events)
    taken, expect = tuple(step.name for _, step in way), trial.expect
    why = ""
    if expect.steps and taken != expect.steps:
        why = f"the steps are {', '.join(taken)}"
    elif expect.ends and ended != expect.ends:
        why = f"it ends: {ended}"
    elif expect.most_days is not None and way[-1][0] > expect.most_days:
        why = f"it takes {way[-1][0]} days, at most {expect.most_days} are wanted"
    elif not (expect.steps or expect.ends or expect.most_days):
        why = "it expects nothing (steps, ends or most_days)"
    return Outcome(trial.name, not why, why)


def _faults(trial: Trial, found: Rendered, template: Template) -> Iterator[str]:
    whole = f"{found.subject}\n{found.body}"
    yield from (f"“{one}” is missing" for one in trial.expect.contains if one not in whole)
    yield from (f"“{one}” should not be there" for one in trial.expect.lacks if one in whole)
    most = trial.expect.most_words or template.most_words + 25  # the signature comes on top
    if found.words > most:
        yield f"it has {found.words} words, at most {most} are wanted"


def try_all(template: Template, day: date) -> list[Outcome]:
    """Every test of the template."""
    return [try_out(template, one, day) for one in template.tests]


@lru_cache(maxsize=4096)
def outcomes(source: str, day: date) -> tuple[Outcome, ...]:
    """As `try_all` for a template's text; the same text has the same outcomes all day."""
    return tuple(try_all(markdown.parse(source), day))
