"""Who came to an event, as a fact with its source: it is what a message after the event may say, to the one who came and nobody else.

The fact follows the membership: it is withdrawn when the CRM says otherwise, and live again when it says so again. What a person
withdrew or corrected stays so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from remit.domains.campaigns.rules import CAME
from remit.domains.crm.model import TITLES
from remit.domains.imports.statements import Driver, run
from remit.evidence.attended import KIND
from remit.kit import clock

VALID_DAYS: Final = 90
"""So long after an event a message may come back to it."""

_FOUND: Final = """
    SELECT md5(concat_ws(':', 'attendance', m.id, m.contact_id, m.account_id, p.name, d.day))::uuid AS id, m.account_id, m.access_id, m.contact_id,
        left(p.name, 300) AS name, d.day, m.source, m.external_id
    FROM remit.campaign_members m JOIN remit.campaigns p ON p.id = m.campaign_id JOIN remit.contacts c ON c.id = m.contact_id
    CROSS JOIN LATERAL (SELECT coalesce(p.starts_on, m.first_responded_on) AS day) d
    WHERE m.id = ANY(%(ids)s) AND lower(btrim(m.state)) = ANY(%(came)s) AND m.account_id IS NOT NULL AND d.day IS NOT NULL
      AND m.gone_at IS NULL AND p.gone_at IS NULL AND c.gone_at IS NULL
"""
_WITHDRAW: Final = f"""
UPDATE remit.facts f SET state = 'withdrawn', extra = f.extra || '{{"withdrawn_by": "crm"}}', updated_at = now(), version = f.version + 1
FROM remit.campaign_members m WHERE m.id = ANY(%(ids)s) AND f.kind = '{KIND}' AND f.source = m.source AND f.external_id = m.external_id
  AND f.state = 'live' AND f.id NOT IN (SELECT id FROM ({_FOUND}) x)
"""
_RECORD: Final = f"""
INSERT INTO remit.facts AS f (id, account_id, access_id, contact_id, kind, subject, value, source_name, locator, as_of_on, valid_until_on,
    sensitivity, sayable, expectability, source, external_id)
SELECT x.id, x.account_id, x.access_id, x.contact_id, '{KIND}', 'attended', x.name,
    coalesce(CAST(%(titles)s AS jsonb) ->> x.source, 'Campaign members'), 'member ' || x.external_id || ' of the campaign', x.day, x.day + {VALID_DAYS},
    'internal', 'told_by_them', 'expected', x.source, x.external_id
FROM ({_FOUND}) x WHERE x.day BETWEEN %(today)s::date - {VALID_DAYS} AND %(today)s::date
ON CONFLICT (id) DO UPDATE SET state = 'live', extra = f.extra - 'withdrawn_by', updated_at = now(), version = f.version + 1
WHERE f.state = 'withdrawn' AND f.extra ? 'withdrawn_by'
"""


def refresh(driver: Driver, members: Sequence[UUID], today: date | None = None) -> None:
    """Facts for these members of campaigns, as they stand now; an event of longer ago than VALID_DAYS is none any more."""
    if members:
        given = {
            "ids": list(members),
            "came": list(CAME),
            "titles": json.dumps(TITLES),
            "today": today or clock.today(),
        }
        run(driver, _WITHDRAW, given)
        run(driver, _RECORD, given)


def refresh_where(
    driver: Driver, condition: str, values: Sequence[object], today: date | None = None
) -> None:
    """As refresh, for the members `m` of campaigns `p` that the condition (ours, never input) finds."""
    found = run(
        driver,
        f"SELECT m.id FROM remit.campaign_members m JOIN remit.campaigns p ON p.id = m.campaign_id WHERE {condition}",
        values,
    ).fetchall()
    refresh(driver, [row[0] for row in found], today)
