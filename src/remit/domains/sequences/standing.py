"""What the records say of running enrolments: everything that ends one, looked up for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.db.sessions import ReadSession
from remit.domains.sequences import rules

HALTED: Final = """(SELECT h.reason FROM remit.halts h WHERE h.resumed_at IS NULL AND (h.scope_kind = 'everything'
    OR (h.scope_kind = 'action' AND h.scope_value IN ('SendEmail', 'WriteDraft', 'AdvanceEnrolments')) OR (h.scope_kind = 'channel' AND h.scope_value = 'email')
    OR (h.scope_kind = 'account' AND h.scope_value = a.id::text)) ORDER BY h.halted_at LIMIT 1)"""
# the title of a document, or the value of a fact, that says so; of documents only what is told about a firm, not what we wrote
NEWS: Final = """coalesce((SELECT n.title FROM remit.documents n WHERE n.account_id = a.id AND n.state = 'live' AND n.added_at > {since}
    AND n.kind IN ('news', '8-K', 'other', 'pasted') AND (n.title || E'\\n' || left(n.text, 3000)) ~* :bad ORDER BY n.added_at LIMIT 1),
    (SELECT f.value FROM remit.facts f WHERE f.account_id = a.id AND f.state = 'live' AND f.created_at > {since}
     AND f.kind = ANY (CAST(:bad_facts AS text[])) LIMIT 1))"""
_NEWS: Final = NEWS.format(since="e.enrolled_at")
# m.at is what the Date line says, which whoever answered wrote; o.at is when the answer was recorded. x.at is the day
# that a user of the CRM gives an e-mail, x.noted_at when the CRM says that it was entered: the later counts (when it was changed says nothing)
_SELECT: Final = f"""
SELECT e.id, e.account_id, e.access_id, e.contact_id, e.owner_id, e.version_id, e.template_id, e.state, e.step, e.due_at, e.heard, e.code,
    e.version, e.entered, v.state AS plan_state, v.why AS plan_why, v.source, t.key, v.number, v.title,
    c.id IS NULL OR a.id IS NULL AS gone, CASE WHEN NOT p.active THEN p.name END AS owner_left,
    (a.owner_id IS DISTINCT FROM e.account_owner_id OR c.owner_id IS DISTINCT FROM e.contact_owner_id OR c.account_id <> e.account_id) AS reassigned,
    coalesce((SELECT k.state FROM remit.consents k WHERE k.contact_id = e.contact_id AND k.channel = 'email'
              ORDER BY k.at DESC, k.id DESC LIMIT 1), '') = 'withdrawn' AS withdrawn,
    b.bounced,
    coalesce(remit.must_not_contact(CASE WHEN e.heard = 'bounce' OR b.bounced THEN '' ELSE c.email END, e.account_id), false) AS listed,
    greatest((SELECT max(greatest(m.at, m.recorded_at, o.at)) FROM remit.messages m LEFT JOIN remit.outcomes o ON o.effect_id = m.effect_id AND o.kind = 'reply'
              AND o.detail ->> 'message_id' = m.message_id WHERE m.contact_id = e.contact_id AND m.direction = 'in'
              AND greatest(m.at, m.recorded_at, o.at) > e.enrolled_at AND m.classification = 'reply'),
             (SELECT max(greatest(x.at, x.noted_at)) FROM remit.activities x WHERE x.account_id = e.account_id AND x.contact_id = e.contact_id
              AND x.kind = 'email' AND x.direction = 'in' AND greatest(x.at, x.noted_at) > e.enrolled_at AND coalesce(x.outcome, '') NOT IN ('auto_reply', 'opt_out', 'bounce'))) AS replied_at,
    (SELECT min(x.at) FROM remit.activities x WHERE x.account_id = e.account_id AND x.contact_id = e.contact_id AND x.kind = 'meeting'
     AND x.at > e.enrolled_at AND x.created_at > e.enrolled_at AND coalesce(x.outcome, 'held') NOT IN ('cancelled', 'no_show')) AS met_at,
    {HALTED} AS halted, {_NEWS} AS news
FROM remit.enrolments e JOIN remit.template_versions v ON v.id = e.version_id JOIN remit.templates t ON t.id = e.template_id
JOIN remit.people p ON p.id = e.owner_id
LEFT JOIN remit.accounts a ON a.id = e.account_id LEFT JOIN remit.contacts c ON c.id = e.contact_id
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM remit.drafts d JOIN remit.enrolment_steps s ON s.id = d.enrolment_step_id
    JOIN remit.outcomes o ON o.effect_id = d.effect_id AND o.kind = 'bounced' WHERE s.enrolment_id = e.id) AS bounced) b
WHERE e.id = ANY (CAST(:ids AS uuid[]))
"""


def given() -> dict[str, Any]:
    """The parameters that `NEWS` takes."""
    return {"bad": rules.BAD_NEWS, "bad_facts": list(rules.BAD_FACTS)}


def load(s: ReadSession, enrolment_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """How these enrolments stand now: rows that `rules.look` judges, with the plan's source and the run's place in it."""
    return s.rows(_SELECT, {"ids": list(enrolment_ids), **given()}) if enrolment_ids else ()
