"""A note read for a person: what was said, decided, asked and promised, each to be confirmed. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remit import identity
from remit.actions import NotFound, Refused
from remit.db.sessions import ReadSession, read
from remit.domains.handling.queries import list_client_names
from remit.kit import clock
from remit.knowledge.notes.minutes import read as read_note
from remit.knowledge.notes.model import Item, Voices
from remit.knowledge.pasted.taken import take
from remit.llm.handling.classify import classify
from remit.scope import Scope

_NOTE: Final = """
SELECT x.id, x.at, x.kind, x.subject, x.body, x.account_id, x.contact_id FROM remit.activities x
WHERE x.id = :id AND x.kind IN ('call', 'meeting', 'note')
"""
_RECENT: Final = """
SELECT x.id, x.at, x.kind, x.subject, x.account_id, a.name AS account, x.contact_id,
    nullif(trim(c.first_name || ' ' || c.last_name), '') AS contact
FROM remit.activities x JOIN remit.accounts a ON a.id = x.account_id LEFT JOIN remit.contacts c ON c.id = x.contact_id
WHERE x.owner_id = :me AND x.kind IN ('call', 'meeting', 'note') AND x.body <> '' AND x.at <= :now AND x.direction IS DISTINCT FROM 'in'
ORDER BY x.at DESC LIMIT 20
"""
_CONTACT: Final = """
SELECT c.account_id, c.first_name, c.last_name, c.time_zone, a.name AS account FROM remit.contacts c
JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id
"""
_OURS: Final = "SELECT id, name FROM remit.people WHERE active AND kind = 'person'"
_THEIRS: Final = "SELECT first_name, last_name FROM remit.contacts WHERE account_id = :account LIMIT 300"
# what a client told us stays between us where it is about money and trades: it is not repeated in a mail unasked
_KEPT: Final = frozenset(
    {
        "fees",
        "positions",
        "trading_intent",
        "pricing",
        "aum",
        "credentials",
        "account_identifiers",
        "personal_identifiers",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One item as it is proposed. `secret`: the class of data handling that keeps it out of the mail, "" for none."""

    number: int
    item: Item
    quote: str
    secret: str

    @property
    def in_mail(self) -> bool:
        """Whether it is proposed for the message."""
        return self.item.keep and not self.secret


@dataclass(frozen=True, slots=True)
class Minutes:
    """A note with its items. `note_id` None for one that was pasted and is not on record yet. `talk`: call or meeting."""

    note_id: UUID | None
    text: str
    day: date
    talk: str
    title: str
    account_id: UUID
    account_name: str
    contact_id: UUID
    contact_name: str
    lines: tuple[Line, ...]
    removed_count: int = 0


@dataclass(frozen=True, slots=True)
class Recent:
    """A call, meeting or note of mine that could be followed up."""

    id: UUID
    at: datetime
    kind: str
    subject: str
    account_id: UUID
    account: str
    contact_id: UUID | None
    contact: str | None


def list_recent(scope: Scope) -> list[Recent]:
    """My last calls, meetings and notes, the newest first."""
    with read(scope) as s:
        rows = s.rows(_RECENT, {"me": scope.person_id, "now": clock.now()})
    return [Recent(*tuple(row)) for row in rows]


def look_at_note(scope: Scope, note_id: UUID, contact_id: UUID | None = None) -> Minutes:
    """Read a note on record. `contact_id`: who it is written to, when not the one of the note. Raises NotFound."""
    with read(scope) as s:
        row = s.row(_NOTE, {"id": note_id})
        if row is None:
            raise NotFound("call, meeting or note")
        reader = contact_id or row.contact_id
        if reader is None:
            raise Refused("It is not known who this was with: name the contact.", code="contact_needed")
        day = row.at.astimezone(zone_of(s, scope.person_id)).date()
        who = _who(s, reader, row.account_id)
    talk = row.kind if row.kind in ("call", "meeting") else "conversation"
    return _minutes(scope, who, row.body, day, row.id, (talk, row.subject))


def look_at_text(
    scope: Scope, raw: str, contact_id: UUID, *, day: date | None = None, talk: str = "call"
) -> Minutes:
    """Read a pasted note or transcript about a talk with this contact. Raises NotFound, PasteRefused."""
    pasted = take(raw)
    with read(scope) as s:
        on = day or clock.now().astimezone(zone_of(s, scope.person_id)).date()
        who = _who(s, contact_id, None)
    found = _minutes(scope, who, pasted.text, on, None, (talk, f"Note of a {talk}"))
    return replace(found, removed_count=pasted.removed_count)


def zone_of(s: ReadSession, person_id: UUID) -> ZoneInfo:
    """The time zone of one of our people."""
    named = s.scalar("SELECT time_zone FROM remit.people WHERE id = :id", {"id": person_id})
    return named_zone(named) or ZoneInfo("UTC")


def named_zone(name: str | None) -> ZoneInfo | None:
    """The zone of that name; None for none and for one that nobody knows: an import brings any."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class _Who:
    """The contact with their account, and everybody whose name may stand in the note."""

    contact_id: UUID
    account_id: UUID
    account: str
    name: str
    ours: dict[UUID, str]
    theirs: tuple[str, ...]


def _who(s: ReadSession, contact_id: UUID, account_id: UUID | None) -> _Who:
    contact = s.row(_CONTACT, {"id": contact_id})
    if contact is None or (account_id is not None and contact.account_id != account_id):
        raise NotFound("contact of this account")
    ours = {row.id: row.name for row in s.rows(_OURS)}
    theirs = [
        f"{row.first_name} {row.last_name}".strip()
        for row in s.rows(_THEIRS, {"account": contact.account_id})
    ]
    name = f"{contact.first_name} {contact.last_name}".strip()
    return _Who(contact_id, contact.account_id, contact.account, name, ours, tuple(theirs))


def _minutes(
    scope: Scope, who: _Who, text: str, day: date, note_id: UUID | None, named: tuple[str, str]
) -> Minutes:
    voices = Voices(
        who.ours.get(scope.person_id, ""), who.name, frozenset(who.ours.values()), frozenset(who.theirs)
    )
    items = read_note(text, day, voices)
    secrets = _secrets(scope, [one.quote(text) for one in items])
    lines = tuple(
        Line(number, one, one.quote(text), secret if one.kind != "promise" else "")
        for number, (one, secret) in enumerate(zip(items, secrets, strict=True), 1)
    )
    return Minutes(note_id, text, day, *named, who.account_id, who.account, who.contact_id, who.name, lines)


def _secrets(scope: Scope, quotes: Sequence[str]) -> list[str]:
    names = list_client_names(identity.for_service("clearance", via=scope.via, request_id=scope.request_id))
    return [
        next((each.data_class for each in classify(one, names) if each.data_class in _KEPT), "")
        for one in quotes
    ]
