"""Reads: proposals in lists and one by one, approved versions, hand-overs, times; a proposal looked at again as of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check, NotFound, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.outreach.conduct import check_wording
from remit.domains.proposals import building, pricing, rules
from remit.domains.proposals.model import Document, Section, of_plain
from remit.domains.proposals.sections import bare, held
from remit.domains.proposals.terms import Terms
from remit.evidence.claims import split
from remit.evidence.support import Sentence, Support, check_text
from remit.kit import paging
from remit.kit.money import Money
from remit.kit.paging import Page
from remit.scope import Scope

_COLUMNS: Final = """
SELECT p.id, p.number, p.account_id, p.access_id, a.name AS account, a.key_account, a.segment, p.opportunity_id, o.name AS deal,
       p.contact_id, p.author_id, w.name AS author, p.title, p.state, p.terms, p.terms_sha256, p.document, p.sha256, p.template_sha256,
       p.complexity, p.expires_on, p.list_minor, p.amount_minor, p.amount_currency, p.discount_bp, p.discount_sha256,
       coalesce(d.name, '') AS discount_by, p.discount_at, p.edited, p.requested_at, coalesce(y.name, '') AS approved_by, p.approved_at,
       coalesce(p.approved_number, 0) AS approved_number, p.first_approved_at, p.active_minutes, p.issued_at, p.updated_at, p.version
FROM remit.proposals p JOIN remit.accounts a ON a.id = p.account_id JOIN remit.opportunities o ON o.id = p.opportunity_id
JOIN remit.people w ON w.id = p.author_id LEFT JOIN remit.people d ON d.id = p.discount_by LEFT JOIN remit.people y ON y.id = p.approved_by
"""
_ONE: Final = _COLUMNS + "WHERE p.id = :id"
_NUMBERED: Final = _COLUMNS + "WHERE p.number = :number"
_OF_DEAL: Final = _COLUMNS + "WHERE p.opportunity_id = :deal ORDER BY p.id DESC LIMIT 50"
_LIST: Final = (
    _COLUMNS
    + """WHERE (CAST(:state AS text) IS NULL OR p.state = :state) AND (CAST(:author AS uuid) IS NULL OR p.author_id = :author)
  AND (CAST(:after AS timestamptz) IS NULL OR (p.updated_at, p.id) < (CAST(:after AS timestamptz), CAST(:after_id AS uuid)))
ORDER BY p.updated_at DESC, p.id DESC LIMIT :limit"""
)
_VERSIONS: Final = """
SELECT v.id, v.number, v.document, v.sha256, v.template_sha256, y.name AS approved_by, v.approved_at
FROM remit.proposal_versions v JOIN remit.people y ON y.id = v.approved_by WHERE v.proposal_id = :id ORDER BY v.number DESC LIMIT 100
"""
_BEFORE: Final = """
SELECT v.document FROM remit.proposal_versions v JOIN remit.proposals p ON p.id = v.proposal_id
WHERE p.opportunity_id = :deal AND p.id <> :id ORDER BY v.approved_at DESC LIMIT 1
"""
_ISSUES: Final = """
SELECT i.id, i.number, i.format, i.file_sha256, c.first_name || ' ' || c.last_name AS contact, b.name AS by, i.at
FROM remit.proposal_issues i JOIN remit.contacts c ON c.id = i.contact_id JOIN remit.people b ON b.id = i.by_id
WHERE i.proposal_id = :id ORDER BY i.at DESC LIMIT 100
"""
_WORK: Final = (
    "SELECT person_id, began_at, ended_at, elsewhere_minutes FROM remit.proposal_work WHERE proposal_id = :id"
)
# a version that was approved is nobody's work any more: the next one is of whoever changes it, and of whoever drew it up
_MAKERS: Final = """
SELECT DISTINCT w.person_id FROM remit.proposal_work w WHERE w.proposal_id = :id AND w.doing IN ('draft', 'edit')
  AND w.ended_at > coalesce((SELECT max(v.approved_at) FROM remit.proposal_versions v WHERE v.proposal_id = :id), '-infinity')
"""
_SUPPORT: Final = {
    has: Support("supported" if has else "not_a_claim", "Told by its line.") for has in (True, False)
}
STATES: Final[Mapping[str, str]] = {
    "draft": "Draft", "approved": "Approved", "issued": "With the buyer", "withdrawn": "Withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands. `approved_number`: its last approved version, 0 when there is none."""

    id: UUID
    number: int
    account_id: UUID
    access_id: int
    account: str
    key_account: bool
    segment: str
    opportunity_id: UUID
    deal: str
    contact_id: UUID
    author_id: UUID
    author: str
    title: str
    state: str
    terms: Terms
    terms_sha256: str
    document: Document
    sha256: str
    template_sha256: str
    complexity: str
    expires_on: date
    list_amount: Money
    amount: Money
    discount_bp: int
    discount_sha256: str
    discount_by: str
    discount_at: datetime | None
    edited: bool
    requested_at: datetime
    approved_by: str
    approved_at: datetime | None
    approved_number: int
    first_approved_at: datetime | None
    active_minutes: float | None
    issued_at: datetime | None
    updated_at: datetime
    version: int

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"P-{self.number:05d}"

    @property
    def agreed(self) -> bool:
        """Whether its discount, if any, was agreed to for these terms."""
        return self.discount_bp == 0 or self.discount_sha256 == self.terms_sha256

    def expired_on(self, day: date) -> bool:
        """Whether it can be accepted no more on `day`."""
        return self.expires_on < day


@dataclass(frozen=True, slots=True)
class Approved:
    """A version that was approved, as it was then."""

    id: UUID
    number: int
    document: Document
    sha256: str
    template_sha256: str
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """One time that a file of it was taken to hand over."""

    id: UUID
    number: int
    format: str
    file_sha256: str
    contact: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Examined:
    """A proposal held against today's records: its sections with what each line stands on now, and the checks."""

    sections: tuple[Section, ...]
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is to be mended."""
        return all(one.passed for one in self.checks)


def load_proposal(s: ReadSession, proposal_id: UUID) -> Proposal:
    """One proposal inside an open session. Raises NotFound."""
    row = s.row(_ONE, {"id": proposal_id})
    if row is None:
        raise NotFound("proposal")
    return _proposal(row)


def get_proposal(scope: Scope, proposal_id: UUID) -> Proposal:
    """As load_proposal, in a session of its own."""
    with read(scope) as s:
        return load_proposal(s, proposal_id)


def find_proposal(scope: Scope, named: str) -> Proposal:
    """By id, or by its reference (P-00012). Raises NotFound."""
    text = named.strip().upper().removeprefix("P-")
    with read(scope) as s:
        if text.isdigit() and len(text) < 10:
            row = s.row(_NUMBERED, {"number": int(text)})
            if row is not None:
                return _proposal(row)
            raise NotFound("proposal")
        try:
            return load_proposal(s, UUID(named))
        except ValueError:
            raise NotFound("proposal") from None


def list_proposals(
    scope: Scope, *, state: str | None = None, author_id: UUID | None = None, after: str | None = None, size: int = 50
) -> Page[Proposal]:  # fmt: skip
    """Proposals, the last changed first."""
    given: dict[str, Any] = {
        "state": state,
        "author": author_id,
        "after": None,
        "after_id": None,
        "limit": size + 1,
    }
    if after:
        given["after"], given["after_id"] = paging.as_texts(after, 2)
    with read(scope) as s:
        rows = [_proposal(row) for row in s.rows(_LIST, given)]
    more = rows[size - 1] if len(rows) > size else None
    return Page(
        tuple(rows[:size]), paging.encode((more.updated_at.isoformat(), str(more.id))) if more else None
    )


def list_of_deal(scope: Scope, opportunity_id: UUID) -> list[Proposal]:
    """The proposals of a deal, the newest first."""
    with read(scope) as s:
        return [_proposal(row) for row in s.rows(_OF_DEAL, {"deal": opportunity_id})]


def load_versions(s: ReadSession, proposal_id: UUID) -> list[Approved]:
    """Its approved versions, the newest first."""
    return [
        Approved(**{**row._mapping, "document": of_plain(row.document)})
        for row in s.rows(_VERSIONS, {"id": proposal_id})
    ]


def list_versions(scope: Scope, proposal_id: UUID) -> list[Approved]:
    """As load_versions, in a session of its own. Raises NotFound."""
    with read(scope) as s:
        load_proposal(s, proposal_id)
        return load_versions(s, proposal_id)


def list_issues(scope: Scope, proposal_id: UUID) -> list[Issue]:
    """When files of it were taken to hand over, the last first."""
    with read(scope) as s:
        return [Issue(**row._mapping) for row in s.rows(_ISSUES, {"id": proposal_id})]


def find_before(scope: Scope, proposal: Proposal) -> Document | None:
    """What it is compared with: its last approved version, else the last that was approved at the same deal; None: neither."""
    with read(scope) as s:
        own = load_versions(s, proposal.id)
        if own and own[0].sha256 != proposal.sha256:
            return own[0].document
        if len(own) > 1:
            return own[1].document
        row = s.row(_BEFORE, {"deal": proposal.opportunity_id, "id": proposal.id}) if not own else None
        return of_plain(row.document) if row is not None else None


def load_work(s: ReadSession, proposal_id: UUID) -> list[rules.Stretch]:
    """All stretches of work on it."""
    return [rules.Stretch(**row._mapping) for row in s.rows(_WORK, {"id": proposal_id})]


def load_makers(s: ReadSession, proposal: Proposal) -> tuple[UUID, ...]:
    """Who had a hand in it: whoever drew it up, and whoever edited it since its last approved version."""
    edited = {row.person_id for row in s.rows(_MAKERS, {"id": proposal.id})}
    return tuple(sorted(edited | {proposal.author_id}))


def has_hand(scope: Scope, proposal: Proposal) -> bool:
    """Whether the reader is one of its makers."""
    with read(scope) as s:
        return scope.person_id in load_makers(s, proposal)


def examine(scope: Scope, proposal: Proposal, now: datetime) -> Examined:
    """As load_examined, in a session of its own."""
    with read(scope) as s:
        return load_examined(s, proposal, now)


def load_examined(s: ReadSession, proposal: Proposal, now: datetime) -> Examined:
    """The stored text against the facts, templates, prices and rules of conduct as they are at `now`."""
    prices = rules.check_prices(pricing.superseded(s, proposal.document.lines, now.date()))
    document = proposal.document
    try:
        desk = building.set_out(
            s, proposal.opportunity_id, proposal.contact_id, proposal.author_id, proposal.terms, now
        )
    except Refused as refused:  # a price or the reader is gone: told as a check, so that the page still opens
        return Examined(document.sections, (prices, Check("proposal-stands", False, refused.message)))
    again = tuple(held(one.body, one, desk.written, desk.material) for one in document.sections)
    now_said = replace(document, sections=again)
    checks = [
        *rules.check_said(now_said),
        rules.check_title(document.title, building.usual_title(desk), desk.material),
        prices,
        rules.check_dates(proposal.expires_on, now.date()),
        building.check_named(s, proposal.account_id, proposal.terms),
        *_conduct(s, document.title, again, desk, now),
        Check.that(
            "deal-open", desk.deal.closed_at is None, "The deal is closed; a proposal needs an open one.", "The deal is open.",
        ),
    ]  # fmt: skip
    return Examined(again, tuple(checks))


def _conduct(
    s: ReadSession, title: str, sections: Sequence[Section], desk: building.Desk, now: datetime
) -> list[Check]:
    """The rules of conduct on the wording of title and sections, as for every text that goes to a buyer."""
    sentences = [
        Sentence(text[start:end], start, end, "claim", _SUPPORT[bool(one.fact_ids)])
        for section in sections
        for one in section.said
        for text in (bare(one.text),)
        for start, end in split(text)
    ]
    row = desk.material.row
    heading = check_text(title, desk.material.facts, desk.material.context)
    country = row.country or row.account_country or row.jurisdiction or ""
    return check_wording(s, [*heading, *sentences], country, now)


def _proposal(row: Row[Any]) -> Proposal:
    values = dict(row._mapping)
    currency = values.pop("amount_currency")
    values["list_amount"] = Money(values.pop("list_minor"), currency)
    values["amount"] = Money(values.pop("amount_minor"), currency)
    values["terms"] = Terms.model_validate(values["terms"])
    values["document"] = of_plain(values["document"])
    return Proposal(**values)
