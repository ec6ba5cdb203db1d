"""The SQL of a brief. Each statement reads a bounded number of rows of one account, under row-level security."""

from __future__ import annotations

from typing import Final

_NAME: Final = "nullif(trim(c.first_name || ' ' || c.last_name), '')"
ZONE: Final = "SELECT time_zone FROM remit.people WHERE id = :me"
MEETING: Final = """
SELECT x.id, x.at, x.account_id, x.opportunity_id, x.contact_id, x.subject FROM remit.activities x
WHERE x.id = :id AND x.kind = 'meeting' AND x.account_id IS NOT NULL
"""
DEAL: Final = "SELECT id, account_id, name, contact_id FROM remit.opportunities WHERE id = :id AND account_id IS NOT NULL"
LAST_MEETING: Final = """
SELECT x.id, x.at FROM remit.activities x
WHERE x.account_id = :account AND x.kind = 'meeting' AND x.at <= :now AND x.id IS DISTINCT FROM CAST(:meeting AS uuid)
ORDER BY x.at DESC LIMIT 1
"""
# the last word with each person: what was logged, and what left from here
LAST_CONTACT: Final = """
SELECT DISTINCT ON (l.contact_id) l.contact_id, l.at, l.kind, l.direction, l.subject FROM (
    SELECT x.contact_id, x.at, x.kind, x.direction, x.subject FROM remit.activities x
    WHERE x.account_id = :account AND x.contact_id IS NOT NULL AND x.at <= :now AND x.kind IN ('email', 'call', 'meeting')
    UNION ALL
    SELECT m.contact_id, m.at, 'email', 'out', m.subject FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
    WHERE m.account_id = :account AND m.direction = 'out' AND m.contact_id IS NOT NULL AND m.at <= :now
      AND coalesce(e.state, '') NOT IN ('queued', 'sending', 'parked', 'recalled', 'failed')
) l ORDER BY l.contact_id, l.at DESC
"""
DEALS: Final = """
SELECT d.id, d.name, d.stage, d.stage_since_at, d.amount_minor, d.amount_currency, d.close_on, d.next_step, d.next_step_on, d.contact_id,
       d.updated_at, p.name AS product, d.competitor_id, k.name AS competitor, o.name AS owner
FROM remit.opportunities d LEFT JOIN remit.products p ON p.id = d.product_id LEFT JOIN remit.competitors k ON k.id = d.competitor_id
LEFT JOIN remit.people o ON o.id = d.owner_id
WHERE d.account_id = :account AND d.closed_at IS NULL
ORDER BY d.id = CAST(:deal AS uuid) DESC NULLS LAST, d.amount_minor DESC NULLS LAST, d.id LIMIT 10
"""
# a brief that was kept is a note of ours: nothing has changed by it
SINCE: Final = f"""
SELECT x.id, x.at, x.kind, x.direction, x.subject, {_NAME} AS contact, p.name AS owner
FROM remit.activities x LEFT JOIN remit.contacts c ON c.id = x.contact_id LEFT JOIN remit.people p ON p.id = x.owner_id
WHERE x.account_id = :account AND x.at > :since AND x.at <= :now AND x.kind IN ('email', 'call', 'note')
  AND coalesce(x.outcome, '') <> 'brief'
ORDER BY x.at DESC LIMIT 40
"""
MOVES: Final = """
SELECT h.opportunity_id, h.at, h.from_stage, h.to_stage, d.name FROM remit.opportunity_stages h
JOIN remit.opportunities d ON d.id = h.opportunity_id
WHERE d.account_id = :account AND h.at > :since AND h.at <= :now ORDER BY h.at DESC LIMIT 20
"""
NEW_PEOPLE: Final = f"""
SELECT c.id, {_NAME} AS name, c.title, c.created_at FROM remit.contacts c
WHERE c.account_id = :account AND c.created_at > :since AND c.created_at <= :now ORDER BY c.created_at DESC LIMIT 10
"""
PROMISES: Final = f"""
SELECT x.id, x.at, x.subject, x.direction, x.due_at, {_NAME} AS contact, p.name AS owner
FROM remit.activities x LEFT JOIN remit.contacts c ON c.id = x.contact_id LEFT JOIN remit.people p ON p.id = x.owner_id
WHERE x.account_id = :account AND x.kind = 'task' AND x.done_at IS NULL AND x.at <= :now
ORDER BY x.due_at NULLS LAST, x.id LIMIT 40
"""
_LOST: Final = """
FROM remit.opportunities d JOIN remit.accounts a ON a.id = d.account_id
WHERE d.outcome = 'lost' AND d.closed_at > :since AND d.closed_at <= :now AND a.segment = :segment
  AND d.access_id = ANY (CAST(:groups AS int[]))
"""
# the words of a reason are for the code that names its kind: they are never shown over accounts
LOSSES: Final = (
    "SELECT d.loss_reason AS reason, count(*) AS n, max(d.closed_at) AS newest_at"
    + _LOST
    + "GROUP BY 1 ORDER BY n DESC LIMIT 1000"
)
LOST_DEALS: Final = (
    "SELECT d.id, d.name, d.account_id, a.name AS account, d.outcome, d.closed_at, d.amount_minor, d.amount_currency,"
    " d.loss_reason AS reason" + _LOST + "ORDER BY d.closed_at DESC, d.id LIMIT 1000"
)
OWN_LOSSES: Final = """
SELECT d.id, d.name, d.loss_reason, d.closed_at, k.name AS competitor FROM remit.opportunities d
LEFT JOIN remit.competitors k ON k.id = d.competitor_id
WHERE d.account_id = :account AND d.outcome = 'lost' AND d.closed_at <= :now ORDER BY d.closed_at DESC LIMIT 5
"""
SAVED: Final = """
SELECT b.id, b.kind, b.title, b.sha256, b.saved_at, p.name AS saved_by, b.body, b.account_id, b.opportunity_id, b.meeting_id, b.competitor_id
FROM remit.briefs b JOIN remit.people p ON p.id = b.saved_by
"""
SAVED_OF_ACCOUNT: Final = SAVED + "WHERE b.account_id = :account ORDER BY b.saved_at DESC, b.id LIMIT 20"
SAVED_ONE: Final = SAVED + "WHERE b.id = :id"
ACCOUNTS_LIKE: Final = """
SELECT a.id, a.name FROM remit.accounts a WHERE position(lower(CAST(:part AS text)) IN lower(a.name)) > 0 ORDER BY a.name, a.id LIMIT 6
"""
