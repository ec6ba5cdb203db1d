"""The rows behind Team's outcomes and hints: one statement a key, counted and listed alike, so a number is its rows.

Each gives person_id, ref_id (what is opened), kind (of an artefact, else ''), at, title, and `mark`: whether it is one of those
that the number or the hint names, of all that it is out of. Parameters: people, now, since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

_REPLIED: Final = """
SELECT d.author_id AS person_id, d.id AS ref_id, '' AS kind, m.at, coalesce(nullif(m.subject, ''), '(no subject)') AS title,
       EXISTS (SELECT FROM remit.messages i WHERE i.thread_id = m.thread_id AND i.direction = 'in'
           AND i.at > m.at AND i.at < m.at + interval '21 days') AS mark
FROM remit.messages m JOIN remit.drafts d ON d.id = m.draft_id LEFT JOIN remit.effects e ON e.id = m.effect_id
WHERE m.direction = 'out' AND d.kind = 'outreach' AND coalesce(e.state, '') NOT IN ('recalled', 'failed')
  AND d.author_id = ANY (CAST(:people AS uuid[])) AND m.at >= :since AND m.at < CAST(:now AS timestamptz) - interval '21 days'
"""
_DEALS: Final = """
SELECT o.owner_id AS person_id, o.id AS ref_id, '' AS kind, o.closed_at AS at, o.name AS title, o.outcome = 'won' AS mark
FROM remit.opportunities o WHERE o.outcome IS NOT NULL AND o.owner_id = ANY (CAST(:people AS uuid[])) AND o.closed_at >= :since AND o.closed_at <= :now
"""
_MEETINGS: Final = """
SELECT x.owner_id AS person_id, x.account_id AS ref_id, '' AS kind, x.at, coalesce(nullif(x.subject, ''), 'Meeting') AS title, true AS mark
FROM remit.activities x WHERE x.kind = 'meeting' AND coalesce(x.outcome, 'held') = 'held' AND x.account_id IS NOT NULL
  AND x.owner_id = ANY (CAST(:people AS uuid[])) AND x.at >= :since AND x.at <= :now
"""
_UNBRIEFED: Final = """
SELECT x.owner_id AS person_id, x.account_id AS ref_id, '' AS kind, x.at, coalesce(nullif(x.subject, ''), 'Meeting') AS title,
       NOT EXISTS (SELECT FROM artefacts a WHERE a.person_id = x.owner_id AND a.account_id = x.account_id AND a.motion = 'brief'
           AND a.made_at BETWEEN x.at - interval '7 days' AND x.at) AS mark
FROM remit.activities x WHERE x.kind = 'meeting' AND coalesce(x.outcome, 'held') = 'held' AND x.account_id IS NOT NULL
  AND x.owner_id = ANY (CAST(:people AS uuid[])) AND x.at >= :since AND x.at <= :now
"""
_UNFOLLOWED: Final = """
SELECT x.owner_id AS person_id, x.account_id AS ref_id, '' AS kind, x.at, coalesce(nullif(x.subject, ''), initcap(x.kind)) AS title,
       NOT EXISTS (SELECT FROM remit.activities y WHERE y.account_id = x.account_id AND y.kind = 'email' AND y.direction = 'out'
           AND y.at > x.at AND y.at < x.at + interval '2 days')
       AND NOT EXISTS (SELECT FROM remit.messages m WHERE m.account_id = x.account_id AND m.direction = 'out'
           AND m.at > x.at AND m.at < x.at + interval '2 days') AS mark
FROM remit.activities x WHERE x.account_id IS NOT NULL AND x.owner_id = ANY (CAST(:people AS uuid[]))
  AND ((x.kind = 'call' AND x.outcome = 'reached') OR (x.kind = 'meeting' AND coalesce(x.outcome, 'held') = 'held'))
  AND x.at >= :since AND x.at <= CAST(:now AS timestamptz) - interval '2 days'
"""
_WAITING: Final = """
SELECT o.owner_id AS person_id, x.account_id AS ref_id, '' AS kind, x.at, coalesce(nullif(x.subject, ''), '(no subject)') AS title,
       NOT EXISTS (SELECT FROM remit.activities y WHERE y.account_id = x.account_id AND y.kind IN ('email', 'call', 'meeting')
           AND coalesce(y.direction, 'out') = 'out' AND y.at > x.at AND y.at <= :now)
       AND NOT EXISTS (SELECT FROM remit.messages m WHERE m.account_id = x.account_id AND m.direction = 'out' AND m.at > x.at) AS mark
FROM remit.activities x JOIN remit.accounts o ON o.id = x.account_id
WHERE x.kind = 'email' AND x.direction = 'in' AND o.owner_id = ANY (CAST(:people AS uuid[]))
  AND x.at >= :since AND x.at <= CAST(:now AS timestamptz) - interval '2 days'
"""
_CHANGED: Final = """
SELECT a.person_id, a.id AS ref_id, a.kind, a.accepted_at AS at, a.title, a.edited AS mark FROM artefacts a
WHERE a.person_id = ANY (CAST(:people AS uuid[])) AND a.accepted_at >= :since AND a.accepted_at <= :now
"""
_UNUSED: Final = """
SELECT a.person_id, a.id AS ref_id, a.kind, a.made_at AS at, a.title, a.accepted_at IS NULL AS mark FROM artefacts a
WHERE a.person_id = ANY (CAST(:people AS uuid[])) AND a.made_at >= :since AND a.made_at <= CAST(:now AS timestamptz) - interval '3 days'
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a number is of. `title` names all rows, `marked` those with the mark; `href` opens one ("" : by the artefact's kind)."""

    title: str
    marked: str
    statement: str
    href: str
    back: timedelta


OUTCOMES: Final[Mapping[str, Behind]] = {
    "replies": Behind("First messages sent, three weeks ago or longer", "answered", _REPLIED, "/write/{id}", timedelta(days=180)),
    "deals": Behind("Deals closed in a year", "won", _DEALS, "/pipeline/{id}", timedelta(days=365)),
    "meetings": Behind("Meetings held in eight weeks", "held", _MEETINGS, "/accounts/{id}#timeline", timedelta(days=56)),
}  # fmt: skip
HINTS: Final[Mapping[str, Behind]] = {
    "waiting": Behind("Messages from buyers of three weeks", "no answer yet", _WAITING, "/accounts/{id}#timeline", timedelta(days=21)),
    "unfollowed": Behind("Calls and meetings of four weeks", "no message after it", _UNFOLLOWED, "/accounts/{id}#timeline", timedelta(days=28)),
    "changed": Behind("AI texts accepted in eight weeks", "changed first", _CHANGED, "", timedelta(days=56)),
    "unused": Behind("AI texts made in eight weeks", "not used", _UNUSED, "", timedelta(days=56)),
    "unbriefed": Behind("Meetings of four weeks", "no brief before it", _UNBRIEFED, "/accounts/{id}#timeline", timedelta(days=28)),
}  # fmt: skip
ALL: Final[Mapping[str, Behind]] = {**OUTCOMES, **HINTS}
