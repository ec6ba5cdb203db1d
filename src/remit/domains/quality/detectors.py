"""Detectors in SQL: each finds rows of one kind of fault across all records the session may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["duplicate", "missing", "stale", "contradiction"]
QUIET_DAYS: Final = 60
"""An open deal without any activity for this many days is stale."""


@dataclass(frozen=True)
class Detector:
    """`sql` gives account_id, access_id, object_id, other_id, owner_id, field, detail. Parameters :today and :quiet_on."""

    id: str
    kind: Kind
    object_type: str
    sql: str


def _missing(
    id_: str, object_type: str, table: str, where: str, field: str, detail: str, account: str = "t.account_id"
) -> Detector:
    return Detector(
        id_, "missing", object_type,
        f"SELECT {account}, t.access_id, t.id, NULL::uuid, {_OWNER[table]}, '{field}', '{detail}' FROM remit.{table} t {_JOIN[table]} WHERE {where}",
    )  # fmt: skip


_OWNER: Final = {
    "accounts": "t.owner_id",
    "opportunities": "t.owner_id",
    "contacts": "coalesce(t.owner_id, a.owner_id)",
}
_JOIN: Final = {
    "accounts": "",
    "opportunities": "",
    "contacts": "JOIN remit.accounts a ON a.id = t.account_id",
}
_OPEN: Final = "t.closed_at IS NULL AND t.outcome IS NULL"
_DEAL: Final = "SELECT t.account_id, t.access_id, t.id, NULL::uuid, t.owner_id"

DETECTORS: Final = (
    _missing("account_owner", "account", "accounts", "t.owner_id IS NULL", "owner", "Nobody owns this account."),
    _missing("account_segment", "account", "accounts", "t.segment IN ('', 'other')", "segment", "The account has no segment."),
    _missing("deal_amount", "opportunity", "opportunities", f"{_OPEN} AND t.amount_minor IS NULL", "amount", "The deal is open and has no amount."),
    _missing("deal_close", "opportunity", "opportunities", f"{_OPEN} AND t.close_on IS NULL", "close_on", "The deal is open and has no expected close date."),
    _missing("deal_next_step", "opportunity", "opportunities", f"{_OPEN} AND coalesce(t.next_step, '') = ''", "next_step", "The deal is open and has no next step."),
    _missing("deal_account", "opportunity", "opportunities", "t.account_id IS NULL", "account", "The deal belongs to no account."),
    _missing("contact_email", "contact", "contacts", "coalesce(t.email, '') = ''", "email", "The contact has no e-mail address."),
    Detector("deal_overdue", "stale", "opportunity",
        f"""{_DEAL}, 'close_on', 'The deal is open and was to close on ' || t.close_on || '.'
        FROM remit.opportunities t WHERE {_OPEN} AND t.close_on < :today"""),
    Detector("deal_quiet", "stale", "opportunity",
        f"""{_DEAL}, 'activity', 'No activity on this open deal since ' || coalesce(max(v.at)::date::text, 'it was opened') || '.'
        FROM remit.opportunities t LEFT JOIN remit.activities v ON v.opportunity_id = t.id AND v.at::date <= :today
        WHERE {_OPEN} AND coalesce(t.opened_on, t.created_at::date) < :quiet_on
        GROUP BY t.id HAVING coalesce(max(v.at)::date, '-infinity'::date) < :quiet_on"""),
    Detector("fact_expired", "stale", "fact",
        """SELECT t.account_id, t.access_id, t.id, NULL::uuid, a.owner_id, t.kind,
            'The fact about ' || replace(t.kind, '_', ' ') || ' was valid until ' || t.valid_until_on || '.'
        FROM remit.facts t JOIN remit.accounts a ON a.id = t.account_id WHERE t.state = 'live' AND t.valid_until_on < :today"""),
    Detector("won_undated", "contradiction", "opportunity",
        f"""{_DEAL}, 'closed_at', 'The deal is ' || t.outcome || ' and has no date on which it closed.'
        FROM remit.opportunities t WHERE t.outcome IS NOT NULL AND t.closed_at IS NULL"""),
    Detector("stage_outcome", "contradiction", "opportunity",
        f"""{_DEAL}, 'stage', 'The stage is ' || t.stage || ' and the outcome ' || coalesce(t.outcome, 'open') || '.'
        FROM remit.opportunities t WHERE (t.outcome IS NULL) = (lower(t.stage) ~ '(^|\\W)(won|lost)$')"""),
    Detector("close_before_open", "contradiction", "opportunity",
        f"""{_DEAL}, 'close_on', 'The deal closes on ' || coalesce(t.closed_at::date, t.close_on) || ', before it was opened on ' || t.opened_on || '.'
        FROM remit.opportunities t WHERE coalesce(t.closed_at::date, t.close_on) < t.opened_on"""),
    Detector("facts_differ", "contradiction", "fact",
        """SELECT t.account_id, t.access_id, t.id, o.id, a.owner_id, t.kind,
            'Two facts of one day say different things about ' || replace(t.kind, '_', ' ') || ': ' || t.value || ' and ' || o.value || '.'
        FROM remit.facts t JOIN remit.facts o ON o.account_id = t.account_id AND o.kind = t.kind AND lower(o.subject) = lower(t.subject)
            AND o.as_of_on = t.as_of_on AND o.value <> t.value AND o.id > t.id AND o.state = 'live'
        JOIN remit.accounts a ON a.id = t.account_id WHERE t.state = 'live' AND t.kind = ANY (:single_kinds)"""),
    Detector("contact_twice", "duplicate", "contact",
        """SELECT t.account_id, t.access_id, t.id, f.id, coalesce(t.owner_id, a.owner_id), 'email',
            'Another contact of this account has the same e-mail address.'
        FROM remit.contacts t JOIN remit.accounts a ON a.id = t.account_id
        JOIN LATERAL (SELECT c.id FROM remit.contacts c WHERE lower(c.email) = lower(t.email) AND c.account_id = t.account_id
            AND c.id < t.id ORDER BY c.id LIMIT 1) f ON true WHERE t.email <> ''"""),
    Detector("lead_twice", "duplicate", "lead",
        """SELECT t.account_id, t.access_id, t.id, NULL::uuid, t.owner_id, 'email', g.leads || ' leads have the same e-mail address.'
        FROM (SELECT (array_agg(l.id ORDER BY l.id))[1] AS first, count(*) AS leads FROM remit.leads l WHERE l.email <> ''
            GROUP BY l.access_id, lower(l.email) HAVING count(*) > 1) g JOIN remit.leads t ON t.id = g.first"""),
)  # fmt: skip
