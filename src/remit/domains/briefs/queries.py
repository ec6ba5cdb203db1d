"""Reads: the brief of an account, a deal or a meeting; briefs that were kept; the deals behind a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.errors import NotFound, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.accounts.queries import load_account
from remit.domains.accounts.rules import segment_name
from remit.domains.briefs import saying, sections, segment, statements
from remit.domains.briefs.gathering import cohort, gather, load_subject
from remit.domains.briefs.model import Brief, Kind
from remit.domains.opportunities.rules import loss_kind
from remit.domains.outreach.queries import find_account
from remit.kit.money import Money, stored
from remit.scope import Scope

LEAST_PART: Final = 3
MOST_DEALS: Final = 200
"""Deals that are listed behind a count."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A brief or a comparison that somebody kept, as it was then."""

    id: UUID
    kind: str
    title: str
    sha256: str
    saved_at: datetime
    saved_by: str
    body: str
    account_id: UUID


@dataclass(frozen=True, slots=True)
class CountedDeal:
    """A closed deal behind a count."""

    id: UUID
    name: str
    account_id: UUID
    account: str
    outcome: str
    closed_at: datetime
    amount: Money | None
    reason: str | None


def get_brief(scope: Scope, kind: Kind, subject_id: UUID, *, now: datetime) -> Brief:
    """The brief as of `now`. Raises NotFound, also where the reader may not see what it is about."""
    with read(scope) as s:
        return load_brief(s, kind, subject_id, now=now)


def load_brief(s: ReadSession, kind: Kind, subject_id: UUID, *, now: datetime) -> Brief:
    """As get_brief, inside an open session."""
    subject = load_subject(s, kind, subject_id)
    g = gather(s, subject, now)
    why_now, holdings = sections.why_now(g), sections.holdings(g)
    shown = {
        one.fact_id
        for part in (why_now, holdings)
        for line in part.lines
        for one in line.citations
        if one.fact_id
    }
    made = (
        sections.who(g), why_now, sections.changed(g, shown), holdings, sections.promises(g), sections.objections(g),
        segment.section(g.segment, g.account.id, g.account.segment, g.account.territory, g.day), saying.not_to_say(g), saying.questions(g),
    )  # fmt: skip
    main = g.main
    return Brief(
        kind, subject_id, subject.title, g.account.id, g.account.name, g.day, g.met_at, made, tuple(saying.missing(g)),
        subject.meeting_at, subject.meeting_id, subject.opportunity_id, main.id if main else None, g.zone.key,
    )  # fmt: skip


def find_subject(scope: Scope, named: str) -> tuple[Kind, UUID]:
    """What an id, an account's name, or a part of one that only one account has, means: an account, a deal or a meeting.

    Raises NotFound; Refused (name_of_several) with the names where several have the part.
    """
    try:
        wanted = UUID(named)
    except ValueError:
        return "account", _by_name(scope, named)
    with read(scope) as s:
        kinds: tuple[Kind, ...] = ("account", "opportunity", "meeting")
        for kind in kinds:
            try:
                load_subject(s, kind, wanted)
            except NotFound:
                continue
            return kind, wanted
    raise NotFound("account, deal or meeting")


def _by_name(scope: Scope, named: str) -> UUID:
    try:
        return find_account(scope, named)
    except NotFound:
        part = named.replace("\x00", "").strip()
        if len(part) < LEAST_PART:
            raise
        with read(scope) as s:
            rows = s.rows(statements.ACCOUNTS_LIKE, {"part": part})
        if len(rows) > 1:
            told = ", ".join(row.name for row in rows[:5])
            raise Refused(
                f"“{part}” is part of several names: {told}{', …' if len(rows) > 5 else ''}. Write more of it.",
                code="name_of_several",
            ) from None
        if not rows:
            raise
        found: UUID = rows[0].id
        return found


def list_saved(scope: Scope, account_id: UUID) -> list[Saved]:
    """Briefs and comparisons kept at an account, newest first."""
    with read(scope) as s:
        return [_saved(row) for row in s.rows(statements.SAVED_OF_ACCOUNT, {"account": account_id})]


def get_saved(scope: Scope, brief_id: UUID) -> Saved:
    """One that was kept. Raises NotFound."""
    with read(scope) as s:
        row = s.row(statements.SAVED_ONE, {"id": brief_id})
    if row is None:
        raise NotFound("brief")
    return _saved(row)


def list_lost_deals(scope: Scope, account_id: UUID, kind: str | None, *, now: datetime) -> list[CountedDeal]:
    """The deals behind the objections of an account's brief that the reader may see, newest first, at most MOST_DEALS.

    `kind`: one of opportunities.rules.LOSS_KINDS, None for all. Raises NotFound.
    """
    with read(scope) as s:
        account = load_account(s, account_id)
        rows = s.rows(statements.LOST_DEALS, cohort(s, account, now))
    return counted([row for row in rows if kind is None or loss_kind(row.reason) == kind][:MOST_DEALS])


@dataclass(frozen=True, slots=True)
class OfSegment:
    """What stands behind an account's segment section: closed deals, needs and systems that the reader may see."""

    known: segment.Known
    deals: list[CountedDeal]
    name: str
    territory: str


def get_segment(scope: Scope, account_id: UUID, *, now: datetime) -> OfSegment:
    """The rows behind what a brief says of the account's segment. Raises NotFound."""
    with read(scope) as s:
        account = load_account(s, account_id)
        given = cohort(s, account, now)
        deals = counted(segment.load_deals(s, given))
        return OfSegment(
            segment.load_known(s, given), deals, segment_name(account.segment), account.territory
        )


def counted(rows: Sequence[Row[Any]]) -> list[CountedDeal]:
    """Rows of closed deals as dataclasses."""
    return [
        CountedDeal(
            row.id, row.name, row.account_id, row.account, row.outcome, row.closed_at,
            stored(row.amount_minor, row.amount_currency), row.reason,
        )
        for row in rows
    ]  # fmt: skip


def _saved(row: Row[Any]) -> Saved:
    return Saved(
        row.id, row.kind, row.title, row.sha256, row.saved_at, row.saved_by, row.body, row.account_id
    )
