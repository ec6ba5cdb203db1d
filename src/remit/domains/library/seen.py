"""The pieces of work of a window with their motion: read by patterns once for each text, then remembered by its digest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from remit.db.sessions import ReadSession, read
from remit.domains.library import motions
from remit.scope import Scope

_CASE: Final = motions.sql_case("w.kind", "w.direction", "w.subject || E'\\n' || left(w.body, 2000)")
# e-mails sent by Remit are logged with their account, too: one that is an activity already is not counted twice
_WORK: Final = """
WITH work AS (
    SELECT a.id, a.at, a.kind, a.direction, a.subject, a.body, a.owner_id, a.account_id, CAST(NULL AS uuid) AS draft_id
    FROM remit.activities a WHERE a.at >= :since AND a.at < :until AND a.kind IN ('email', 'call', 'meeting')
    UNION ALL
    SELECT m.id, m.at, 'email', 'out', m.subject, m.body, d.author_id, m.account_id, d.id
    FROM remit.messages m JOIN remit.drafts d ON d.id = m.draft_id
    WHERE m.direction = 'out' AND m.at >= :since AND m.at < :until
      AND NOT EXISTS (SELECT FROM remit.activities a WHERE a.message_id = m.message_id)),
marked AS MATERIALIZED (SELECT w.*, md5(concat_ws('|', w.kind, w.direction, w.subject, w.body)) AS mark FROM work w)
"""
_MARKS: Final = f"{_WORK} SELECT w.id, w.at, w.mark FROM marked w ORDER BY w.at DESC, w.id"
# patterns over all of the words are what costs: only texts that this process has not read yet come here
_READ: Final = f"""{_WORK}
SELECT w.mark, {_CASE} AS motion,
       CASE WHEN btrim(w.body) = '' THEN 0 ELSE cardinality(regexp_split_to_array(btrim(w.body), '\\s+')) END AS words
FROM marked w WHERE w.mark = ANY (CAST(:marks AS text[]))
"""
_PIECES: Final = f"""{_WORK}
SELECT w.id, w.at, w.kind, w.subject, w.account_id, coalesce(a.name, '') AS account, coalesce(p.name, '') AS by_name, w.draft_id
FROM marked w LEFT JOIN remit.accounts a ON a.id = w.account_id LEFT JOIN remit.people p ON p.id = w.owner_id
WHERE w.id = ANY (CAST(:ids AS uuid[])) ORDER BY w.at DESC, w.id
"""
MOST_KNOWN: Final = 50_000
"""Texts whose motion a process remembers: some 10 MB; the oldest read go first."""
_KNOWN: OrderedDict[str, tuple[str | None, int]] = OrderedDict()
_LOCK: Final = Lock()


@dataclass(frozen=True, slots=True)
class Seen:
    """One piece of work: what motion it was (None: no work of ours, as an e-mail that came in), how many words were written."""

    id: UUID
    at: datetime
    motion: str | None
    words: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work as a row to open. `draft_id`: of an e-mail that was written here."""

    id: UUID
    at: datetime
    kind: str
    subject: str
    account_id: UUID | None
    account: str
    by_name: str
    draft_id: UUID | None


def load_seen(s: ReadSession, first: date, today: date) -> list[Seen]:
    """Every piece from `first` to `today` that the session sees, newest first."""
    window = _window(first, today)
    rows = s.rows(_MARKS, window)
    known = _recall({row.mark for row in rows})
    new = sorted({row.mark for row in rows} - known.keys())
    if new:
        known |= _remember(
            (row.mark, row.motion, row.words) for row in s.rows(_READ, {**window, "marks": new})
        )
    return [Seen(row.id, row.at, *known[row.mark]) for row in rows]


def list_pieces(scope: Scope, ids: Sequence[UUID], first: date, today: date) -> list[Piece]:
    """These pieces as rows, newest first; those that the reader may not see are left out."""
    with read(scope) as s:
        return [Piece(**row._mapping) for row in s.rows(_PIECES, {**_window(first, today), "ids": list(ids)})]


def _window(first: date, today: date) -> dict[str, date]:
    return {"since": first, "until": today + timedelta(days=1)}


def _recall(marks: set[str]) -> dict[str, tuple[str | None, int]]:
    with _LOCK:
        return {mark: _KNOWN[mark] for mark in marks if mark in _KNOWN}


def _remember(found: Iterable[tuple[str, str | None, int]]) -> dict[str, tuple[str | None, int]]:
    read_now = {mark: (motion, words) for mark, motion, words in found}
    with _LOCK:
        _KNOWN.update(read_now)
        while len(_KNOWN) > MOST_KNOWN:
            _KNOWN.popitem(last=False)
    return read_now
