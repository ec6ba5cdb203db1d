"""Everything a brief is put together from, read in one session under the reader's own view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from remit.actions.errors import NotFound
from remit.db.sessions import ReadSession
from remit.domains.accounts.queries import Account, load_account, load_countable_groups
from remit.domains.briefs import statements
from remit.domains.briefs.model import Kind
from remit.domains.briefs.segment import Known, load_known
from remit.domains.consent.queries import must_not_contact
from remit.domains.contacts.queries import Contact, load_contacts
from remit.domains.documents.queries import DocumentRow, load_of_account
from remit.domains.facts.queries import load_facts
from remit.domains.opportunities.rules import loss_kind
from remit.evidence.facts import Fact, looks_like_instruction, superseded, why_not_sayable

LOSS_DAYS: Final = 730
"""Deals lost within two years count for the objections to expect."""
DOCUMENTS: Final = 40
"""The newest documents of the account that are looked through for filings."""
NEVER: Final = timedelta(days=365 * 20)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a brief is about: an account, one of its deals, or a meeting. Ids that are not known are None."""

    kind: Kind
    id: UUID
    account_id: UUID
    title: str
    opportunity_id: UUID | None = None
    meeting_id: UUID | None = None
    meeting_at: datetime | None = None
    contact_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LossCount:
    """Lost deals of one kind of reason (opportunities.rules.LOSS_KINDS) that the reader may see, and when the newest closed."""

    kind: str
    n: int
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class Gathered:
    """The records. `facts`: those in force with why each may not be said ('' when it may), newest first.

    `met_at`: the last meeting before, None when there was none. `zone`: the reader's. `losses`: the cohort by kind of reason, most frequent first.
    """

    subject: Subject
    now: datetime
    account: Account
    contacts: Sequence[Contact]
    facts: Sequence[tuple[Fact, str]]
    expired: Sequence[Fact]
    last: Mapping[UUID, Row[Any]]
    deals: Sequence[Row[Any]]
    met_at: datetime | None
    since: Sequence[Row[Any]]
    moves: Sequence[Row[Any]]
    new_people: Sequence[Row[Any]]
    promises: Sequence[Row[Any]]
    losses: Sequence[LossCount]
    own_losses: Sequence[Row[Any]]
    barred: bool
    documents: Sequence[DocumentRow]
    zone: ZoneInfo
    segment: Known

    @property
    def day(self) -> date:
        """The day for which it is put together."""
        return self.on(self.now)

    @property
    def met_on(self) -> date | None:
        """The day of the last meeting; None when there was none."""
        return self.on(self.met_at) if self.met_at else None

    def on(self, at: datetime) -> date:
        """The day that an instant is where the reader is."""
        return at.astimezone(self.zone).date()

    @property
    def main(self) -> Contact | None:
        """Whom the meeting or the deal is with; None when nobody is named."""
        wanted = self.subject.contact_id or next((d.contact_id for d in self.deals if d.contact_id), None)
        return next((one for one in self.contacts if one.id == wanted), None)


def load_subject(s: ReadSession, kind: Kind, subject_id: UUID) -> Subject:
    """The subject inside an open session. Raises NotFound, also where it may not be seen."""
    if kind == "meeting":
        row = s.row(statements.MEETING, {"id": subject_id})
        if row is None:
            raise NotFound("meeting")
        return Subject(
            kind, row.id, row.account_id, row.subject or "Meeting", row.opportunity_id, row.id, row.at, row.contact_id
        )  # fmt: skip
    if kind == "opportunity":
        row = s.row(statements.DEAL, {"id": subject_id})
        if row is None:
            raise NotFound("deal")
        return Subject(kind, row.id, row.account_id, row.name, row.id, contact_id=row.contact_id)
    return Subject(kind, subject_id, subject_id, load_account(s, subject_id).name)


def gather(s: ReadSession, subject: Subject, now: datetime) -> Gathered:
    """Read all of it. Raises NotFound."""
    account = load_account(s, subject.account_id)
    bound = min(now, subject.meeting_at) if subject.meeting_at else now
    given: dict[str, Any] = {
        "account": account.id,
        "now": now,
        "meeting": subject.meeting_id,
        "deal": subject.opportunity_id,
    }
    met = s.row(statements.LAST_MEETING, {**given, "now": bound})
    given["since"] = met.at if met else now - NEVER
    facts = [fact for fact in load_facts(s, account.id) if fact.state == "live"]
    return Gathered(
        subject, now, account, load_contacts(s, account.id), judged(facts, account.id, now.date()),
        [fact for fact in facts if fact.expired_on(now.date())],
        {row.contact_id: row for row in s.rows(statements.LAST_CONTACT, given)}, s.rows(statements.DEALS, given),
        met.at if met else None,
        s.rows(statements.SINCE, given) if met else [], s.rows(statements.MOVES, given) if met else [],
        s.rows(statements.NEW_PEOPLE, given) if met else [], s.rows(statements.PROMISES, given),
        loss_counts(s.rows(statements.LOSSES, cohort(s, account, now))), s.rows(statements.OWN_LOSSES, given), must_not_contact(s, "", account.id),
        load_of_account(s, account.id, limit=DOCUMENTS), zone_of(s), load_known(s, cohort(s, account, now)),
    )  # fmt: skip


def zone_of(s: ReadSession) -> ZoneInfo:
    """The time zone of whoever reads: days of a brief are theirs."""
    return ZoneInfo(s.scalar(statements.ZONE, {"me": s.scope.person_id}) or "UTC")


def cohort(s: ReadSession, account: Account, now: datetime) -> dict[str, Any]:
    """Which lost deals count for an account: those of its segment and territory within LOSS_DAYS."""
    groups = load_countable_groups(s, account.id)
    return {
        "since": now - timedelta(days=LOSS_DAYS),
        "now": now,
        "segment": account.segment,
        "groups": groups,
    }


def loss_counts(rows: Sequence[Row[Any]]) -> list[LossCount]:
    """Rows of reasons in words as counts by kind."""
    found: dict[str, LossCount] = {}
    for row in rows:
        kind = loss_kind(row.reason)
        old = found.get(kind, LossCount(kind, 0, row.newest_at))
        found[kind] = LossCount(kind, old.n + row.n, max(old.newest_at, row.newest_at))
    return sorted(found.values(), key=lambda one: (-one.n, one.kind))


def judged(facts: Sequence[Fact], account_id: UUID, day: date) -> list[tuple[Fact, str]]:
    """Facts that have not run out with why each may not be said, '' when it may; newest first."""
    live = [fact for fact in facts if not fact.expired_on(day)]
    old = superseded(live)
    # an order to software comes before everything else: a fact that is internal or contradicted would be shown
    found = [
        (fact, "instruction" if _orders(fact) else old.get(fact.id) or why_not_sayable(fact, account_id, day))
        for fact in live
    ]
    return sorted(found, key=lambda one: (-one[0].as_of_on.toordinal(), str(one[0].id)))


def _orders(fact: Fact) -> bool:
    return any(looks_like_instruction(text) for text in (fact.value, fact.subject, fact.quote))
