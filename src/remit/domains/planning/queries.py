"""What could be done next by a person, gathered from the slices' tables under that person's own view."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.queries import second_person_rules
from remit.db.sessions import ReadSession, read
from remit.domains.opportunities import rules as deals
from remit.domains.planning import statements
from remit.domains.planning.origins import is_ours
from remit.domains.planning.ranking import Candidate, Ranked, rank
from remit.kit.money import stored
from remit.kit.text import counted, in_words
from remit.scope import Scope

MOST_PER_KIND: Final = 25
"""A list for one day: what does not fit is found on the pages of its kind."""
NEWS_DAYS: Final = 21
REPLY_DAYS: Final = 21
MEETING_HOURS: Final = 36
OVERSEERS: Final = frozenset({"manager", "vp", "compliance", "governance", "operations"})
"""Roles that decide on what others propose; everybody else sees what is about their own accounts."""
DOCUMENT_KINDS: Final = ("10-K", "10-Q", "8-K", "13F", "ADV", "call_transcript", "news")
NEWS_KINDS: Final = ("launch", "hire", "office", "holdings_change", "need")


@dataclass(frozen=True, slots=True)
class Today:
    """The ranked list and the instant it was made."""

    items: tuple[Ranked, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks: the person, those who report to them (also through others), and whether they decide for others."""

    me: UUID
    mine: list[UUID]
    roles: list[str]
    oversees: bool


def list_today(scope: Scope, *, now: datetime) -> Today:
    """Everything that waits for the scope's person, best first."""
    with read(scope) as s:
        return load_today(s, now=now)


def load_today(session: ReadSession, *, now: datetime) -> Today:
    """As list_today, inside an open session."""
    asker = _asker(session)
    found = [one for load in _LOADERS for one in load(session, asker, now)]
    valued = _with_account(session, found)
    return Today(tuple(rank(valued, now)), now)


def _asker(session: ReadSession) -> _Asker:
    scope = session.scope
    me = scope.person_id
    mine = [row.id for row in session.rows(statements.REPORTS, {"me": me})]
    return _Asker(me, mine or [me], sorted(scope.roles), bool(scope.roles & OVERSEERS))


def _given(asker: _Asker, now: datetime) -> dict[str, Any]:
    return {"me": asker.me, "mine": asker.mine, "all": asker.oversees, "now": now, "limit": MOST_PER_KIND}


def _approvals(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {
        "me": asker.me, "now": now, "limit": MOST_PER_KIND, "roles": [*asker.roles, "*"],
        "second_person": list(second_person_rules()),
    }  # fmt: skip
    for row in session.rows(statements.APPROVALS, given):
        yield Candidate(
            "approval", row.id, row.title, _asked_by(row), row.proposed_at, row.expires_at, row.account_id,
            row.account or "", key_account=bool(row.key_account), who=row.proposer,
            draft_id=UUID(row.payload["draft_id"]) if row.payload.get("draft_id") else None,
            payload_hash=row.payload_hash, payload=_shown(row.payload),
        )  # fmt: skip


def _asked_by(row: Row[Any]) -> str:
    return row.reason or f"{row.proposer} asks to {in_words(row.kind).lower()}"


_LABELS: Final = {
    "to_address": "To",
    "subject": "Subject",
    "body": "Text",
    "stage": "Stage",
    "reason": "Reason",
}


def _shown(payload: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Fields of a payload for people: the text of a message first; ids and hashes are on the approval's page."""
    named = [(label, str(payload[key])) for key, label in _LABELS.items() if payload.get(key)]
    if named:
        return tuple(named)
    plain = {
        k: v for k, v in payload.items() if not k.endswith(("_id", "version", "sha256")) and v is not None
    }
    return tuple((key.replace("_", " ").capitalize(), str(value)) for key, value in plain.items())


def _parked(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    for row in session.rows(statements.PARKED, _given(asker, now)):
        yield Candidate(
            "parked", row.id, row.subject or f"{row.kind} to {row.account or 'nobody'}",
            row.known or "Remit cannot know whether it left. Look, then say so.", row.created_at,
            account_id=row.account_id, account=row.account or "", key_account=bool(row.key_account),
        )  # fmt: skip


def _due(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {**_given(asker, now), "until": now + timedelta(hours=MEETING_HOURS)}
    for row in session.rows(statements.TASKS, given):
        yield Candidate(
            "task", row.id, row.subject or "Task", _with(row.contact, row.deal, row.account), row.at, row.due_at, row.account_id,
            row.account or "", row.opportunity_id, stored(row.amount_minor, row.amount_currency), bool(row.key_account),
        )  # fmt: skip


def _meetings(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {**_given(asker, now), "until": now + timedelta(hours=MEETING_HOURS)}
    for row in session.rows(statements.MEETINGS, given):
        yield Candidate(
            "meeting", row.id, row.subject or "Meeting", _with(row.contact, row.deal, row.account), row.at, row.at, row.account_id,
            row.account or "", row.opportunity_id, stored(row.amount_minor, row.amount_currency), bool(row.key_account),
        )  # fmt: skip


def _with(contact: str | None, deal: str | None, account: str | None) -> str:
    if deal and account:
        deal = deal.removeprefix(f"{account}: ")  # the account stands beside it
    return " · ".join(part for part in (contact and f"with {contact}", deal) if part)


def _replies(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {**_given(asker, now), "since": now - timedelta(days=REPLY_DAYS)}
    for row in session.rows(statements.REPLIES, given):
        yield Candidate(
            "reply", row.id, row.subject or "(no subject)",
            f"{row.contact or 'They'} wrote last; nobody of us has answered", row.at, None, row.account_id, row.account or "",
            row.opportunity_id, key_account=bool(row.key_account), who=_other(row, asker), contact_id=row.contact_id,
        )  # fmt: skip


def _stalled(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    days = {stage.key: stage.stalled_days for stage in deals.STAGES}
    given = {
        **_given(asker, now), "short": now - timedelta(days=min(days.values())), "long": now - timedelta(days=max(days.values())),
        "short_stages": [key for key, value in days.items() if value == min(days.values())],
    }  # fmt: skip
    for row in session.rows(statements.STALLED, given):
        since = row.last_at or row.stage_since_at or now
        quiet = max(0, (now - since).days)
        yield Candidate(
            "stalled", row.id, row.name,
            f"No activity for {quiet} days in {deals.stage_name(row.stage)}; {deals.stalled_after_days(row.stage)} is the limit",
            since, None, row.account_id, row.account or "", row.id, stored(row.amount_minor, row.amount_currency),
            bool(row.key_account), who=_other(row, asker),
        )  # fmt: skip


def _news(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    since = (now - timedelta(days=NEWS_DAYS)).date()
    given = {**_given(asker, now), "since": since, "today": now.date(), "kinds": list(NEWS_KINDS)}
    for row in session.rows(statements.NEWS, given):
        yield Candidate(
            "noted" if is_ours(row.source_name, row.document_kind) else "trigger", row.id, _headline(row), f"{row.source_name}, {_day(row.as_of_on)}", _midnight(row.as_of_on), None,
            row.account_id, row.account or "", key_account=bool(row.key_account),
        )  # fmt: skip


def _came(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {**_given(asker, now), "since": (now - timedelta(days=NEWS_DAYS)).date(), "today": now.date()}
    for row in session.rows(statements.CAME, given):
        yield Candidate(
            "trigger", row.id, f"{_people(row.people)} attended {row.value}",
            f"{row.source_name}, {_day(row.as_of_on)}; nobody of us has turned to them since", _midnight(row.as_of_on), None,
            row.account_id, row.account or "", key_account=bool(row.key_account),
        )  # fmt: skip


def _people(names: Sequence[str]) -> str:
    """`Ann Ash`, `Ann Ash and Bo Lee`, `Ann Ash, Bo Lee and 3 others`."""
    shown = list(names) if len(names) <= 3 else [*names[:2], counted(len(names) - 2, "other")]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def _documents(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    given = {**_given(asker, now), "since": now - timedelta(days=NEWS_DAYS), "kinds": list(DOCUMENT_KINDS)}
    for row in session.rows(statements.DOCUMENTS, given):
        dated = f", {_day(row.published_on)}" if row.published_on else ""
        yield Candidate(
            "trigger", row.id, row.title, f"New on record: {row.kind.replace('_', ' ')} from {row.source_name}{dated}", row.added_at, None,
            row.account_id, row.account or "", key_account=bool(row.key_account), document_id=row.id,
        )  # fmt: skip


_HEADLINES: Final = {
    "launch": "Launch",
    "hire": "New",
    "office": "New office",
    "need": "They need",
    "holdings_change": "",
}


def _headline(row: Row[Any]) -> str:
    """A short line for a fact: its own quote says it best."""
    if row.quote:
        return str(row.quote)
    parts = (_HEADLINES.get(row.kind, row.kind.replace("_", " ").capitalize()), row.subject, row.value)
    return " ".join(part for part in parts if part)


def _quality(session: ReadSession, asker: _Asker, now: datetime) -> Iterator[Candidate]:
    for row in session.rows(statements.QUALITY, {**_given(asker, now), "limit": 10}):
        yield Candidate(
            "quality", row.id, row.detail, f"{row.kind} · {row.object_type}", row.found_at, None, row.account_id,
            row.account or "", key_account=bool(row.key_account),
        )  # fmt: skip


_LOADERS: Final[Sequence[Callable[[ReadSession, _Asker, datetime], Iterator[Candidate]]]] = (
    _approvals, _parked, _meetings, _due, _replies, _stalled, _news, _came, _documents, _quality,
)  # fmt: skip


def _other(row: Row[Any], asker: _Asker) -> str:
    """The owner's name where it is somebody else."""
    return "" if row.owner_id in (None, asker.me) else str(row.owner)


def _with_account(session: ReadSession, found: list[Candidate]) -> list[Candidate]:
    """Candidates with what their account is to us; one without a deal gets the sum of the account's open deals."""
    ids = {one.account_id for one in found if one.account_id is not None}
    rows = session.rows(statements.ACCOUNTS, {"ids": list(ids)}) if ids else []
    known = {row.id: row for row in rows}
    return [_placed(one, known[one.account_id]) if one.account_id in known else one for one in found]


def _placed(one: Candidate, account: Row[Any]) -> Candidate:
    value = one.value if one.value is not None else stored(account.minor, account.currency)
    open_deal = one.opportunity_id is not None or account.open_deal
    return replace(one, value=value, relation=account.relation, open_deal=open_deal)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
