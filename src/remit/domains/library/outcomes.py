"""What came of templates: sends and answers, recent beside earlier, with intervals and n, each number opening its messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from remit.db.sessions import read
from remit.domains.library import queries, rules
from remit.domains.library.rules import Replies
from remit.kit.intervals import interval
from remit.scope import Scope

Trend = Literal["decayed", "holds", "too_few"]
# what is used: whatever was sent from any version of it
_TEMPLATES: Final = """
SELECT t.id, v.id AS version_id, v.title, v.motion, v.state, v.why, v.review_by_on
FROM remit.templates t JOIN LATERAL (SELECT w.* FROM remit.template_versions w WHERE w.template_id = t.id
    ORDER BY (w.state = 'live') DESC, w.number DESC LIMIT 1) v ON true WHERE t.id = ANY (CAST(:ids AS uuid[])) ORDER BY v.title, t.id
"""
_SENDS: Final = """
SELECT d.id AS draft_id, m.at, m.subject, coalesce(a.name, '') AS account, p.name AS sender, m.at >= :since AS recent,
       EXISTS (SELECT FROM remit.messages i WHERE i.thread_id = m.thread_id AND i.direction = 'in'
           AND i.at > m.at AND i.at < m.at + interval '21 days') AS answered
FROM remit.template_versions v JOIN remit.drafts d ON d.template_version_id = v.id JOIN remit.messages m ON m.draft_id = d.id AND m.direction = 'out'
JOIN remit.people p ON p.id = d.author_id LEFT JOIN remit.accounts a ON a.id = m.account_id
WHERE v.template_id = :template AND m.at < :until ORDER BY m.at DESC, d.id LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Came:
    """A template with its sends and replies in what the reader sees; bounds are two-sided, 95 %, (low, high)."""

    template_id: UUID
    version_id: UUID
    title: str
    motion: str
    state: str
    why: str
    replies: Replies

    @property
    def recent(self) -> tuple[float, float]:
        """Interval of replies per send in the last rules.DECAY_DAYS."""
        return interval(self.replies.recent_replies, self.replies.recent_sends)

    @property
    def earlier(self) -> tuple[float, float]:
        """Interval of replies per send before them."""
        return interval(self.replies.earlier_replies, self.replies.earlier_sends)

    @property
    def trend(self) -> Trend:
        """Whether it fell beyond chance, did not, or there are fewer than rules.DECAY_LEAST sends on a side."""
        if min(self.replies.recent_sends, self.replies.earlier_sends) < rules.DECAY_LEAST:
            return "too_few"
        return "decayed" if rules.why_decayed(self.replies) else "holds"


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that was sent from a template. `recent`: in the last rules.DECAY_DAYS."""

    draft_id: UUID
    at: datetime
    subject: str
    account: str
    sender: str
    recent: bool
    answered: bool


def list_outcomes(scope: Scope, today: date) -> Sequence[Came]:
    """Templates from which anything was sent, by title."""
    with read(scope) as s:
        found = queries.load_replies(s, today)
        return [
            Came(row.id, row.version_id, row.title, row.motion, row.state, row.why, found[row.id])
            for row in s.rows(_TEMPLATES, {"ids": list(found)})
        ]


def list_sends(scope: Scope, template_id: UUID, today: date) -> list[Sent]:
    """The messages behind the numbers of one template, newest first; 500 at most."""
    until = today + timedelta(days=1)
    given = {"template": template_id, "until": until, "since": until - timedelta(days=rules.DECAY_DAYS)}
    with read(scope) as s:
        return [Sent(**row._mapping) for row in s.rows(_SENDS, given)]
