"""What a lead became: its account, contact and deal; what hung on the lead goes to the contact, an opt-out first of all.

Salesforce names them at the lead when it is converted, HubSpot associates them. What is named and not there yet is linked when it comes:
by the next file that names it, or by the CRM's next page (`domains/crm/waiting.py`). Nothing leaves from behind an information barrier,
save the opt-out: whoever asked not to be written to is not written to, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from remit.domains.imports.attended import refresh_where
from remit.domains.imports.staging import StagedFile
from remit.domains.imports.statements import Driver, run
from remit.kit.addresses import spellings

TARGETS: Final = {"contact": "contacts", "account": "accounts", "opportunity": "opportunities"}
"""What a lead becomes, and the entity of it."""

# by the pairs themselves: joined through three policies the planner expects one row and probes thousands
_PAIRED: Final = """
FROM unnest(%(leads)s::uuid[], %(contacts)s::uuid[], %(accounts)s::uuid[], %(groups)s::int[], %(barriers)s::int[])
    AS v (lead, contact, account, access, barrier), remit.access_groups b
"""
_NOT_OUT: Final = "(b.barrier_id IS NULL OR b.barrier_id = v.barrier)"
# the lead goes where its contact stands, and what hangs on it, unless that is out from behind a barrier
_PLACED: Final = f"""
UPDATE remit.leads t SET account_id = v.account, access_id = v.access {_PAIRED}
WHERE t.id = v.lead AND b.id = t.access_id AND (t.account_id, t.access_id) IS DISTINCT FROM (v.account, v.access) AND {_NOT_OUT}
"""
_FOLLOWS: Final = f"""
UPDATE remit.{{table}} t SET contact_id = v.contact, account_id = v.account, access_id = v.access, updated_at = now(), version = t.version + 1
{_PAIRED} WHERE t.lead_id = v.lead AND b.id = t.access_id AND t.contact_id IS NULL AND {_NOT_OUT}
"""
_DEALS: Final = """
UPDATE remit.opportunities o SET lead_id = l.id, updated_at = now(), version = o.version + 1
FROM remit.leads l WHERE l.id = ANY(%(leads)s) AND o.id = l.opportunity_id AND o.lead_id IS NULL
"""
_PAIRS: Final = """
SELECT l.id, l.opted_out, l.email, c.id, c.account_id, c.access_id, c.email, g.barrier_id FROM remit.leads l
JOIN remit.contacts c ON c.id = l.contact_id JOIN remit.access_groups g ON g.id = c.access_id WHERE l.id = ANY(%(leads)s)
"""
# asked as every sender asks: the list holds addresses, domains and, for who was erased, hashes. No account: one that is listed binds by itself
_LISTED: Final = "SELECT w FROM unnest(%s::text[]) AS w WHERE remit.must_not_contact(w, NULL)"
_WHY: Final = "opted out of e-mail before the lead became this contact"
_ON_LIST: Final = """
INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason, source)
SELECT md5('email:' || b.address)::uuid, b.account, b.access, 'email', b.address, %s, %s
FROM unnest(%s::text[], %s::uuid[], %s::int[]) AS b (address, account, access) ON CONFLICT (kind, value) DO NOTHING
"""
# once for each lead: what the contact says later (agreed, withdrawn) is a later word, and counts
_WITHDRAWN: Final = """
INSERT INTO remit.consents (id, account_id, access_id, contact_id, channel, state, basis, at, source)
SELECT md5('lead:' || b.lead || b.contact)::uuid, b.account, b.access, b.contact, 'email', 'withdrawn', %s, now(), %s
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::int[]) AS b (lead, contact, account, access) ON CONFLICT DO NOTHING
"""


def link_staged(driver: Driver, file: StagedFile) -> None:
    """Link the staged leads to what their rows name, as far as it is here, and carry on."""
    named = [each for each in TARGETS if file.has(f"converted_{each}")]
    if not named:
        return
    joins = " ".join(
        f"LEFT JOIN map_{TARGETS[each]} m_{each} ON m_{each}.value = s.converted_{each}" for each in named
    )
    sets = ", ".join(f"{each}_id = coalesce(f.{each}_id, t.{each}_id)" for each in named if each != "account")
    found = ", ".join(f"m_{each}.id AS {each}_id" for each in named)
    differs = " OR ".join(
        f"f.{each}_id IS NOT NULL AND t.{each}_id IS DISTINCT FROM f.{each}_id"
        for each in named
        if each != "account"
    )
    if sets:
        run(
            driver,
            f"""UPDATE remit.leads t SET {sets}, updated_at = now(), version = t.version + 1
            FROM (SELECT s.id, {found} FROM {file.table} s {joins}) f WHERE f.id = t.id AND ({differs})""",
        )
    if "account" in named:
        _to_accounts(driver, f"SELECT s.id, m_account.id AS account_id FROM {file.table} s {joins}")
    ids = [row[0] for row in run(driver, f"SELECT s.id FROM {file.table} s").fetchall()]
    carry(driver, ids, file.plan.source)


def link_one(driver: Driver, what: str, pairs: Sequence[tuple[UUID, UUID]], source: str) -> None:
    """Link (lead, contact, account or deal) that came later than the lead, and carry on."""
    leads, targets = [one for one, _ in pairs], [one for _, one in pairs]
    rows = "SELECT * FROM unnest(%(leads)s::uuid[], %(targets)s::uuid[]) AS b"
    given = {"leads": leads, "targets": targets}
    if what == "account":
        _to_accounts(driver, f"{rows} (id, account_id)", given)
    else:
        run(
            driver,
            f"""UPDATE remit.leads t SET {what}_id = f.target, updated_at = now(), version = t.version + 1
            FROM ({rows} (id, target)) f WHERE f.id = t.id AND t.{what}_id IS DISTINCT FROM f.target""",
            given,
        )
    carry(driver, leads, source)


def _to_accounts(driver: Driver, pairs: str, given: Mapping[str, object] | None = None) -> None:
    """Leads without a contact go to the account that they became."""
    run(
        driver,
        f"""UPDATE remit.leads t SET account_id = a.id, access_id = a.access_id, updated_at = now(), version = t.version + 1
        FROM ({pairs}) f JOIN remit.accounts a ON a.id = f.account_id JOIN remit.access_groups g ON g.id = a.access_id
        WHERE f.id = t.id AND t.contact_id IS NULL AND t.account_id IS DISTINCT FROM a.id
          AND (SELECT b.barrier_id IS NULL OR b.barrier_id = g.barrier_id FROM remit.access_groups b WHERE b.id = t.access_id)""",
        given or {},
    )


def carry(driver: Driver, leads: Sequence[UUID], source: str) -> None:
    """What hangs on these leads goes to the contacts that they became; doing it twice changes nothing."""
    if not leads:
        return
    run(driver, _DEALS, {"leads": list(leads)})
    pairs = run(driver, _PAIRS, {"leads": list(leads)}).fetchall()
    if not pairs:
        return
    _bind(driver, pairs, source)
    named = {"leads": 0, "contacts": 3, "accounts": 4, "groups": 5, "barriers": 7}
    given = {name: [row[place] for row in pairs] for name, place in named.items()}
    run(driver, _PLACED, given)
    for table in ("activities", "campaign_members"):
        run(driver, _FOLLOWS.format(table=table), given)
    refresh_where(driver, "m.lead_id = ANY(%s)", (given["leads"],))


def _bind(driver: Driver, rows: Sequence[tuple[Any, ...]], source: str) -> None:
    """A lead that opted out, by its record or by the firm's list (its address, its domain, a hash), binds the contact under every address."""
    written = {spelled for row in rows if row[2] for spelled in spellings(row[2])}
    listed = {value for (value,) in run(driver, _LISTED, (list(written),)).fetchall()} if written else set()
    bound = [row for row in rows if row[1] or (row[2] and listed & set(spellings(row[2])))]
    if not bound:
        return
    columns = [list(column) for column in zip(*((r[0], r[3], r[4], r[5]) for r in bound), strict=True)]
    run(driver, _WITHDRAWN, (_WHY, source, *columns))
    addresses = {r[6].strip().lower(): (r[4], r[5]) for r in bound if r[6]}
    if addresses:
        places = zip(*addresses.values(), strict=True)
        run(driver, _ON_LIST, (_WHY, source, list(addresses), *(list(each) for each in places)))
