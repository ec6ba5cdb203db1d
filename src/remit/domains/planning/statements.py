"""The SQL of Today. Each statement reads at most `:limit` rows, by index, under row-level security."""

from __future__ import annotations

from typing import Final

from remit.actions.queries import FOR_ME

REPORTS: Final = """
WITH RECURSIVE r AS (
    SELECT id FROM remit.people WHERE id = :me
    UNION SELECT p.id FROM remit.people p JOIN r ON p.manager_id = r.id WHERE p.kind = 'person')
SELECT id FROM r LIMIT 1000
"""
APPROVALS: Final = f"""
SELECT g.id, g.kind, g.title, g.reason, g.payload, encode(g.payload_hash, 'hex') AS payload_hash, g.account_id, g.proposed_at,
       g.expires_at, a.name AS account, a.key_account, p.name AS proposer
FROM remit.suggestions g JOIN remit.people p ON p.id = g.proposed_by LEFT JOIN remit.accounts a ON a.id = g.account_id
WHERE {FOR_ME}
ORDER BY g.expires_at, g.id LIMIT :limit
"""
PARKED: Final = """
SELECT e.id, e.kind, e.created_at, e.known, e.payload ->> 'subject' AS subject, e.account_id, a.name AS account, a.key_account
FROM remit.effects e LEFT JOIN remit.accounts a ON a.id = e.account_id
WHERE e.state = 'parked' AND (:all OR e.actor_id = :me OR e.on_behalf_of = :me OR a.owner_id = :me)
ORDER BY e.created_at LIMIT :limit
"""
_OF_ACTIVITY: Final = """
SELECT x.id, x.at, x.subject, x.due_at, x.account_id, x.opportunity_id, x.owner_id, a.name AS account, a.key_account,
       nullif(trim(c.first_name || ' ' || c.last_name), '') AS contact, d.name AS deal, d.amount_minor, d.amount_currency
FROM remit.activities x LEFT JOIN remit.accounts a ON a.id = x.account_id LEFT JOIN remit.contacts c ON c.id = x.contact_id
LEFT JOIN remit.opportunities d ON d.id = x.opportunity_id
"""
TASKS: Final = (
    _OF_ACTIVITY
    + """WHERE x.owner_id = :me AND x.kind = 'task' AND x.due_at IS NOT NULL AND x.done_at IS NULL AND x.due_at < :until
ORDER BY x.due_at LIMIT :limit"""
)
MEETINGS: Final = (
    _OF_ACTIVITY
    + """WHERE x.owner_id = :me AND x.kind = 'meeting' AND x.at >= CAST(:now AS timestamptz) - interval '1 hour' AND x.at < :until
ORDER BY x.at LIMIT :limit"""
)
# mail that came in, of my accounts, after which nobody of us wrote, called or met
REPLIES: Final = """
SELECT DISTINCT ON (x.account_id) x.id, x.at, x.subject, x.contact_id, x.account_id, x.opportunity_id, a.owner_id, a.name AS account, a.key_account,
       o.name AS owner, nullif(trim(c.first_name || ' ' || c.last_name), '') AS contact
FROM remit.activities x JOIN remit.accounts a ON a.id = x.account_id LEFT JOIN remit.people o ON o.id = a.owner_id
LEFT JOIN remit.contacts c ON c.id = x.contact_id
WHERE a.owner_id = :me AND x.at > :since AND x.at <= :now AND x.kind = 'email' AND x.direction = 'in'
  AND coalesce(x.outcome, '') NOT IN ('auto_reply', 'opt_out', 'bounce')
  AND NOT EXISTS (SELECT FROM remit.activities y WHERE y.account_id = x.account_id AND y.at > x.at AND y.at <= :now
                  AND (y.kind IN ('call', 'meeting') OR (y.kind = 'email' AND y.direction = 'out')))
  AND NOT EXISTS (SELECT FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
                  WHERE m.account_id = x.account_id AND m.direction = 'out' AND m.at > x.at AND m.at <= :now
                    AND coalesce(e.state, '') NOT IN ('recalled', 'failed'))
ORDER BY x.account_id, x.at DESC LIMIT :limit
"""
# activity is looked for within the limit only, so that few partitions are touched; the largest deals come first
STALLED: Final = """
SELECT q.*, a.name AS account, a.key_account, o.name AS owner,
       (SELECT max(x.at) FROM remit.activities x WHERE x.opportunity_id = q.id AND x.at <= :now) AS last_at
FROM (
    SELECT d.id, d.name, d.stage, d.stage_since_at, d.amount_minor, d.amount_currency, d.account_id, d.owner_id
    FROM remit.opportunities d
    WHERE d.owner_id = ANY (CAST(:mine AS uuid[])) AND d.closed_at IS NULL
      AND coalesce(d.stage_since_at, '-infinity') < CASE WHEN d.stage = ANY (CAST(:short_stages AS text[])) THEN :short ELSE :long END
      AND NOT EXISTS (SELECT FROM remit.activities x WHERE x.opportunity_id = d.id AND x.at > :long AND x.at <= :now
            AND x.at > CASE WHEN d.stage = ANY (CAST(:short_stages AS text[])) THEN CAST(:short AS timestamptz) ELSE :long END)
    ORDER BY d.amount_minor DESC NULLS LAST, d.id LIMIT :limit) q
LEFT JOIN remit.accounts a ON a.id = q.account_id LEFT JOIN remit.people o ON o.id = q.owner_id
"""
NEWS: Final = """
SELECT f.id, f.kind, f.subject, f.value, f.quote, f.source_name, f.as_of_on, f.account_id, a.name AS account, a.key_account, d.kind AS document_kind
FROM remit.accounts a JOIN remit.facts f ON f.account_id = a.id LEFT JOIN remit.documents d ON d.id = f.document_id
WHERE a.owner_id = :me AND f.kind = ANY (CAST(:kinds AS text[])) AND f.state = 'live' AND f.as_of_on BETWEEN :since AND :today
  AND coalesce(f.valid_until_on, DATE '9999-12-31') >= :today
ORDER BY f.as_of_on DESC, f.id LIMIT :limit
"""
# who came to an event, one line for an account, as long as nobody of us has turned to them since
CAME: Final = """
SELECT min(f.id::text)::uuid AS id, f.value, f.source_name, f.as_of_on, f.account_id, a.name AS account, a.key_account,
       array_agg(coalesce(nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), c.email, 'somebody') ORDER BY c.last_name, c.id) AS people
FROM remit.accounts a JOIN remit.facts f ON f.account_id = a.id JOIN remit.contacts c ON c.id = f.contact_id
WHERE a.owner_id = :me AND f.kind = 'attendance' AND f.state = 'live' AND f.as_of_on BETWEEN :since AND :today
  AND NOT EXISTS (SELECT FROM remit.activities y WHERE y.account_id = f.account_id AND y.contact_id = f.contact_id AND y.at > f.as_of_on AND y.at <= :now
                  AND (y.kind IN ('call', 'meeting') OR (y.kind = 'email' AND y.direction = 'out')))
  AND NOT EXISTS (SELECT FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
                  WHERE m.account_id = f.account_id AND m.contact_id = f.contact_id AND m.direction = 'out' AND m.at > f.as_of_on AND m.at <= :now
                    AND coalesce(e.state, '') NOT IN ('recalled', 'failed'))
GROUP BY f.value, f.source_name, f.as_of_on, f.account_id, a.name, a.key_account ORDER BY f.as_of_on DESC, 1 LIMIT :limit
"""
# what somebody else, or a feed, put on record about my accounts: I know what I added myself
DOCUMENTS: Final = """
SELECT d.id, d.kind, d.title, d.source_name, d.published_on, d.added_at, d.account_id, a.name AS account, a.key_account
FROM remit.documents d JOIN remit.accounts a ON a.id = d.account_id
WHERE a.owner_id = :me AND d.state = 'live' AND d.added_at > :since AND d.added_at <= :now AND d.added_by <> :me
  AND d.kind = ANY (CAST(:kinds AS text[]))
ORDER BY d.added_at DESC, d.id LIMIT :limit
"""
QUALITY: Final = """
SELECT q.id, q.kind, q.object_type, q.detail, q.found_at, q.account_id, a.name AS account, a.key_account
FROM remit.quality_issues q LEFT JOIN remit.accounts a ON a.id = q.account_id
WHERE q.owner_id = :me AND q.state = 'open' ORDER BY q.found_at DESC, q.id LIMIT :limit
"""
# what each account is to us, and its open deals together (no sum over several currencies)
ACCOUNTS: Final = """
SELECT a.id, a.relation, count(d.id) > 0 AS open_deal,
       CASE WHEN count(DISTINCT d.amount_currency) = 1 THEN sum(d.amount_minor) END AS minor, min(d.amount_currency) AS currency
FROM remit.accounts a LEFT JOIN remit.opportunities d ON d.account_id = a.id AND d.closed_at IS NULL
WHERE a.id = ANY (CAST(:ids AS uuid[])) GROUP BY a.id, a.relation
"""
