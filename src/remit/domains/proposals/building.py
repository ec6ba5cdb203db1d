"""From a deal's parameters to the document: prices from the price book, words from the library and the facts, names from the records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.outreach.material import Material, gather
from remit.domains.proposals import pricing, rules, sections
from remit.domains.proposals.model import Document, Section, Source, listed
from remit.domains.proposals.pricing import Quoted
from remit.domains.proposals.sections import Leads, Written
from remit.domains.proposals.terms import PAYMENTS, Terms
from remit.evidence.facts import Fact
from remit.scope import Scope

_DEAL: Final = """
SELECT o.id, o.name, o.account_id, o.access_id, o.closed_at, o.contact_id, o.owner_id, o.product_id, a.name AS account, a.segment,
       a.key_account, a.owner_id AS account_owner_id
FROM remit.opportunities o JOIN remit.accounts a ON a.id = o.account_id WHERE o.id = :id
"""
_READER: Final = "SELECT id, first_name, last_name, title, email FROM remit.contacts WHERE id = :id AND account_id = :account"
_NAMED: Final = """
SELECT (SELECT btrim(first_name || ' ' || last_name) FROM remit.contacts WHERE id = CAST(:lead AS uuid) AND account_id = :account) AS lead,
       (SELECT name FROM remit.people WHERE id = CAST(:ours AS uuid) AND kind = 'person' AND active) AS ours
"""
_COLLEAGUES: Final = "SELECT id, name, coalesce(email, '') AS email FROM remit.people WHERE kind = 'person' AND active ORDER BY name, id LIMIT 1000"
_SOMEBODY: Final = "SELECT id FROM remit.contacts WHERE account_id = :account AND last_name <> '' ORDER BY email IS NULL, id LIMIT 1"


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of us, to be named."""

    id: UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What a proposal is drawn up from, read in one session."""

    deal: Row[Any]
    reader: Row[Any]
    material: Material
    quoted: Quoted
    written: Written
    day: datetime


def load_deal(s: ReadSession, opportunity_id: UUID) -> Row[Any]:
    """The deal with its account. Raises NotFound, also for one without an account."""
    row = s.row(_DEAL, {"id": opportunity_id})
    if row is None:
        raise NotFound("deal with an account")
    return row


def load_reader_id(s: ReadSession, deal: Row[Any], contact_id: UUID | None) -> UUID:
    """Who the proposal is for: the one named, else the deal's main contact, else somebody of the account. Raises NotFound."""
    wanted: UUID | None = contact_id or deal.contact_id or s.scalar(_SOMEBODY, {"account": deal.account_id})
    if wanted is None or s.row(_READER, {"id": wanted, "account": deal.account_id}) is None:
        raise NotFound("contact of this account")
    return wanted


def list_colleagues(scope: Scope) -> list[Colleague]:
    """Those of us who can lead the work, by name."""
    with read(scope) as s:
        return [Colleague(row.id, row.name, row.email) for row in s.rows(_COLLEAGUES)]


def load_leads(s: ReadSession, account_id: UUID, terms: Terms) -> Leads:
    """The names of those who lead the work, as they are on record now."""
    row = s.row(_NAMED, {"account": account_id, "lead": terms.lead_id, "ours": terms.ours_id})
    assert row is not None
    return Leads(row.lead or "", row.ours or "")


def check_named(s: ReadSession, account_id: UUID, terms: Terms) -> Check:
    """Whether those who lead the work are on record, each with a name and nothing more."""
    found = load_leads(s, account_id, terms)
    return rules.check_names(terms.lead_id is not None, found.lead, terms.ours_id is not None, found.ours)


def set_out(
    s: ReadSession, opportunity_id: UUID, contact_id: UUID, author_id: UUID, terms: Terms, now: datetime
) -> Desk:
    """Read everything. Raises NotFound, and Refused where there is no price in force."""
    deal = load_deal(s, opportunity_id)
    reader = s.row(_READER, {"id": contact_id, "account": deal.account_id})
    if reader is None:
        raise NotFound("contact of this account")
    quoted = pricing.quote(s, terms, now.date())
    material = gather(s, contact_id, author_id, now)
    return Desk(
        deal,
        reader,
        material,
        quoted,
        sections.write(s, material, terms, quoted, load_leads(s, deal.account_id, terms)),
        now,
    )


def document(
    desk: Desk, terms: Terms, number: int, revision: int, *, title: str = "", bodies: Mapping[str, str] | None = None
) -> Document:  # fmt: skip
    """The document; `bodies`: texts that a person gave to sections, by key; an empty one takes its section out."""
    given = bodies or {}
    kept = tuple(
        sections.held(given[one.key], one, desk.written, desk.material) if one.key in given else one
        for one in desk.written.sections
        if given.get(one.key, "x").strip()
    )
    row, sums = desk.material.row, desk.quoted.totals
    return Document(
        number=number, revision=revision, day=desk.day.date().isoformat(), expires_on=terms.expires_on.isoformat(),
        title=title or usual_title(desk), firm=desk.material.firm_name or "Our firm",
        account=row.account_name, reader=f"{row.first_name} {row.last_name}".strip(), reader_title=row.title or "",
        seller=row.sender_name, seller_title=row.sender_title or "", seller_email=row.sender_email or "",
        currency=sums.year_amount.currency, generation=desk.quoted.generation, prices_since=desk.quoted.since.isoformat(),
        term_months=terms.term_months, payment=PAYMENTS[terms.payment], discount_bp=terms.highest_bp, lines=desk.quoted.lines,
        list_year_minor=sums.list_year_amount.minor, year_minor=sums.year_amount.minor, once_minor=sums.once_amount.minor,
        list_term_minor=sums.list_term_amount.minor, term_minor=sums.term_amount.minor, sections=kept,
        left_out=desk.written.left_out, sources=_sources(kept, desk.material.facts), month_first=desk.material.reader.month_first,
    )  # fmt: skip


def usual_title(desk: Desk) -> str:
    """What a proposal is called when nobody names it: its products and its reader's firm."""
    return f"{listed(desk.quoted.products)} for {desk.material.row.account_name}"


def _sources(kept: Iterable[Section], facts: Iterable[Fact]) -> tuple[Source, ...]:
    """The stored facts behind the lines, once each, in the order in which they are first said."""
    known = {str(fact.id): fact for fact in facts}
    said = dict.fromkeys(each for section in kept for one in section.said for each in one.fact_ids)
    return tuple(
        # what they told us they know by its day; our own note of it is none of theirs
        Source(
            each,
            fact.source_name,
            "" if fact.sayable == "told_by_them" else fact.locator,
            fact.as_of_on.isoformat(),
        )
        for each in said
        if (fact := known.get(each)) is not None
    )
