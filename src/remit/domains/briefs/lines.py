"""Records as lines of a brief: what each says in a few words, and where it is opened. Pure; adds nothing of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote as in_address
from uuid import UUID

from sqlalchemy import Row

from remit.domains.briefs.model import Citation, Line
from remit.evidence.facts import Fact, plain_line, why_secret
from remit.kit.money import Money
from remit.kit.text import shorten

MOST: Final = 220
"""Characters of a line: what is longer is opened."""
_LABELS: Final = {
    "aum": "Assets under management",
    "prime_broker": "Prime brokers",
    "custodian": "Custodians",
    "administrator": "Administrator",
    "strategy": "Strategy",
    "instrument": "Trades",
    "contract_end": "Contract ends",
}
_ONE: Final = {"prime_broker": "Prime broker", "custodian": "Custodian"}
_QUOTED: Final = frozenset({"launch", "hire", "office"})
_SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}


def fact_line(facts: Sequence[Fact], since: date | None = None) -> Line:
    """Facts of one kind and source as one line, for our eyes only when one of them is, whatever else holds of it.

    `since`: the last meeting's day, after which a fact is new; None where there was none.
    """
    first = facts[0]
    return Line(
        short(_said(facts)), first.as_of_on, tuple(fact_citation(one) for one in facts), any(map(why_secret, facts)), since is not None and first.as_of_on > since
    )  # fmt: skip


def fact_citation(fact: Fact) -> Citation:
    """A fact, opened on the account's page; one of our own, on the page of what we may say."""
    href = f"/accounts/{fact.account_id}#fact-{fact.id}" if fact.account_id else ""
    return Citation(
        fact.source_name, fact.as_of_on, href, fact.locator, fact.quote, fact.valid_until_on, fact.id
    )  # fmt: skip


def _said(facts: Sequence[Fact]) -> str:
    first = facts[0]
    values = ", ".join(dict.fromkeys(plain_line(one.value) for one in facts))
    if first.kind in _QUOTED and first.quote:
        return plain_line(first.quote)
    if first.kind == "need":
        return f"They need {values}"
    if first.kind == "holdings_change":
        return _opened(f"{first.subject} {values}")
    if first.kind == "headcount":
        return f"{values} {first.subject or 'people'}"
    if first.kind == "stack":
        return f"{first.subject or 'System'}: {values}"
    label = _ONE.get(first.kind) if len(facts) == 1 else None
    label = label or _LABELS.get(first.kind) or first.kind.replace("_", " ").capitalize()
    return f"{label}{f' ({first.subject})' if first.subject else ''}: {values}"


def _opened(text: str) -> str:
    text = plain_line(text)
    return text[:1].upper() + text[1:]


def short(text: str) -> str:
    """At most MOST characters."""
    return shorten(text, MOST)


def kind_name(fact: Fact) -> str:
    """What a fact is about, without what it says: for the list of what is not said."""
    name = fact.kind.replace("_", " ")
    return f"{name} ({plain_line(fact.subject)})" if fact.subject else name


def deal_citation(row: Any, deal_id: UUID, on: date | None, source: str = "Deal") -> Citation:
    """A deal's own page; `on`: its day where the reader is."""
    return Citation(source, on, f"/pipeline/{deal_id}", quote=plain_line(row.name))


def deal_name(row: Any, account: str) -> str:
    """A deal's name without the account's, which stands above."""
    return str(row.name).removeprefix(f"{account}: ")


def activity_citation(row: Row[Any], account_id: UUID, source: str, on: date) -> Citation:
    """An activity, opened where the timeline begins with it; `on`: its day where the reader is."""
    before = (row.at + timedelta(seconds=1)).isoformat()
    href = f"/accounts/{account_id}?before={in_address(before)}#timeline"
    return Citation(source, on, href, quote=short(plain_line(row.subject)))


def contact_citation(account_id: UUID, source: str, on: date | None) -> Citation:
    """The people of an account."""
    return Citation(source, on, f"/accounts/{account_id}#people")


def distinct(citations: Iterable[Citation]) -> list[Citation]:
    """One for each place: four facts of one table are one source to a reader."""
    found: dict[tuple[object, ...], Citation] = {}
    for one in citations:
        found.setdefault((one.source, one.locator, one.as_of), one)
    return list(found.values())


def grouped(facts: Iterable[tuple[Fact, str]], kinds: frozenset[str]) -> list[tuple[list[Fact], str]]:
    """Facts of kinds that are said together (the prime brokers of one filing), in order of first appearance."""
    found: dict[tuple[object, ...], tuple[list[Fact], str]] = {}
    for fact, why in facts:
        apart = () if fact.kind in kinds else (fact.id,)
        found.setdefault((fact.kind, fact.source_name, fact.as_of_on, why, *apart), ([], why))[0].append(fact)
    return list(found.values())


def amount(found: Money | None) -> str:
    """`$250,000`, `EUR 1,000`; '' for None. Whole units: a brief has no room for cents."""
    if found is None:
        return ""
    sign = _SYMBOLS.get(found.currency, f"{found.currency} ")
    return f"{sign}{round(found.major):,}"


def day(on: date | None) -> str:
    """`23 Nov 2026`; '' for None."""
    return f"{on.day} {on:%b %Y}" if on else ""
