"""Reads about templates: lists, one with its versions, what it was used for. A version's text is parsed when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.library import markdown, rules
from remit.domains.library.model import Template
from remit.domains.supervision.categories import find_why_not
from remit.kit import clock, paging
from remit.scope import Scope

_COLUMNS: Final = """v.id, v.template_id, t.key, v.number, v.title, v.role, v.motion, v.personas, v.segments, v.channel,
    v.jurisdictions, v.category, v.owner, v.review_by_on, v.state, v.made_by, m.name AS made_by_name, v.made_at, v.submitted_at,
    v.reviewed_by, coalesce(r.name, '') AS reviewed_by_name, v.reviewed_at, v.approved_by, coalesce(a.name, '') AS approved_by_name,
    v.approved_at, v.closed_at, v.why, v.newest, v.version, v.sha256"""
_FROM: Final = """FROM remit.template_versions v JOIN remit.templates t ON t.id = v.template_id
    JOIN remit.people m ON m.id = v.made_by LEFT JOIN remit.people r ON r.id = v.reviewed_by LEFT JOIN remit.people a ON a.id = v.approved_by"""
# what people use is the live version; a template that has none shows its newest
_SHOWN: Final = """(v.state = 'live' OR (v.newest AND NOT EXISTS (
    SELECT FROM remit.template_versions l WHERE l.template_id = v.template_id AND l.state = 'live')))"""
_LIST: Final = f"""
SELECT {_COLUMNS} {_FROM} WHERE {{shown}}
  AND (v.channel = 'sequence') = (coalesce(CAST(:channel AS text), '') = 'sequence')
  AND (CAST(:state AS text) IS NULL OR v.state = :state) AND (CAST(:role AS text) IS NULL OR v.role = :role)
  AND (CAST(:motion AS text) IS NULL OR v.motion = :motion) AND (CAST(:channel AS text) IS NULL OR v.channel = :channel)
  AND (CAST(:category AS text) IS NULL OR v.category = :category)
  AND (CAST(:persona AS text) IS NULL OR v.personas && ARRAY[CAST(:persona AS text), 'any'])
  AND (CAST(:segment AS text) IS NULL OR v.segments && ARRAY[CAST(:segment AS text), 'any'])
  AND (CAST(:text AS text) IS NULL OR v.title ILIKE :text OR t.key ILIKE :text)
  AND (CAST(:after_motion AS text) IS NULL OR (v.motion, v.title, v.id) > (:after_motion, :after_title, CAST(:after_id AS uuid)))
ORDER BY v.motion, v.title, v.id LIMIT :limit
"""
_ONE: Final = f"SELECT {_COLUMNS}, v.source {_FROM} WHERE v.id = :id"
_OF_KEY: Final = (
    f"SELECT {_COLUMNS}, v.source {_FROM} WHERE t.key = :key AND {{which}} ORDER BY v.number DESC LIMIT 1"
)
_VERSIONS: Final = (
    f"SELECT {_COLUMNS}, v.source {_FROM} WHERE v.template_id = :template ORDER BY v.number DESC LIMIT 100"
)
MOST_LIVE: Final = 40
_LIVE: Final = f"""
SELECT {_COLUMNS}, v.source {_FROM} WHERE v.state = 'live' AND v.motion = :motion AND v.channel = :channel
  AND (v.review_by_on IS NULL OR v.review_by_on >= :day) ORDER BY v.title, v.id LIMIT :limit
"""
_PINNED: Final = """
SELECT p.version_id, p.slot, p.fact_id, p.needed, f.subject || ' ' || f.value AS said, f.state, f.valid_until_on
FROM remit.template_facts p JOIN remit.facts f ON f.id = p.fact_id WHERE p.version_id = ANY (:ids) ORDER BY p.slot, p.fact_id
"""
# a reply: something that came in on the thread of the message within three weeks of it
_REPLIES: Final = """
SELECT v.template_id, count(*) FILTER (WHERE m.at >= :since) AS recent_sends, count(*) FILTER (WHERE m.at < :since) AS earlier_sends,
       count(*) FILTER (WHERE m.at >= :since AND r.answered) AS recent_replies, count(*) FILTER (WHERE m.at < :since AND r.answered) AS earlier_replies
FROM remit.template_versions v JOIN remit.drafts d ON d.template_version_id = v.id JOIN remit.messages m ON m.draft_id = d.id AND m.direction = 'out'
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM remit.messages i WHERE i.thread_id = m.thread_id AND i.direction = 'in'
    AND i.at > m.at AND i.at < m.at + interval '21 days') AS answered) r
WHERE m.at < :until AND (CAST(:template AS uuid) IS NULL OR v.template_id = :template) GROUP BY v.template_id
"""
_USES: Final = """
SELECT count(DISTINCT d.id) AS drafts, count(DISTINCT d.id) FILTER (WHERE d.state = 'sent') AS sent,
       (SELECT count(*) FROM remit.template_texts x JOIN remit.template_versions w ON w.id = x.version_id WHERE w.template_id = :template) AS kept
FROM remit.template_versions v JOIN remit.drafts d ON d.template_version_id = v.id WHERE v.template_id = :template
"""
# in halves, each from an index of its own: the table itself holds the texts. Sequences have a page of their own
_WAITING: Final = """
SELECT v.state, v.channel = 'sequence' AS sequence, count(*)::int AS number FROM remit.template_versions v
WHERE v.newest AND v.state IN ('review', 'compliance') AND v.made_by IS DISTINCT FROM :me GROUP BY 1, 2
"""
_COUNTS: Final = f"""
SELECT state, sum(number)::int AS number FROM (
  SELECT 'live' AS state, count(*) AS number FROM remit.template_versions v WHERE v.state = 'live'
  UNION ALL SELECT v.state, count(*) FROM remit.template_versions v WHERE v.newest AND v.state <> 'live'
    AND NOT EXISTS (SELECT FROM remit.template_versions l WHERE l.template_id = v.template_id AND l.state = 'live') GROUP BY v.state
  UNION ALL SELECT v.state, -count(*) FROM remit.template_versions v WHERE {_SHOWN} AND v.channel = 'sequence' GROUP BY v.state
) counted GROUP BY state HAVING sum(number) > 0
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template as lists show it. `newest`: no later version exists. `source` is empty in lists."""

    id: UUID
    template_id: UUID
    key: str
    number: int
    title: str
    role: str
    motion: str
    personas: Sequence[str]
    segments: Sequence[str]
    channel: str
    jurisdictions: Sequence[str]
    category: str
    owner: str
    review_by_on: date
    state: str
    made_by: UUID
    made_by_name: str
    made_at: datetime
    submitted_at: datetime | None
    reviewed_by: UUID | None
    reviewed_by_name: str
    reviewed_at: datetime | None
    approved_by: UUID | None
    approved_by_name: str
    approved_at: datetime | None
    closed_at: datetime | None
    why: str
    newest: bool
    version: int
    sha256: str
    source: str = field(default="", repr=False)
    uncovered: str = ""
    """Why its category's approval does not cover it, where a rule profile asks for one; looked up with one version, not in lists."""

    @property
    def template(self) -> Template:
        """The template that its text says."""
        return markdown.stored(self.source, f"{self.key} version {self.number}")

    def usable(self, today: date) -> Check:
        """Whether it may be rendered and sent today (S1-R1, S1-R3)."""
        found = rules.check_usable(self.state, self.review_by_on, today, self.key, self.number)
        if found.passed and self.uncovered:
            return rules.check_covered(self.key, self.number, self.uncovered)
        return found


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the library is wanted; None: everything."""

    role: str | None = None
    motion: str | None = None
    persona: str | None = None
    segment: str | None = None
    channel: str | None = None
    category: str | None = None
    state: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What came of a template in what the reader may see."""

    drafts: int
    sent: int
    kept: int
    replies: rules.Replies


def list_templates(
    scope: Scope, filters: Filters, *, after: str | None = None, size: int | None = None
) -> paging.Page[Version]:
    """Templates by motion and title: the live version of each, else its newest. With a state: every version in that state."""
    with read(scope) as s:
        return load_templates(s, filters, after=after, size=size)


def load_templates(
    s: ReadSession, filters: Filters, *, after: str | None = None, size: int | None = None
) -> paging.Page[Version]:
    """As list_templates, inside a session."""
    wanted = paging.size(size)
    motion, title, last = paging.as_texts(after, 3) if after else (None, None, None)
    text = (
        filters.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") if filters.text else None
    )
    # whoever asks for a state asks for versions that are in it, also beside a live one
    statement = _LIST.format(shown="true" if filters.state else _SHOWN)
    rows = s.rows(
        statement,
        {
            "role": filters.role, "motion": filters.motion, "persona": filters.persona, "segment": filters.segment,
            "channel": filters.channel, "category": filters.category, "state": filters.state, "text": f"%{text}%" if text else None,
            "after_motion": motion, "after_title": title, "after_id": last, "limit": wanted + 1,
        },
    )  # fmt: skip
    return paging.page(
        [_version(row) for row in rows], wanted, lambda one: (one.motion, one.title, str(one.id))
    )


def count_waiting(scope: Scope) -> Mapping[tuple[str, bool], int]:
    """How many newest versions of other people wait, by state (review, compliance) and whether they are sequences."""
    with read(scope) as s:
        rows = s.rows(_WAITING, {"me": scope.person_id})
        return {(row.state, row.sequence): row.number for row in rows}


def count_by_state(s: ReadSession) -> Mapping[str, int]:
    """How many templates are shown in each state."""
    return {row.state: row.number for row in s.rows(_COUNTS)}


def load_version(s: ReadSession, version_id: UUID) -> Version:
    """One version with its text inside a session. Raises NotFound."""
    row = s.row(_ONE, {"id": version_id})
    if row is None:
        raise NotFound("template")
    return _whole(s, row)


def get_version(scope: Scope, version_id: UUID) -> Version:
    """As load_version."""
    with read(scope) as s:
        return load_version(s, version_id)


def find_template(scope: Scope, which: str) -> Version:
    """A version by its id, `KEY@NUMBER`, or KEY (the live version, else the newest). Raises NotFound."""
    with read(scope) as s:
        return load_named(s, which)


def find_newest(scope: Scope, which: str) -> Version:
    """As find_template, but KEY alone is its newest version, whatever its state."""
    with read(scope) as s:
        if "@" not in which:
            row = s.row(_OF_KEY.format(which="v.newest"), {"key": which.strip()})
            if row is not None:
                return _whole(s, row)
        return load_named(s, which)


def load_named(s: ReadSession, which: str) -> Version:
    """As find_template inside a session."""
    try:
        return load_version(s, UUID(which))
    except ValueError:
        pass
    key, _, number = which.strip().partition("@")
    if number:
        row = s.row(
            _OF_KEY.format(which="v.number = :number"),
            {"key": key, "number": int(number) if number.isdigit() else -1},
        )
    else:
        row = s.row(_OF_KEY.format(which=_SHOWN), {"key": key})
    if row is None:
        raise NotFound("template")
    return _whole(s, row)


def load_live(s: ReadSession, motion: str, channel: str) -> list[Version]:
    """The live templates of a motion and channel that are not past their review, by title, with their text; MOST_LIVE at most."""
    rows = s.rows(_LIVE, {"motion": motion, "channel": channel, "day": clock.today(), "limit": MOST_LIVE})
    return [_version(row) for row in rows]


def list_live(scope: Scope, motion: str, channel: str) -> list[Version]:
    """As load_live, in a session of its own."""
    with read(scope) as s:
        return load_live(s, motion, channel)


def list_versions(scope: Scope, template_id: UUID) -> list[Version]:
    """All versions of a template with their texts, newest first; a hundred at most."""
    with read(scope) as s:
        return [_version(row) for row in s.rows(_VERSIONS, {"template": template_id})]


def load_pinned(s: ReadSession, version_ids: Sequence[UUID]) -> dict[UUID, list[rules.Pinned]]:
    """The registry facts that versions rest on, as they stand now."""
    found: dict[UUID, list[rules.Pinned]] = {}
    for row in s.rows(_PINNED, {"ids": list(version_ids)}):
        values = {name: getattr(row, name) for name in rules.Pinned.__slots__}
        found.setdefault(row.version_id, []).append(rules.Pinned(**values))
    return found


def load_replies(s: ReadSession, today: date, template_id: UUID | None = None) -> dict[UUID, rules.Replies]:
    """Sends and replies by template, recent and earlier, as of the end of `today`, in what the session sees."""
    until = today + timedelta(days=1)
    rows = s.rows(
        _REPLIES, {"since": until - timedelta(days=rules.DECAY_DAYS), "until": until, "template": template_id}
    )
    return {
        row.template_id: rules.Replies(
            row.recent_sends, row.recent_replies, row.earlier_sends, row.earlier_replies
        )
        for row in rows
    }


def get_use(scope: Scope, template_id: UUID, today: date) -> Use:
    """What came of a template."""
    with read(scope) as s:
        row = s.row(_USES, {"template": template_id})
        replies = load_replies(s, today, template_id).get(template_id, rules.Replies(0, 0, 0, 0))
    if row is None:
        raise NotFound("template")
    return Use(row.drafts, row.sent, row.kept, replies)


def _version(row: Row[Any]) -> Version:
    return Version(**row._mapping)


def _whole(s: ReadSession, row: Row[Any]) -> Version:
    """With what the approval of its category says of it."""
    found = _version(row)
    if found.state != "live":
        return found
    return replace(
        found, uncovered=find_why_not(s, found.category, found.id, found.jurisdictions, clock.today())
    )


_SUITED: Final = f"""
SELECT {_COLUMNS} {_FROM} WHERE v.state = 'live' AND v.review_by_on >= :today AND v.motion = :motion AND v.channel = :channel
  AND v.personas && CAST(:personas AS text[]) AND v.segments && CAST(:segments AS text[]) AND v.jurisdictions && CAST(:jurisdictions AS text[])
ORDER BY v.personas = '{{any}}', v.title, v.id LIMIT :limit
"""


def load_suited(
    s: ReadSession, motion: str, channel: str, personas: Sequence[str], segment: str, jurisdiction: str, today: date, limit: int = 6
) -> list[Version]:  # fmt: skip
    """Live templates of a motion and channel for such a reader, those for their job before those for anybody."""
    given = {
        "motion": motion, "channel": channel, "personas": ["any", *personas], "segments": ["any", segment],
        "jurisdictions": ["any", jurisdiction], "today": today, "limit": limit,
    }  # fmt: skip
    return [_whole(s, row) for row in s.rows(_SUITED, given)]
