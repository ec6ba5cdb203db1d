"""What of a note is shown: the document of `remit draft follow-up --note … --dry-run`; open promises of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.followups.reading import Line, Minutes

_OPEN: Final = """
SELECT x.id, x.subject, x.due_at, x.direction, p.name AS owner FROM remit.activities x LEFT JOIN remit.people p ON p.id = x.owner_id
WHERE x.account_id = :account AND x.kind = 'task' AND x.done_at IS NULL AND x.due_at IS NOT NULL ORDER BY x.due_at, x.id LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A task that is not done: ours, or (`theirs`) what the other side owes us and `owner` looks after."""

    id: UUID
    subject: str
    due_at: datetime
    theirs: bool
    owner: str


def load_open_promises(session: ReadSession, account_id: UUID) -> list[OpenPromise]:
    """What is owed to and by an account, the next due first, inside an open session."""
    rows = session.rows(_OPEN, {"account": account_id})
    return [
        OpenPromise(row.id, row.subject, row.due_at, row.direction == "in", row.owner or "") for row in rows
    ]


def minutes_document(minutes: Minutes) -> dict[str, Any]:
    """A note as plain values. Offsets are characters of its text."""
    return {
        "note_id": str(minutes.note_id) if minutes.note_id else None, "day": minutes.day.isoformat(), "account": minutes.account_name,
        "contact": minutes.contact_name, "items": [_row(line) for line in minutes.lines],
    }  # fmt: skip


def _row(line: Line) -> dict[str, Any]:
    one = line.item
    return {
        "number": line.number, "kind": one.kind, "text": one.text, "owner": one.side if one.kind == "promise" else None, "who": one.who,
        "due": one.due_on.isoformat() if one.due_on else None, "start": one.start, "end": one.end, "quote": line.quote,
        "in_mail": line.in_mail, "data_class": line.secret or None,
    }  # fmt: skip
