"""One account in one reading: what is known, who is there, what happened, what may be said. Combines the slices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.domains.accounts.queries import Account, load_account
from remit.domains.activities.queries import FIRST_ID, Activity, load_of_account
from remit.domains.campaigns.queries import CameFrom, Membership, load_came_from, load_memberships
from remit.domains.consent.queries import must_not_contact
from remit.domains.contacts.queries import Contact, load_contacts
from remit.domains.documents.queries import DocumentRow
from remit.domains.documents.queries import load_of_account as load_documents
from remit.domains.documents.sources import Source, load_sources
from remit.domains.facts.queries import load_facts
from remit.domains.followups.queries import OpenPromise, load_open_promises
from remit.domains.opportunities.queries import Deal, StageMove, load_deals_of_account, load_moves
from remit.domains.opportunities.rules import stage_name
from remit.evidence.facts import Fact, superseded, why_not_sayable, why_secret
from remit.kit import clock
from remit.kit.text import counted
from remit.scope import Scope
from remit.web.holdings_view import Holdings, load_holdings
from remit.web.told import sending

TIMELINE_ROWS: Final = 30
_SENT: Final = """
SELECT m.id, m.at, m.subject, m.body, m.to_address, m.draft_id, coalesce(e.state, '') AS state
FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
WHERE m.account_id = :id AND m.direction = 'out' AND m.at <= :before AND (m.at < :before OR m.id < :before_id)
ORDER BY m.at DESC, m.id DESC LIMIT :limit
"""
_LAST_MEETING: Final = """
SELECT max(x.at) FROM remit.activities x WHERE x.account_id = :id AND x.kind = 'meeting' AND x.at <= :now
"""
_ISSUES: Final = """
SELECT q.id, q.kind, q.object_type, q.detail, q.found_at FROM remit.quality_issues q
WHERE q.account_id = :id AND q.state = 'open' ORDER BY q.found_at DESC, q.id LIMIT 50
"""
# what an outgoing message is called while it has not left: never "sent"
NOT_LEFT: Final = {state: sending(state) for state in ("queued", "sending", "parked", "recalled", "failed")}
_WORDS: Final = {"email": "e-mail", "call": "call", "meeting": "meeting", "task": "task", "note": "note"}
WHY_NOT: Final = {
    "withdrawn": "withdrawn",
    "expired": "run out",
    "not_yet": "dated in the future",
    "internal_only": "for our eyes only",
    "client_confidential": "confidential",
    "personal": "personal",
    "other_account": "of another account",
    "instruction": "reads as an order to software",
    "older": "replaced by a newer one",
    "contradicted": "contradicted by another of the same day",
}


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact and why it may not be said aloud; `why_not` empty when it may."""

    fact: Fact
    why_not: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline. `outside`: its text was written by somebody outside of the firm."""

    id: UUID
    at: datetime
    kind: str
    title: str
    text: str = ""
    who: str = ""
    href: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """An open data-quality issue."""

    id: UUID
    kind: str
    object_type: str
    detail: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed. `why_not`: why it may not be said to them, "" when it may or when it is our own doing."""

    text: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the last meeting."""

    meeting_at: datetime
    lines: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything on an account's page."""

    account: Account
    facts: tuple[FactLine, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]
    timeline: tuple[Happening, ...]
    since: Since | None
    dos: tuple[str, ...]
    donts: tuple[str, ...]
    issues: tuple[Issue, ...]
    next_before: tuple[datetime, UUID] | None
    documents: tuple[DocumentRow, ...] = ()
    held: Holdings | None = None
    sources: tuple[Source, ...] = ()
    promises: tuple[OpenPromise, ...] = ()
    memberships: tuple[Membership, ...] = ()
    came_from: tuple[CameFrom, ...] = ()

    def name_of(self, contact_id: UUID) -> str:
        """A contact's name; "" of somebody who is not here."""
        return next((one.name for one in self.contacts if one.id == contact_id), "")

    def part_of(self, contact_id: UUID) -> list[Membership]:
        """What a contact took part in, the newest first."""
        return [one for one in self.memberships if one.contact_id == contact_id]

    def lead_of(self, contact_id: UUID) -> CameFrom | None:
        """The lead that a contact was, the latest where there were several."""
        return next((one for one in self.came_from if one.contact_id == contact_id), None)


def get_dossier(
    scope: Scope, account_id: UUID, *, before: datetime | None = None, before_id: UUID = FIRST_ID
) -> Dossier:
    """The dossier; its timeline begins before `before` (default: now) and, of that instant, before `before_id`. Raises NotFound."""
    now = clock.now()
    with read(scope) as s:
        account = load_account(s, account_id)
        contacts = load_contacts(s, account_id)
        deals = load_deals_of_account(s, account_id, now=now)
        facts = _fact_lines(load_facts(s, account_id), account_id, now)
        newest = _timeline(s, account_id, deals, now, FIRST_ID)
        happened = _timeline(s, account_id, deals, before, before_id) if before else newest
        met_at = s.scalar(_LAST_MEETING, {"id": account_id, "now": now})
        issues = [
            Issue(row.id, row.kind, row.object_type, row.detail, row.found_at)
            for row in s.rows(_ISSUES, {"id": account_id})
        ]
        barred = must_not_contact(s, "", account_id)
        documents, held = load_documents(s, account_id), load_holdings(s, account_id)
        sources = load_sources(s, account_id)
        promises = load_open_promises(s, account_id)
        memberships, came_from = load_memberships(s, account_id), load_came_from(s, account_id)
        since = None
        if met_at is not None:
            moves = load_moves(s, [d.id for d in deals], before=now, limit=100)
            since = Since(met_at, tuple(dict.fromkeys(_changes(met_at, facts, moves, newest))))
    shown = happened[:TIMELINE_ROWS]
    return Dossier(
        account, tuple(facts), tuple(contacts), tuple(deals), tuple(shown), since,
        tuple(_dos(account, contacts, facts, barred)), tuple(_donts(account, contacts, facts, barred)), tuple(issues),
        (shown[-1].at, shown[-1].id) if len(happened) > TIMELINE_ROWS else None, tuple(documents), held, tuple(sources), tuple(promises),
        tuple(memberships), tuple(came_from),
    )  # fmt: skip


def _fact_lines(facts: Sequence[Fact], account_id: UUID, now: datetime) -> list[FactLine]:
    today = now.date()
    old = superseded(fact for fact in facts if not fact.expired_on(today))
    lines = [
        FactLine(fact, WHY_NOT.get(old.get(fact.id) or why_not_sayable(fact, account_id, today), ""))
        for fact in facts
        if fact.state == "live"
    ]
    return sorted(lines, key=lambda line: (bool(line.why_not), -line.fact.as_of_on.toordinal()))


def _timeline(
    s: ReadSession, account_id: UUID, deals: Sequence[Deal], before: datetime, before_id: UUID
) -> list[Happening]:
    """Activities, moves of stages and messages, newest first: one more than a page, to see whether there are more."""
    limit = TIMELINE_ROWS + 1
    found = [
        _of_activity(one)
        for one in load_of_account(s, account_id, before=before, before_id=before_id, size=limit)
    ]
    moves = load_moves(s, [d.id for d in deals], before=before, before_id=before_id, limit=limit)
    found += [_of_move(row) for row in moves]
    for row in s.rows(_SENT, {"id": account_id, "before": before, "before_id": before_id, "limit": limit}):
        link = f"/write/{row.draft_id}" if row.draft_id else ""
        found.append(
            Happening(
                row.id,
                row.at,
                NOT_LEFT.get(row.state, "sent"),
                row.subject,
                row.body,
                f"to {row.to_address}",
                link,
            )
        )
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]


def _of_activity(one: Activity) -> Happening:
    late = f"entered in the CRM on {one.noted_at:%Y-%m-%d}" if one.late and one.noted_at else ""
    people = " · ".join(name for name in (one.owner, one.contact and f"with {one.contact}", late) if name)
    kind = one.kind if one.direction != "in" else "their promise" if one.kind == "task" else f"{one.kind} in"
    link = f"/pipeline/{one.opportunity_id}" if one.opportunity_id else ""
    return Happening(
        one.id,
        one.at,
        kind,
        one.subject or one.kind.capitalize(),
        one.body,
        people,
        link,
        one.direction == "in" and one.kind != "task",
    )


def _of_move(row: StageMove) -> Happening:
    come = f"from {stage_name(row.from_stage)} " if row.from_stage else ""
    title = f"{row.deal}: {come}to {stage_name(row.to_stage)}"
    return Happening(row.id, row.at, "stage", title, "", row.by or "", f"/pipeline/{row.deal_id}")


def _changes(
    met_at: datetime, facts: Sequence[FactLine], moves: Sequence[StageMove], happened: Sequence[Happening]
) -> Iterator[Change]:
    for line in facts:
        if line.fact.as_of_on > met_at.date() and line.why_not not in (
            WHY_NOT["older"],
            WHY_NOT["instruction"],
        ):
            yield _new(line)
    for row in reversed(moves):
        if row.at > met_at:
            yield Change(f"{row.deal} moved to {stage_name(row.to_stage)}")
    counts = Counter(one.kind for one in happened if one.at > met_at and one.kind not in ("stage", "meeting"))
    for kind, count in sorted(counts.items()):
        yield Change(_told(kind, count))


def _new(line: FactLine) -> Change:
    """What is new, by its value: the sentence that it stood in may tell more than the fact does, and of another class."""
    one = line.fact
    what = ", ".join(part for part in (one.kind.replace("_", " "), one.subject) if part)
    return Change(f"New: {what}: {one.value}", WHY_NOT.get(why_secret(one), line.why_not))


def _told(kind: str, count: int) -> str:
    """So many of a kind in words: `2 e-mails in`, `1 note`, `3 sent`, `2 promises of theirs`."""
    if kind == "their promise":
        return f"{counted(count, 'promise')} of theirs"
    if kind == "note in":  # a note that came in is a text that one of us pasted
        return f"{counted(count, 'text')} from outside"
    word, _, way = kind.partition(" ")
    if word not in _WORDS:
        return f"{count:,} {kind}"
    return f"{counted(count, _WORDS[word])}{way and f' {way}'}"


def _dos(
    account: Account, contacts: Sequence[Contact], facts: Sequence[FactLine], barred: bool
) -> Iterator[str]:
    sayable = sum(not line.why_not for line in facts)
    if sayable:
        yield f"{counted(sayable, 'fact')} may be said aloud; each has its source."
    reachable = sum(one.may_email for one in contacts)
    if reachable and not barred:
        yield f"{reachable} of {counted(len(contacts), 'person')} may be written to."
    if account.key_account:
        yield "Key account: each message needs the approval of an AE, a manager or the VP who did not write it."


def _donts(
    account: Account, contacts: Sequence[Contact], facts: Sequence[FactLine], barred: bool
) -> Iterator[str]:
    if barred:
        yield "Nobody of us may contact this account: it is on the do-not-contact list."
    if account.barrier:
        yield f"Behind the barrier “{account.barrier}”: only people admitted to it see this page. Do not pass anything on."
    for one in contacts:
        if not one.may_email and one.why_not != "no e-mail address" and not barred:
            why = "on the do-not-contact list" if one.why_not == "do not contact" else one.why_not
            yield f"Do not write to {one.name}: {why}."
    kept = Counter(line.fact.kind.replace("_", " ") for line in facts if line.why_not in _SECRET)
    if kept:
        told = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in kept.most_common())
        yield f"Never say: {told}. We know it, they must not hear it from us."
    if odd := sum(line.why_not == WHY_NOT["instruction"] for line in facts):
        yield f"{odd} stored text{'s read' if odd > 1 else ' reads'} as an order to software; it is kept and never used."


_SECRET: Final = (WHY_NOT["internal_only"], WHY_NOT["client_confidential"], WHY_NOT["personal"])
